// What every address family's file supplies, and what it gets.
import { ENODEV } from '../../sys/errno.ts'

/**
 * The socket that an address is for, as far as the meaning of the address depends on it: in some families on the protocol,
 * in some on the names of the network interfaces. They are asked from outside, so that this stays without system calls.
 */
export interface Endpoint {
  readonly family: number
  readonly proto: number
  /** The index of the network interface of this name; or -errno. */
  interfaceIndex(name: string): number
  /** The name of the network interface of this index; `''` if there is none. */
  interfaceName(index: number): string
}

/** Stands in for the socket where there is none: for addresses that mean the same everywhere, those of the internet. */
export function anyEndpoint(family: number): Endpoint {
  return { family, proto: 0, interfaceIndex: () => -ENODEV, interfaceName: () => '' }
}

/** How one family's addresses are written and read. */
export interface Codec<Address, Decoded = Address> {
  /** What the addresses themselves say. */
  readonly family: number
  /** The least bytes that `decode` can read; shorter addresses stay bytes. */
  readonly least: number
  /** Writes `address` to the start of `to` and returns its length. Throws what names `syscall`. Numeric hosts only. */
  encode(address: unknown, to: Uint8Array, syscall: string, endpoint: Endpoint): number
  /** Reads the `length` bytes at the start of `from`, at least `least`; `null` if they are of no known form. */
  decode(from: Uint8Array, length: number, endpoint: Endpoint): Decoded | null
  /** The host name in `address` that has to be looked up before `encode`, or `null`. */
  nameIn?(address: unknown): string | null
  /** `address` with its name replaced by what the lookup `found`. */
  resolved?(address: Address, found: Address): Address
}

export function writeFamily(to: Uint8Array, family: number): void {
  hostOrder.uint16[0] = family
  to[0] = hostOrder.bytes[0]!
  to[1] = hostOrder.bytes[1]!
}

export function readFamily(from: Uint8Array): number {
  hostOrder.bytes[0] = from[0]!
  hostOrder.bytes[1] = from[1]!
  return hostOrder.uint16[0]!
}

export function writeHostUint32(to: Uint8Array, at: number, value: number): void {
  hostOrder.uint32[0] = value
  to.set(hostOrder.bytes, at)
}

export function readHostUint32(from: Uint8Array, at: number): number {
  for (let i = 0; i < 4; i++) hostOrder.bytes[i] = from[at + i]!
  return hostOrder.uint32[0]!
}

// Typed arrays over one memory have the machine's byte order, whichever that is.
const memory = new ArrayBuffer(4)
const hostOrder = {
  bytes: new Uint8Array(memory),
  uint16: new Uint16Array(memory, 0, 1),
  uint32: new Uint32Array(memory),
}
