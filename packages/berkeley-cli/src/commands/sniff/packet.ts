// What was captured, and what is found in it.
export interface Captured {
  /** Nanoseconds since 1970. */
  readonly time: bigint
  readonly interface: string
  readonly direction: 'in' | 'out' | 'broadcast' | 'multicast' | 'other'
  /** From the link's header on, or from that of IP where there is none. */
  readonly data: Buffer
  /** How long it was, if `data` is only its beginning. */
  readonly length: number
}

/** The headers that were understood, as --json shows them. */
export interface Decoded {
  ethernet?: { source: string; destination: string; type: number }
  vlan?: { id: number; priority: number }[]
  arp?: { operation: number; sender: string; senderAddress: string; target: string; targetAddress: string }
  ip?: {
    version: 4 | 6
    source: string
    destination: string
    protocol: number
    ttl: number
    /** Of a fragment, in bytes. */
    fragment?: { offset: number; more: boolean; id: number }
  }
  tcp?: {
    source: number
    destination: number
    flags: string
    sequence: number
    acknowledgement: number
    window: number
    options: string[]
    length: number
  }
  udp?: { source: number; destination: number; length: number }
  icmp?: { type: number; code: number; id?: number; sequence?: number }
  /** Whether the capture ended before a header did. */
  truncated?: boolean
  /** All of it on one line. */
  text: string
}

/** Reads numbers of a header in network order. Where it ends too early, Truncated is thrown. */
export class Header {
  readonly bytes: Buffer

  constructor(bytes: Buffer, least: number) {
    if (bytes.length < least) throw new Truncated()
    this.bytes = bytes
  }

  u8(at: number): number {
    if (at >= this.bytes.length) throw new Truncated()
    return this.bytes[at] ?? 0
  }

  u16(at: number): number {
    return (this.u8(at) << 8) | this.u8(at + 1)
  }

  u32(at: number): number {
    return this.u16(at) * 0x10000 + this.u16(at + 2)
  }

  slice(from: number, to: number): Buffer {
    if (to > this.bytes.length) throw new Truncated()
    return this.bytes.subarray(from, to)
  }
}

export class Truncated extends Error {}

/** A hardware address: `02:42:ac:11:00:02`. */
export function hardwareText(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString('hex')
    .replace(/..(?!$)/g, '$&:')
}
