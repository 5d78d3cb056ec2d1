// A set of addresses: one, or all that begin alike (`192.0.2.0/24`, `fd00::/8`).
import { AF_INET, type AF_INET6, inetPton } from 'berkeley'
import { AddressError } from './addresses.ts'
import { numericFamily } from './endpoint.ts'
import { printable } from './printable.ts'

export interface NetworkRange {
  readonly family: typeof AF_INET | typeof AF_INET6
  /** Of all bits, those that are not looked at are 0. */
  readonly address: Buffer
  readonly prefix: number
}

/** Reads an address, with the number of bits that count behind a slash if they are not all. */
export function parseNetworkRange(text: string): NetworkRange {
  const [, host = '', bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? []
  const family = numericFamily(host)
  if (family === null || host.includes('%'))
    throw new AddressError(`'${printable(text)}' is not an address or a network`)
  const most = family === AF_INET ? 32 : 128
  const prefix = bits === undefined ? most : Number(bits)
  if (prefix > most) throw new AddressError(`'${printable(text)}': a prefix has at most ${most} bits`)
  return { family, address: masked(inetPton(family, host), prefix), prefix }
}

/** Whether an address, as text, is in it. IPv4 addresses that IPv6 sockets have (`::ffff:…`) count as IPv4 as well. */
export function isInRange({ family, address, prefix }: NetworkRange, host: string): boolean {
  const plain = host.split('%')[0] ?? ''
  const unmapped = family === AF_INET ? plain.replace(/^::ffff:(?=\d+\.)/i, '') : plain
  if (numericFamily(unmapped) !== family) return false
  return masked(inetPton(family, unmapped), prefix).equals(address)
}

function masked(address: Uint8Array, prefix: number): Buffer {
  return Buffer.from(
    address.map((byte, place) => {
      const bits = Math.min(Math.max(prefix - 8 * place, 0), 8)
      return byte & (0xff00 >> bits)
    }),
  )
}
