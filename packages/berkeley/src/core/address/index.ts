// The table of address families, and the two functions over it.
// A family is one file here and one row below. A family without a row is not an error: it is `{ family, bytes }`.
import { AF_INET, AF_INET6, AF_UNIX } from '../../sys/constants.ts'
import { integer } from '../arguments.ts'
import { bytesOf } from '../bytes.ts'
import { wrongType, wrongValue } from '../errors.ts'
import { type Codec, readFamily, writeFamily } from './codec.ts'
import { type InetAddress, inet } from './inet.ts'
import { type FullInet6Address, type Inet6Address, inet6 } from './inet6.ts'
import { type UnixAddress, unix } from './unix.ts'

export type { FullInet6Address, Inet6Address, InetAddress, UnixAddress }

/** An address of a family that has no form of its own here: the bytes that follow the family. */
export interface UnknownAddress {
  readonly family: number
  readonly bytes: Uint8Array
}

interface Given {
  [AF_INET]: InetAddress
  [AF_INET6]: Inet6Address
  [AF_UNIX]: UnixAddress
}

interface Returned {
  [AF_INET]: InetAddress
  [AF_INET6]: FullInet6Address
  [AF_UNIX]: string | Buffer
}

/** Any address that a call takes. */
export type Address = Given[keyof Given] | UnknownAddress

/** What a call takes as the address of a socket of this family. */
export type AddressOf<Family extends number> = number extends Family
  ? Address
  : Family extends keyof Given
    ? Given[Family] | UnknownAddress
    : UnknownAddress

/** What a call returns as the address of a socket of this family. */
export type ReturnedAddressOf<Family extends number> = number extends Family
  ? Returned[keyof Returned] | UnknownAddress
  : Family extends keyof Returned
    ? Returned[Family]
    : UnknownAddress

export const codecs: readonly Codec<unknown>[] = [inet, inet6, unix] as unknown as Codec<unknown>[]

const codecByFamily: (Codec<unknown> | undefined)[] = []
for (const codec of codecs) codecByFamily[codec.family] = codec

/** sizeof(struct sockaddr_storage): what the kernel takes at most. */
const LARGEST = 128

/** Writes `address` for a socket of `family` to `to`; returns its length. */
export function encodeAddress(family: number, address: unknown, to: Uint8Array, syscall: string): number {
  if (isUnknown(address)) return encodeUnknown(address, to, syscall)
  const codec = codecByFamily[family]
  if (codec === undefined)
    throw wrongType(syscall, 'address', `{ family, bytes } for family ${family}`, address)
  return codec.encode(address, to, syscall)
}

/** Reads the address that a call left in the first `length` bytes of `from`; `null` if it left none. */
export function decodeAddress(from: Uint8Array, length: number): unknown {
  if (length < 2) return null
  const family = readFamily(from)
  const codec = codecByFamily[family]
  return codec && length >= codec.least
    ? codec.decode(from, length)
    : { family, bytes: Buffer.from(from.subarray(2, length)) }
}

/** The codec that can put a looked-up name into `address`, if there is a name in it. */
export function codecForName(
  family: number,
  address: unknown,
): { codec: Codec<unknown>; name: string } | null {
  const codec = codecByFamily[family]
  const name = codec?.nameIn?.(address)
  return codec && typeof name === 'string' ? { codec, name } : null
}

function isUnknown(address: unknown): address is UnknownAddress {
  return typeof address === 'object' && address !== null && 'family' in address && 'bytes' in address
}

function encodeUnknown(address: UnknownAddress, to: Uint8Array, syscall: string): number {
  const family = integer(syscall, 'address.family', address.family, 0, 0xffff)
  const bytes = bytesOf(syscall, 'address.bytes', address.bytes)
  if (bytes.length > LARGEST - 2) {
    throw wrongValue(syscall, 'address.bytes', `at most ${LARGEST - 2} bytes`, bytes.length)
  }
  writeFamily(to, family)
  to.set(bytes, 2)
  return 2 + bytes.length
}
