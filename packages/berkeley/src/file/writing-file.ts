// The file object over a socket: writing, flushing and closing.
import { wrongType, wrongValue } from '../core/errors.ts'
import type { Form, Waiting } from '../core/form.ts'
import type { Steps } from '../ops/steps.ts'
import { type Call, callOf } from './call.ts'
import type { FileWait, Writable } from './content.ts'
import type { Outgoing } from './outgoing.ts'
import { ReadingFile } from './reading-file.ts'
import { LATER, type Work } from './turns.ts'
import type { Writer } from './writer.ts'

/** Both forms, all of it. */
export abstract class WritingFile<F extends Form, M extends string> extends ReadingFile<F, M> {
  /**
   * write - write bytes, or text
   *
   * The data goes to the buffer, and to the socket only when the buffer is full or flushed. Calls at the same time are
   * served in their order and do not mix.
   *
   * @param data a buffer or a view for a binary file, a string for a text file; a buffer must not be changed until the
   *   operation is over
   * @param options `{ signal }` to give up (promises only)
   * @returns how many bytes or characters were taken: all of them; with `buffering: 0`, what one `send` takes, which may
   *   be fewer
   * @throws TimeoutError, BlockingIOError, BrokenPipeError, … from sending: the data was taken all the same, what could
   *   not be sent stays in the buffer, and the next `flush` goes on (not with `buffering: 0`: nothing was taken then);
   *   TypeError; RangeError for text that cannot be encoded, and if the file is closed or not open for writing
   * @example
   * await file.write('hello\n')
   * @see man 2 send
   */
  write(data: Writable<M>, options?: FileWait<F>): Waiting<F, number> {
    return this.#write('write', options, (writer, call) => {
      const outgoing = this.parts.prepare('write', data)
      return {
        call,
        now: () => (!outgoing.flushes && writer.writeNow(outgoing.bytes) ? outgoing.size : LATER),
        steps: () => written(writer, call, outgoing),
      }
    })
  }

  /**
   * writelines - write several pieces, one after the other; line ends are not added
   *
   * @param lines what `write` takes, several of it
   * @param options `{ signal }` to give up (promises only)
   * @throws as `write`
   * @example
   * await file.writelines(['HTTP/1.0 200 OK\r\n', '\r\n'])
   */
  writelines(lines: Iterable<Writable<M>>, options?: FileWait<F>): Waiting<F, void> {
    return this.#write('writelines', options, (writer, call) => {
      const isIterable = typeof Object(lines)[Symbol.iterator] === 'function'
      if (!isIterable) throw wrongType('writelines', 'lines', 'iterable', lines)
      return { call, steps: () => this.#writeAll(writer, call, lines) }
    })
  }

  *#writeAll(writer: Writer, call: Call, lines: Iterable<unknown>): Steps<void> {
    for (const line of lines) yield* written(writer, call, this.parts.prepare('writelines', line))
  }

  /**
   * flush - send everything that was written
   *
   * On a file that is only read it does nothing.
   *
   * @param options `{ signal }` to give up (promises only)
   * @throws as `write`; what could not be sent stays in the buffer, and the next `flush` goes on
   * @example
   * await file.flush()
   * @see man 2 send
   */
  flush(options?: FileWait<F>): Waiting<F, void> {
    const { writeTurns, writer } = this.parts
    return writeTurns.take(() => {
      const call = callOf('flush', options)
      this.mustBeOpen('flush')
      const now = () => (writer === null || writer.isEmpty ? undefined : LATER)
      return { call, now, steps: () => writer!.flush(call) }
    })
  }

  /**
   * close - flush, and let the socket go
   *
   * The socket stays open, unless it was closed before and this was its last file: then the descriptor is closed. If
   * flushing fails, the file is closed all the same. Who waits to read from it gets `ECANCELED`. A second call does
   * nothing.
   *
   * @throws as `flush`; what close(2) reports
   * @example
   * await file.close()
   */
  close(): Waiting<F, void> {
    const { writeTurns, writer, wire } = this.parts
    return writeTurns.take(() => {
      const call = callOf('close', undefined)
      const isSecondCall = !this.markClosed()
      return {
        call,
        now: () => (isSecondCall ? undefined : writer === null || writer.isEmpty ? wire.release() : LATER),
        steps: () => (isSecondCall ? nothing() : this.#flushAndRelease(call)),
      }
    })
  }

  *#flushAndRelease(call: Call): Steps<void> {
    try {
      yield* this.parts.writer?.flush(call) ?? nothing()
    } finally {
      this.parts.wire.release()
    }
  }

  #write<Result>(
    name: string,
    options: unknown,
    plan: (writer: Writer, call: Call) => Work<Result>,
  ): Waiting<F, Result> {
    return this.parts.writeTurns.take(() => {
      const call = callOf(name, options)
      const { writer, mode } = this.parts
      this.mustBeOpen(name)
      if (writer === null) throw wrongValue(name, 'mode', 'one that writes', mode.name)
      return plan(writer, call)
    })
  }
}

function* nothing(): Steps<void> {}

function* written(writer: Writer, call: Call, { bytes, size, flushes }: Outgoing): Steps<number> {
  const taken = yield* writer.write(call, bytes, flushes)
  return taken === bytes.length ? size : taken
}
