// SHA-256 over parts of files.
// Rule: bounded memory, and the event loop goes on: a chunk at a time.
import { createHash, type Hash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'

const CHUNK = 1_048_576

/** A checksum that is counted on, and how much is in it. */
export class Checksum {
  #hash: Hash = createHash('sha256')
  #length = 0

  get length(): number {
    return this.#length
  }

  add(bytes: Uint8Array): void {
    this.#hash.update(bytes)
    this.#length += bytes.length
  }

  /** Counts on over the file up to `end`, or up to its own end if that comes first. */
  async addFile(file: FileHandle, end: number, { signal, onChunk }: CountingOptions = {}): Promise<void> {
    const buffer = Buffer.allocUnsafe(Math.max(1, Math.min(CHUNK, end - this.#length)))
    while (this.#length < end) {
      signal?.throwIfAborted()
      const { bytesRead } = await file.read(
        buffer,
        0,
        Math.min(buffer.length, end - this.#length),
        this.#length,
      )
      if (bytesRead === 0) return
      this.add(buffer.subarray(0, bytesRead))
      await onChunk?.()
    }
  }

  /** The checksum so far; it can be counted on. */
  get digest(): string {
    return this.#hash.copy().digest('hex')
  }
}

export interface CountingOptions {
  readonly signal?: AbortSignal
  /** Called now and then while it counts. */
  readonly onChunk?: () => Promise<void> | void
}
