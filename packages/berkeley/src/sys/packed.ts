// Reads what native/pack.h packs: numbers, bytes and texts one after the other, in the order that the packer names.
import { LITTLE_ENDIAN } from './byte-order.ts'

export class Packed {
  readonly #bytes: Buffer
  readonly #view: DataView
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  /** Whether there is something left. */
  get more(): boolean {
    return this.#at < this.#bytes.length
  }

  number(): number {
    const value = this.#view.getInt32(this.#at, LITTLE_ENDIAN)
    this.#at += 4
    return value
  }

  bytes(): Buffer {
    const length = this.number()
    const start = this.#at
    this.#at += length
    return this.#bytes.subarray(start, this.#at)
  }

  text(): string {
    return this.bytes().toString('utf8')
  }
}

/** What `fill` packs: it writes what fits into the bytes it gets, and returns how long all of it is, or -errno. */
export function unpack(fill: (bytes: Buffer) => number, likelySize: number): Packed | number {
  for (let size = likelySize; ; ) {
    const bytes = Buffer.alloc(size)
    const length = fill(bytes)
    if (length < 0) return length
    if (length <= size) return new Packed(bytes.subarray(0, length))
    size = length
  }
}
