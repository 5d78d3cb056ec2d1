// A file in memory: what a datagram handler reads its packet from, and collects its answer in. Python's BytesIO, as much
// of it as a handler uses, by the names of the socket files. Nothing of it waits, so there is one form only, which `await`
// and `for await` take as well.
import { bytesOf, type Data } from '../core/bytes.ts'
import { limitOf } from '../file/call.ts'

const LF = 0x0a

/**
 * BytesIO - a file in memory
 *
 * @example
 * const file = new BytesIO('one\ntwo\n')
 * for (const line of file) console.log(`${line}`)
 * @see https://docs.python.org/3/library/io.html#io.BytesIO
 */
export class BytesIO {
  #content: Buffer
  #length: number
  #at = 0
  #isClosed = false

  constructor(content: Data = '') {
    this.#content = bufferOf('BytesIO', content)
    this.#length = this.#content.length
  }

  /** Whether `close` was called. */
  get closed(): boolean {
    return this.#isClosed
  }

  /** read - the next `size` bytes, or all that are left */
  read(size?: number | null): Buffer {
    return this.#take(Math.min(this.#length, this.#at + limitOf('read', 'size', size)))
  }

  /** readline - up to the next `\n`, with it; at most `limit` bytes */
  readline(limit?: number | null): Buffer {
    const most = Math.min(this.#length, this.#at + limitOf('readline', 'limit', limit))
    const end = this.#content.subarray(0, most).indexOf(LF, this.#at)
    return this.#take(end < 0 ? most : end + 1)
  }

  /** readlines - all lines that are left */
  readlines(): Buffer[] {
    return [...this]
  }

  /** write - put bytes, or text as UTF-8, at the end of what was read or written */
  write(data: Data): number {
    const bytes = bufferOf('write', data)
    const end = this.#at + bytes.length
    if (end > this.#content.length) {
      const grown = Buffer.alloc(Math.max(end, 2 * this.#content.length))
      this.#content.copy(grown, 0, 0, this.#length)
      this.#content = grown
    }
    bytes.copy(this.#content, this.#at)
    this.#at = end
    this.#length = Math.max(this.#length, end)
    return bytes.length
  }

  /** writelines - write several pieces */
  writelines(lines: Iterable<Data>): void {
    for (const line of lines) this.write(line)
  }

  /** getvalue - all of the content */
  getvalue(): Buffer {
    return this.#content.subarray(0, this.#length)
  }

  /** flush - nothing, since nothing is held back */
  flush(): void {}

  /** close - mark it closed */
  close(): void {
    this.#isClosed = true
  }

  *[Symbol.iterator](): Generator<Buffer, void, undefined> {
    for (let line = this.readline(); line.length > 0; line = this.readline()) yield line
  }

  #take(end: number): Buffer {
    const piece = this.#content.subarray(this.#at, Math.max(this.#at, end))
    this.#at += piece.length
    return piece
  }
}

// A copy: who gave the data may change it.
function bufferOf(name: string, data: Data): Buffer {
  const given = bytesOf(name, 'data', data)
  return Buffer.from(Buffer.from(given.buffer, given.byteOffset, given.byteLength))
}
