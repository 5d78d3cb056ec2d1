// Bytes into text, a piece after the other: Python's incremental decoders and their `errors`.
// Rule: what cannot be decoded costs nothing before it. With 'strict', the text in front of it comes first; then it is
//       reported, once, and skipped.
/// <reference lib="es2024.string" />
import type { Encoding, ErrorHandling } from './encodings.ts'
import { incompleteTail, malformed } from './utf8.ts'

/** Bytes that are no text: what they are, where in the stream, and what came after them. */
export interface Fault {
  readonly bytes: Buffer
  readonly position: number
  readonly rest: Buffer
}

export interface Decoder {
  /** The text in `bytes`; the beginning of a character at its end waits for the rest, unless this is the `final` call. */
  decode(bytes: Buffer, final: boolean): string
  /** What 'strict' found behind the text that `decode` gave. */
  takeFault(): Fault | null
}

/** How one encoding is read. */
interface Reading {
  /** Text that is right where `bytes` are well-formed. */
  textOf(bytes: Buffer): string
  /** Whether they were. */
  isWellFormed(bytes: Buffer, text: string): boolean
  /** How many bytes at the end are the beginning of a character. */
  incompleteTail(bytes: Buffer): number
  /** The first place from `at` on that cannot be decoded. */
  malformed(bytes: Buffer, at: number): [start: number, end: number] | null
}

const REPLACEMENT = '\ufffd'
const NOT_ASCII = /[^\0-\x7f]/

const utf8: Reading = {
  textOf: (bytes) => bytes.toString('utf8'),
  // Asking the text first is cheaper, above all where it is ASCII.
  isWellFormed: (bytes, text) => !text.includes(REPLACEMENT) || malformed(bytes, 0) === null,
  incompleteTail,
  malformed,
}

const ascii: Reading = {
  textOf: (bytes) => bytes.toString('latin1'),
  isWellFormed: (_bytes, text) => !NOT_ASCII.test(text),
  incompleteTail: () => 0,
  malformed(bytes, from) {
    let at = from
    while (at < bytes.length && bytes[at]! < 0x80) at++
    return at < bytes.length ? [at, at + 1] : null
  },
}

const latin1: Reading = {
  textOf: (bytes) => bytes.toString('latin1'),
  isWellFormed: () => true,
  incompleteTail: () => 0,
  malformed: () => null,
}

const utf16le: Reading = {
  textOf: (bytes) => bytes.toString('utf16le'),
  isWellFormed: (bytes, text) => bytes.length % 2 === 0 && text.isWellFormed(),
  incompleteTail(bytes) {
    const odd = bytes.length % 2
    const lastUnit = bytes.length - odd - 2
    return lastUnit >= 0 && isHighSurrogate(bytes.readUInt16LE(lastUnit)) ? odd + 2 : odd
  },
  malformed(bytes, from) {
    for (let at = from; at < bytes.length; at += 2) {
      if (at + 2 > bytes.length) return [at, bytes.length]
      const unit = bytes.readUInt16LE(at)
      if (unit < 0xd800 || unit > 0xdfff) continue
      if (!isHighSurrogate(unit)) return [at, at + 2]
      // Half a pair and the end of the stream: all of that is one mistake.
      if (at + 4 > bytes.length) return [at, bytes.length]
      const next = bytes.readUInt16LE(at + 2)
      if (next < 0xdc00 || next > 0xdfff) return [at, at + 2]
      at += 2
    }
    return null
  },
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff
}

const readings: ReadonlyMap<string, Reading> = new Map([
  ['utf-8', utf8],
  ['ascii', ascii],
  ['latin1', latin1],
  ['utf-16le', utf16le],
])

export function makeDecoder(encoding: Encoding, errors: ErrorHandling): Decoder {
  const reading = readings.get(encoding)
  return reading ? new OwnDecoder(reading, errors) : new WebDecoder(encoding, errors)
}

const NONE = Buffer.alloc(0)

class OwnDecoder implements Decoder {
  readonly #reading: Reading
  readonly #errors: ErrorHandling
  /** The beginning of a character. */
  #held: Buffer = NONE
  /** How many bytes were decoded. */
  #position = 0
  #fault: Fault | null = null

  constructor(reading: Reading, errors: ErrorHandling) {
    this.#reading = reading
    this.#errors = errors
  }

  decode(bytes: Buffer, final: boolean): string {
    const whole = this.#held.length > 0 ? Buffer.concat([this.#held, bytes]) : bytes
    const tail = final ? 0 : this.#reading.incompleteTail(whole)
    const complete = tail > 0 ? whole.subarray(0, whole.length - tail) : whole
    // A copy, so that three bytes do not keep all the others alive.
    this.#held = tail > 0 ? Buffer.from(whole.subarray(whole.length - tail)) : NONE
    const text = this.#reading.textOf(complete)
    const result = this.#reading.isWellFormed(complete, text) ? text : this.#repair(complete)
    this.#position += complete.length
    return result
  }

  takeFault(): Fault | null {
    const fault = this.#fault
    this.#fault = null
    return fault
  }

  #repair(bytes: Buffer): string {
    const parts: string[] = []
    let at = 0
    for (let bad = this.#reading.malformed(bytes, 0); bad; bad = this.#reading.malformed(bytes, at)) {
      const [start, end] = bad
      parts.push(this.#reading.textOf(bytes.subarray(at, start)))
      at = end
      if (this.#errors === 'strict') return parts.join('') + this.#stopAt(bytes, start, end)
      if (this.#errors === 'replace') parts.push(REPLACEMENT)
    }
    parts.push(this.#reading.textOf(bytes.subarray(at)))
    return parts.join('')
  }

  // What comes after it will be decoded anew.
  #stopAt(bytes: Buffer, start: number, end: number): '' {
    const rest = Buffer.concat([bytes.subarray(end), this.#held])
    this.#fault = { bytes: Buffer.from(bytes.subarray(start, end)), position: this.#position + start, rest }
    this.#held = NONE
    this.#position -= bytes.length - end
    return ''
  }
}

/** The encodings of the web, as ICU knows them. Where in a piece it fails they do not tell: the piece is the fault. */
class WebDecoder implements Decoder {
  readonly #errors: ErrorHandling
  #decoder: InstanceType<typeof TextDecoder>
  #position = 0
  #fault: Fault | null = null

  constructor(encoding: string, errors: ErrorHandling) {
    this.#errors = errors
    this.#decoder = new TextDecoder(encoding, { fatal: errors === 'strict', ignoreBOM: true })
  }

  decode(bytes: Buffer, final: boolean): string {
    const position = this.#position
    this.#position += bytes.length
    try {
      const text = this.#decoder.decode(bytes, { stream: !final })
      return this.#errors === 'ignore' ? text.replaceAll(REPLACEMENT, '') : text
    } catch {
      const { encoding } = this.#decoder
      this.#decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true })
      this.#fault = { bytes, position, rest: NONE }
      return ''
    }
  }

  takeFault(): Fault | null {
    const fault = this.#fault
    this.#fault = null
    return fault
  }
}
