// Whoever looks on: each byte in either direction passes a tap before it goes on.
// Rule: a tap is waited for, so that what it writes keeps up with what it sees.

export type Direction = 'sent' | 'received'

export interface Tap {
  bytes(direction: Direction, bytes: Buffer): Promise<void>
  /** This direction has come to its end. */
  end(direction: Direction): Promise<void>
  /** The connection broke. */
  broken(): Promise<void>
}

/** Several taps as one. */
export function joinTaps(taps: readonly Tap[]): Tap {
  return {
    async bytes(direction, bytes) {
      for (const tap of taps) await tap.bytes(direction, bytes)
    },
    async end(direction) {
      for (const tap of taps) await tap.end(direction)
    },
    async broken() {
      for (const tap of taps) await tap.broken()
    },
  }
}
