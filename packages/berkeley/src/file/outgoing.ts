// What `write` is given, as bytes.
import { writableBytesOf } from '../core/bytes.ts'
import { wrongType } from '../core/errors.ts'
import { encode } from './encodings.ts'
import { outgoingText } from './lines.ts'
import type { Settings } from './options.ts'
import { characters } from './pieces.ts'

export interface Outgoing {
  readonly bytes: Buffer
  /** How much that is, in what the caller counts: bytes or characters. */
  readonly size: number
  /** Whether it has to be sent at once. */
  readonly flushes: boolean
}

/** Checks and encodes the `data` of the method `name`. */
export type Prepare = (name: string, data: unknown) => Outgoing

/** Bytes as they are, in their own memory. */
export const prepareBytes: Prepare = (name, data) => {
  const view = writableBytesOf(name, 'data', data)
  const bytes = Buffer.isBuffer(view) ? view : Buffer.from(view.buffer, view.byteOffset, view.byteLength)
  return { bytes, size: bytes.length, flushes: false }
}

/** As `prepareBytes`, and strings as UTF-8; counted. */
export function preparingCounted(meter: { sent: number }): Prepare {
  return (name, data) => {
    const outgoing =
      typeof data === 'string' ? prepareBytes(name, Buffer.from(data)) : prepareBytes(name, data)
    meter.sent += outgoing.size
    return outgoing
  }
}

export function preparingText({ encoding, errors, newline, isLineBuffered }: Settings): Prepare {
  const withLineEnds = outgoingText(newline)
  return (name, data) => {
    if (typeof data !== 'string') throw wrongType(name, 'data', 'a string', data)
    return {
      bytes: encode(name, withLineEnds(data), encoding, errors),
      size: characters(data),
      flushes: isLineBuffered && /[\r\n]/.test(data),
    }
  }
}
