// The two forms of the file object: what differs between them.
import { osError } from '../core/errors.ts'
import { MSG_DONTWAIT } from '../sys/constants.ts'
import { EAGAIN } from '../sys/errno.ts'
import { runBlocking } from '../wait/steps.ts'
import { closedFile } from './call.ts'
import type { Content } from './content.ts'
import { WritingFile } from './writing-file.ts'

/**
 * SocketFile - a file over a socket, whose waiting methods return promises; made by `socket.makefile`
 *
 * @example
 * await using file = socket.makefile('rw')
 * for await (const line of file) await file.write(line)
 */
export class AsyncFile<M extends string = 'r'> extends WritingFile<'async', M> {
  /** Flushes and closes the file at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /**
   * Closes the file at the end of a `using` block, which cannot wait: what the socket does not take at once is lost.
   *
   * @throws BlockingIOError if something could not be sent; the file is closed all the same. Use `await using`.
   */
  [Symbol.dispose](): void {
    if (!this.markClosed()) return
    const { wire, writer, writeTurns } = this.parts
    try {
      if (writeTurns.isBusy) throw osError(-EAGAIN, 'close')
      if (writer === null || writer.isEmpty) return
      // Others are in the middle of sending.
      if (wire.handle.writing !== null) throw osError(-EAGAIN, 'close')
      runBlocking(writer.flush({ name: 'close', signal: null, flags: MSG_DONTWAIT }))
    } finally {
      wire.release()
    }
  }

  /** The lines, with their ends, up to the end of the stream or until the file is closed. */
  [Symbol.asyncIterator](): AsyncIterableIterator<Content<M>> {
    if (this.closed) throw closedFile('iterator')
    return new LineIterator(this)
  }
}

// By hand, since an async generator would cost each line two more turns of the microtask queue.
class LineIterator<M extends string> implements AsyncIterableIterator<Content<M>> {
  readonly #file: AsyncFile<M>
  #isDone = false

  constructor(file: AsyncFile<M>) {
    this.#file = file
  }

  async next(): Promise<IteratorResult<Content<M>>> {
    if (this.#isDone) return this.#end()
    try {
      const value = await this.#file.readline()
      return value.length > 0 ? { done: false, value } : this.#end()
    } catch (error) {
      if (this.#file.closed) return this.#end()
      throw error
    }
  }

  async return(): Promise<IteratorResult<Content<M>>> {
    return this.#end()
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  #end(): { done: true; value: undefined } {
    this.#isDone = true
    return { done: true, value: undefined }
  }
}

/**
 * SocketFile - a file over a socket, whose methods block the calling thread until they are done; made by
 * `socket.makefile`
 *
 * @example
 * using file = socket.makefile('rw')
 * for (const line of file) file.write(line)
 */
export class BlockingFile<M extends string = 'r'> extends WritingFile<'blocking', M> {
  /** Flushes and closes the file at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.close()
  }

  /** The lines, with their ends, up to the end of the stream or until the file is closed. */
  [Symbol.iterator](): IterableIterator<Content<M>> {
    if (this.closed) throw closedFile('iterator')
    return this.#lines()
  }

  *#lines(): Generator<Content<M>, void, undefined> {
    while (!this.closed) {
      const line = this.readline()
      if (line.length === 0) return
      yield line
    }
  }
}

// Both are `SocketFile` to their users, who see one of them.
for (const form of [AsyncFile, BlockingFile]) Object.defineProperty(form, 'name', { value: 'SocketFile' })
