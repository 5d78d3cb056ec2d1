// The file object over a socket: reading.
import { type WritableBytes, writableBytesOf } from '../core/bytes.ts'
import { wrongType, wrongValue } from '../core/errors.ts'
import type { Form, Waiting } from '../core/form.ts'
import { BaseFile } from './base-file.ts'
import { ALL, type Call, callOf, limitOf } from './call.ts'
import type { Content, FileWait } from './content.ts'
import { ByteReader, type Reader } from './reader.ts'
import type { Work } from './turns.ts'

/** Both forms, what reads. */
export abstract class ReadingFile<F extends Form, M extends string> extends BaseFile<F> {
  /**
   * read - read a number of bytes or characters, or all there are
   *
   * Calls at the same time are served in their order. After an error (the time limit, an abort, …) what had come stays in
   * the buffer, and the next call goes on from there.
   *
   * @param size how many bytes, or characters (code points) of text; left out, `null` or -1: all up to the end of the
   *   stream
   * @param options `{ signal }` to give up (promises only)
   * @returns as many as asked for, fewer only at the end of the stream; with `buffering: 0`, what one `recv` gives
   * @throws TimeoutError, BlockingIOError (on a non-blocking socket, if not all of it has come), ConnectionResetError, …;
   *   RangeError for bytes that are no text in the file's encoding, once for each such place; RangeError if the file is
   *   closed or not open for reading; TypeError
   * @example
   * const header = await socket.makefile('rb').read(16)
   * @see man 2 recv
   */
  read(size?: number | null, options?: FileWait<F>): Waiting<F, Content<M>> {
    return this.#read('read', options, (reader, call) => {
      const count = limitOf('read', 'size', size)
      return { call, now: () => reader.readNow(count), steps: () => reader.read(call, count) }
    })
  }

  /**
   * readInto - read bytes into memory of the caller
   *
   * @param buffer the memory; it must not be used for something else until the operation is over
   * @param options `{ signal }` to give up (promises only)
   * @returns how many bytes came: fewer than `buffer` holds only at the end of the stream, or with `buffering: 0`
   * @throws as `read`; TypeError for a text file
   * @example
   * const count = await file.readInto(new Uint8Array(1024))
   * @see man 2 recv
   */
  readInto(
    this: ReadingFile<F, `${string}b${string}`>,
    buffer: WritableBytes,
    options?: FileWait<F>,
  ): Waiting<F, number> {
    return this.#readBytes('readInto', options, (reader, call) => {
      const target = writableBytesOf('readInto', 'buffer', buffer)
      return { call, steps: () => reader.readInto(call, target) }
    })
  }

  /**
   * read1 - read what is there
   *
   * @param size the most bytes; left out or -1: the size of the buffer
   * @param options `{ signal }` to give up (promises only)
   * @returns buffered bytes if there are any, otherwise those of one `recv`; none at the end of the stream
   * @throws as `read`; TypeError for a text file
   * @example
   * const chunk = await file.read1(65536)
   * @see man 2 recv
   */
  read1(
    this: ReadingFile<F, `${string}b${string}`>,
    size?: number | null,
    options?: FileWait<F>,
  ): Waiting<F, Buffer> {
    return this.#readBytes('read1', options, (reader, call) => {
      const count = limitOf('read1', 'size', size)
      return { call, steps: () => reader.read1(call, count) }
    })
  }

  /**
   * peek - look at what comes next, without taking it
   *
   * @param options `{ signal }` to give up (promises only)
   * @returns a copy of what is buffered, after one `recv` if nothing is; none at the end of the stream
   * @throws as `read`; TypeError for a text file, RangeError with `buffering: 0`
   * @example
   * const isTls = (await file.peek())[0] === 22
   */
  peek(this: ReadingFile<F, `${string}b${string}`>, options?: FileWait<F>): Waiting<F, Buffer> {
    return this.#readBytes('peek', options, (reader, call) => {
      if (this.parts.settings.buffering === 0) throw wrongValue('peek', 'buffering', 'other than 0', 0)
      return { call, steps: () => reader.peek(call) }
    })
  }

  /**
   * readline - read a line
   *
   * Bytes: a line ends with `\n`. Text: as the option `newline` says.
   *
   * @param limit the most bytes or characters; left out, `null` or -1: no limit
   * @param options `{ signal }` to give up (promises only)
   * @returns the line with its end; without one at the end of the stream or where the limit cut it; empty at the end of
   *   the stream
   * @throws as `read`
   * @example
   * const request = await socket.makefile('r').readline(4096)
   */
  readline(limit?: number | null, options?: FileWait<F>): Waiting<F, Content<M>> {
    return this.#read('readline', options, (reader, call) => {
      const most = limitOf('readline', 'limit', limit)
      return { call, now: () => reader.readlineNow(most), steps: () => reader.readline(call, most) }
    })
  }

  /**
   * readlines - read lines up to the end of the stream
   *
   * @param hint to stop after the line with which there are more bytes or characters than this; left out, `null`, 0 or
   *   -1: do not stop
   * @param options `{ signal }` to give up (promises only)
   * @returns the lines with their ends
   * @throws as `read`
   * @example
   * const lines = await socket.makefile('r').readlines()
   */
  readlines(hint?: number | null, options?: FileWait<F>): Waiting<F, Content<M>[]> {
    return this.#read('readlines', options, (reader, call) => {
      const enough = limitOf('readlines', 'hint', hint) || ALL
      return { call, steps: () => reader.readlines(call, enough) }
    })
  }

  #read<Result>(
    name: string,
    options: unknown,
    plan: (reader: Reader<Content<M>>, call: Call) => Work<Result>,
  ): Waiting<F, Result> {
    return this.parts.readTurns.take(() => {
      const call = callOf(name, options)
      const { reader, mode } = this.parts
      this.mustBeOpen(name)
      if (reader === null) throw wrongValue(name, 'mode', 'one that reads', mode.name)
      // It is the mode that tells which of the two it is.
      return plan(reader as unknown as Reader<Content<M>>, call)
    })
  }

  #readBytes<Result>(
    name: string,
    options: unknown,
    plan: (reader: ByteReader, call: Call) => Work<Result>,
  ): Waiting<F, Result> {
    return this.#read(name, options, (reader, call) => {
      if (reader instanceof ByteReader) return plan(reader, call)
      throw wrongType(name, 'mode', 'a binary one', this.mode)
    })
  }
}
