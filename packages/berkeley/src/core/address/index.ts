// The table of address families, and the two functions over it.
// A family is one file here and one row below. A family without a row is not an error: it is `{ family, bytes }`.
import {
  AF_ALG,
  AF_BLUETOOTH,
  AF_CAN,
  AF_INET,
  AF_INET6,
  AF_NETLINK,
  AF_PACKET,
  AF_QIPCRTR,
  AF_RDS,
  AF_SMC,
  AF_TIPC,
  AF_UNIX,
  AF_VSOCK,
} from '../../sys/constants.ts'
import { integer } from '../arguments.ts'
import { bytesOf, lengthOf } from '../bytes.ts'
import { wrongType, wrongValue } from '../errors.ts'
import { type AlgAddress, alg, type FullAlgAddress } from './alg.ts'
import { type BluetoothAddress, bluetooth, type FullBluetoothAddress } from './bluetooth.ts'
import { type CanAddress, can, type FullCanAddress } from './can.ts'
import { anyEndpoint, type Codec, type Endpoint, readFamily, writeFamily } from './codec.ts'
import { type InetAddress, inet } from './inet.ts'
import { type FullInet6Address, type Inet6Address, inet6 } from './inet6.ts'
import { type NetlinkAddress, netlink } from './netlink.ts'
import { type FullPacketAddress, type PacketAddress, packet } from './packet.ts'
import { type QipcrtrAddress, qipcrtr } from './qipcrtr.ts'
import { type FullSmcAddress, type SmcAddress, smc } from './smc.ts'
import { type FullTipcAddress, type TipcAddress, tipc } from './tipc.ts'
import { type UnixAddress, unix } from './unix.ts'
import { type VsockAddress, vsock } from './vsock.ts'

export type { HciAddress, L2capAddress, RfcommAddress, ScoAddress } from './bluetooth.ts'
export type { CanInterfaceAddress, IsotpAddress, J1939Address } from './can.ts'
export type {
  AlgAddress,
  BluetoothAddress,
  CanAddress,
  Endpoint,
  FullAlgAddress,
  FullBluetoothAddress,
  FullCanAddress,
  FullInet6Address,
  FullPacketAddress,
  FullSmcAddress,
  FullTipcAddress,
  Inet6Address,
  InetAddress,
  NetlinkAddress,
  PacketAddress,
  QipcrtrAddress,
  SmcAddress,
  TipcAddress,
  UnixAddress,
  VsockAddress,
}
export { anyEndpoint }

/** An address of a family that has no form of its own here: the bytes that follow the family. */
export interface UnknownAddress {
  readonly family: number
  readonly bytes: Uint8Array
}

interface Given {
  [AF_INET]: InetAddress
  [AF_INET6]: Inet6Address
  [AF_UNIX]: UnixAddress
  [AF_NETLINK]: NetlinkAddress
  [AF_PACKET]: PacketAddress
  [AF_VSOCK]: VsockAddress
  [AF_CAN]: CanAddress
  [AF_TIPC]: TipcAddress
  [AF_ALG]: AlgAddress
  [AF_BLUETOOTH]: BluetoothAddress
  [AF_QIPCRTR]: QipcrtrAddress
  [AF_RDS]: InetAddress
  [AF_SMC]: SmcAddress
}

interface Returned {
  [AF_INET]: InetAddress
  [AF_INET6]: FullInet6Address
  [AF_UNIX]: string | Buffer
  [AF_NETLINK]: NetlinkAddress
  [AF_PACKET]: FullPacketAddress
  [AF_VSOCK]: VsockAddress
  [AF_CAN]: FullCanAddress
  [AF_TIPC]: FullTipcAddress
  [AF_ALG]: FullAlgAddress
  [AF_BLUETOOTH]: FullBluetoothAddress
  [AF_QIPCRTR]: QipcrtrAddress
  [AF_RDS]: InetAddress
  [AF_SMC]: FullSmcAddress
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

/** By the family of the socket. */
export const codecs: ReadonlyMap<number, Codec<unknown>> = new Map<number, unknown>([
  [AF_INET, inet],
  [AF_INET6, inet6],
  [AF_UNIX, unix],
  [AF_NETLINK, netlink],
  [AF_PACKET, packet],
  [AF_VSOCK, vsock],
  [AF_CAN, can],
  [AF_TIPC, tipc],
  [AF_ALG, alg],
  [AF_BLUETOOTH, bluetooth],
  [AF_QIPCRTR, qipcrtr],
  // Sockets of their own, but IPv4's addresses, which also say so.
  [AF_RDS, inet],
  [AF_SMC, smc],
]) as ReadonlyMap<number, Codec<unknown>>

// An array is looked up faster than a map.
const codecByFamily: (Codec<unknown> | undefined)[] = []
for (const [family, codec] of codecs) codecByFamily[family] = codec

/** sizeof(struct sockaddr_storage): what the kernel takes at most. */
const LARGEST = 128

/** Writes `address`, for the socket `endpoint`, to `to`; returns its length. */
export function encodeAddress(endpoint: Endpoint, address: unknown, to: Uint8Array, syscall: string): number {
  if (isUnknown(address)) return encodeUnknown(address, to, syscall)
  const { family } = endpoint
  const codec = codecByFamily[family]
  if (codec === undefined)
    throw wrongType(syscall, 'address', `{ family, bytes } for family ${family}`, address)
  return codec.encode(address, to, syscall, endpoint)
}

/** Reads the address that a call on `endpoint` left in the first `length` bytes of `from`; `null` if it left none. */
export function decodeAddress(from: Uint8Array, length: number, endpoint: Endpoint): unknown {
  if (length < 2) return null
  const family = readFamily(from)
  const codec = codecByFamily[family]
  if (codec !== undefined && length >= codec.least) {
    const address = codec.decode(from, length, endpoint)
    if (address !== null) return address
  }
  return { family, bytes: Buffer.from(from.subarray(2, length)) }
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
  // Arrays first: to look for what an array has not takes longer than to encode it.
  if (typeof address !== 'object' || address === null || Array.isArray(address)) return false
  return 'family' in address && 'bytes' in address
}

function encodeUnknown(address: UnknownAddress, to: Uint8Array, syscall: string): number {
  const family = integer(syscall, 'address.family', address.family, 0, 0xffff)
  const bytes = bytesOf(syscall, 'address.bytes', address.bytes)
  const length = lengthOf(bytes)
  if (length > LARGEST - 2) {
    throw wrongValue(syscall, 'address.bytes', `at most ${LARGEST - 2} bytes`, length)
  }
  writeFamily(to, family)
  to.set(bytes, 2)
  return 2 + length
}
