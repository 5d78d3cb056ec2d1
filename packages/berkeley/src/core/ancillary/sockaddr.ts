// Addresses of the internet inside of ancillary data: struct sockaddr_in and sockaddr_in6.
import { AF_INET, AF_INET6 } from '../../sys/constants.ts'
import { layout } from '../../sys/layout.ts'
import { readFamily } from '../address/codec.ts'
import {
  anyEndpoint,
  decodeAddress,
  encodeAddress,
  type FullInet6Address,
  type InetAddress,
} from '../address/index.ts'
import { wrongType } from '../errors.ts'

const sizes = new Map<number, number>([
  [AF_INET, layout.sockaddr_in.size],
  [AF_INET6, layout.sockaddr_in6.size],
])

export function encodeSockaddr(address: unknown, call: string): Buffer {
  if (!Array.isArray(address) || typeof address[0] !== 'string') {
    throw wrongType(call, 'address', '[host, port] or [host, port, flowinfo?, scopeId?]', address)
  }
  const family = address[0].includes(':') ? AF_INET6 : AF_INET
  const bytes = Buffer.alloc(layout.sockaddr_in6.size)
  return bytes.subarray(0, encodeAddress(anyEndpoint(family), address, bytes, call))
}

/** `null` if there are too few bytes, or the family is another. */
export function decodeSockaddr(bytes: Uint8Array): InetAddress | FullInet6Address | null {
  if (bytes.length < 2) return null
  const family = readFamily(bytes)
  const size = sizes.get(family)
  if (size === undefined || bytes.length < size) return null
  return decodeAddress(bytes, size, anyEndpoint(family)) as InetAddress | FullInet6Address
}
