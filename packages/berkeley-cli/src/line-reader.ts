// Lines out of chunks of bytes, from a socket or a file.
// Rule: memory is bounded, whatever comes: of a line that is too long nothing more is kept or read.
export type ReadChunk = () => Promise<Buffer>

/** A line went on for more than the limit. */
export class LineTooLong extends Error {
  readonly limit: number

  constructor(limit: number) {
    super(`a line of more than ${limit} bytes`)
    this.limit = limit
  }
}

const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d

export class LineReader {
  readonly #read: ReadChunk
  readonly #longest: number
  #rest: Buffer = Buffer.alloc(0)
  /** What of the current line has come in earlier chunks. */
  #parts: Buffer[] = []
  #length = 0
  #hasEnded = false

  /** @param read gives the next bytes, none at the end; @param longest bytes of a line without its end */
  constructor(read: ReadChunk, longest: number) {
    this.#read = read
    this.#longest = longest
  }

  /** The next line without its end (`\n`, `\r\n`); null after the last. A last line without an end counts. */
  async next(): Promise<Buffer | null> {
    while (!this.#hasEnded) {
      const end = this.#rest.indexOf(LINE_FEED)
      if (end >= 0) {
        this.#keep(this.#rest.subarray(0, end))
        this.#rest = this.#rest.subarray(end + 1)
        return this.#take()
      }
      this.#keep(this.#rest)
      this.#rest = await this.#read()
      this.#hasEnded = this.#rest.length === 0
    }
    return this.#length > 0 ? this.#take() : null
  }

  #keep(part: Buffer): void {
    if (part.length === 0) return
    this.#parts.push(part)
    this.#length += part.length
    // The byte more is for a \r that belongs to the end.
    if (this.#length > this.#longest + 1) throw new LineTooLong(this.#longest)
  }

  #take(): Buffer {
    const line = this.#parts.length === 1 ? (this.#parts[0] as Buffer) : Buffer.concat(this.#parts)
    this.#parts = []
    this.#length = 0
    const whole = line.at(-1) === CARRIAGE_RETURN ? line.subarray(0, -1) : line
    if (whole.length > this.#longest) throw new LineTooLong(this.#longest)
    return whole
  }
}
