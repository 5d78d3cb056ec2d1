// Collects the bytes of an answer until one whole JSON value is there, and makes a student of it.
// Rule: the answer is over when its value is whole, not when the host closes - it may never close, send byte
//       by byte, spread the object over many lines, or go on talking. An object or list ends with its last
//       bracket, anything else with its line. At most LONGEST_REPLY bytes are looked at.
import { quoted } from '../../printable.ts'
import type { Failure } from './failure.ts'
import { type Reading, readStudent } from './student.ts'

export const LONGEST_REPLY = 65_536

const [TAB, LINE_FEED, RETURN, SPACE] = [0x09, 0x0a, 0x0d, 0x20]
const [QUOTE, BACKSLASH] = [0x22, 0x5c]
const [BRACKET, BRACKET_END, BRACE, BRACE_END] = [0x5b, 0x5d, 0x7b, 0x7d]
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf]

export class Reply {
  readonly #bytes = Buffer.allocUnsafe(LONGEST_REPLY + 1)
  #length = 0
  #scanned = 0
  #start = 0
  #end = -1
  #depth = 0
  #isLine = false
  #inText = false
  #escaped = false

  /** Where the next bytes are to be received. */
  get space(): Buffer {
    return this.#bytes.subarray(this.#length)
  }

  get length(): number {
    return this.#length
  }

  get isWhole(): boolean {
    return this.#end >= 0
  }

  get isTooLong(): boolean {
    return !this.isWhole && this.#length > LONGEST_REPLY
  }

  /** Takes note of `count` bytes received into `space`. */
  add(count: number): void {
    this.#length += count
    while (this.#scanned < this.#length && !this.isWhole) this.#scan(this.#bytes[this.#scanned++]!)
  }

  /** The student in what has come, whole or not. */
  read(): Reading {
    if (this.isTooLong) {
      return { failure: { reason: 'too-long', detail: `answer longer than ${LONGEST_REPLY} bytes` } }
    }
    const bytes = this.#bytes.subarray(this.#start, this.isWhole ? this.#end : this.#length)
    let value: unknown
    try {
      value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    } catch {
      return { failure: this.#explain(bytes) }
    }
    return readStudent(value)
  }

  #explain(bytes: Buffer): Failure {
    const text = bytes.toString('utf8').trim()
    if (text === '') return { reason: 'closed', detail: 'closed without an answer' }
    if (this.isWhole || this.#isLine) return { reason: 'not-json', detail: `not JSON: ${quoted(text)}` }
    return { reason: 'closed', detail: `closed in the middle of the answer, after ${this.#length} bytes` }
  }

  #scan(byte: number): void {
    if (this.#isLine) this.#scanLine(byte)
    else if (this.#inText) this.#scanText(byte)
    else if (this.#depth > 0) this.#scanStructure(byte)
    else this.#scanStart(byte)
  }

  #scanStart(byte: number): void {
    if (byte === BYTE_ORDER_MARK[this.#scanned - 1] || isSpace(byte)) {
      this.#start = this.#scanned
      return
    }
    if (byte === BRACE || byte === BRACKET) this.#depth = 1
    else this.#isLine = true
  }

  #scanLine(byte: number): void {
    if (byte === LINE_FEED) this.#end = this.#scanned
  }

  #scanStructure(byte: number): void {
    if (byte === QUOTE) this.#inText = true
    else if (byte === BRACE || byte === BRACKET) this.#depth++
    else if (byte === BRACE_END || byte === BRACKET_END) this.#depth--
    if (this.#depth === 0) this.#end = this.#scanned
  }

  #scanText(byte: number): void {
    if (this.#escaped) this.#escaped = false
    else if (byte === BACKSLASH) this.#escaped = true
    else if (byte === QUOTE) this.#inText = false
  }
}

function isSpace(byte: number): boolean {
  return byte === SPACE || byte === LINE_FEED || byte === RETURN || byte === TAB
}
