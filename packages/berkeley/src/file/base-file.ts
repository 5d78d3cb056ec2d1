// The file object over a socket, without what differs between the two forms.
import { inspect } from 'node:util'
import { integer } from '../core/arguments.ts'
import { type WritableBytes, writableBytesOf } from '../core/bytes.ts'
import { wrongType, wrongValue } from '../core/errors.ts'
import type { Form, Waiting } from '../core/form.ts'
import type { Steps } from '../ops/steps.ts'
import type { Mode, Settings } from './options.ts'
import type { Outgoing, Prepare } from './outgoing.ts'
import { ALL, ByteReader, type Reader } from './reader.ts'
import { LATER, type Turns, type Work } from './turns.ts'
import { type Call, closedFile, type Wire } from './wire.ts'
import type { Writer } from './writer.ts'

/** What a file of this mode reads: bytes if there is a `b` in it, else text. */
export type Content<M extends string> = string extends M
  ? Buffer | string
  : M extends `${string}b${string}`
    ? Buffer
    : string

/** What a file of this mode writes. */
export type Writable<M extends string> = string extends M
  ? WritableBytes | string
  : M extends `${string}b${string}`
    ? WritableBytes
    : string

/** `{ signal }`, which ends the wait; what has come or is still to be sent stays in the buffer. */
export type FileWait<F extends Form> = F extends 'async'
  ? { readonly signal?: AbortSignal | undefined }
  : never

/** What a file is made of. */
export interface Parts<F extends Form> {
  readonly wire: Wire
  readonly mode: Mode
  readonly settings: Settings
  readonly reader: Reader<Buffer> | Reader<string> | null
  readonly writer: Writer | null
  readonly prepare: Prepare
  readonly readTurns: Turns<F>
  readonly writeTurns: Turns<F>
}

/** Both forms. */
export abstract class BaseFile<F extends Form, M extends string> {
  protected readonly parts: Parts<F>
  #isClosed = false

  /** @internal */
  constructor(parts: Parts<F>) {
    this.parts = parts
  }

  // ---- properties -----------------------------------------------------------------------------------------------------

  /** Whether `close` was called. */
  get closed(): boolean {
    return this.#isClosed
  }

  /** The mode: of a text file as it was given, of a binary one `'rb'`, `'wb'` or `'rwb'`. */
  get mode(): string {
    return this.parts.mode.name
  }

  /** The descriptor of the socket, -1 once the file is closed. */
  get name(): number {
    return this.#isClosed ? -1 : this.parts.wire.handle.fd
  }

  /** The encoding of a text file, `null` for a binary one. */
  get encoding(): string | null {
    return this.parts.mode.isBinary ? null : this.parts.settings.encoding
  }

  /** What happens to text that cannot be decoded or encoded; `null` for a binary file. */
  get errors(): string | null {
    return this.parts.mode.isBinary ? null : this.parts.settings.errors
  }

  /**
   * fileno - the descriptor of the socket
   *
   * @returns its number, -1 if the socket was detached
   * @throws RangeError if the file is closed
   * @example
   * console.log(file.fileno() === socket.fileno()) // true
   */
  fileno(): number {
    this.#mustBeOpen('fileno')
    return this.parts.wire.handle.fd
  }

  /**
   * readable - whether the file was opened for reading
   *
   * @throws RangeError if the file is closed
   * @example
   * if (file.readable()) console.log(await file.readline())
   */
  readable(): boolean {
    this.#mustBeOpen('readable')
    return this.parts.mode.reads
  }

  /**
   * writable - whether the file was opened for writing
   *
   * @throws RangeError if the file is closed
   * @example
   * if (file.writable()) await file.write('hello\n')
   */
  writable(): boolean {
    this.#mustBeOpen('writable')
    return this.parts.mode.writes
  }

  // ---- reading --------------------------------------------------------------------------------------------------------

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
    this: BaseFile<F, `${string}b${string}`>,
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
    this: BaseFile<F, `${string}b${string}`>,
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
  peek(this: BaseFile<F, `${string}b${string}`>, options?: FileWait<F>): Waiting<F, Buffer> {
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

  // ---- writing --------------------------------------------------------------------------------------------------------

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
      this.#mustBeOpen('flush')
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
      const isSecondCall = this.#isClosed
      this.#isClosed = true
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

  /** Closes what is still open. `false` if it was closed before. */
  protected markClosed(): boolean {
    if (this.#isClosed) return false
    this.#isClosed = true
    return true
  }

  [inspect.custom](): string {
    return `SocketFile { fd: ${this.name}, mode: '${this.mode}', encoding: ${this.encoding} }`
  }

  // ---- checks ---------------------------------------------------------------------------------------------------------

  #read<Result>(
    name: string,
    options: unknown,
    plan: (reader: Reader<Content<M>>, call: Call) => Work<Result>,
  ): Waiting<F, Result> {
    return this.parts.readTurns.take(() => {
      const call = callOf(name, options)
      const { reader, mode } = this.parts
      this.#mustBeOpen(name)
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

  #write<Result>(
    name: string,
    options: unknown,
    plan: (writer: Writer, call: Call) => Work<Result>,
  ): Waiting<F, Result> {
    return this.parts.writeTurns.take(() => {
      const call = callOf(name, options)
      const { writer, mode } = this.parts
      this.#mustBeOpen(name)
      if (writer === null) throw wrongValue(name, 'mode', 'one that writes', mode.name)
      return plan(writer, call)
    })
  }

  #mustBeOpen(name: string): void {
    if (this.#isClosed) throw closedFile(name)
  }
}

function* nothing(): Steps<void> {}

function* written(writer: Writer, call: Call, { bytes, size, flushes }: Outgoing): Steps<number> {
  const taken = yield* writer.write(call, bytes, flushes)
  return taken === bytes.length ? size : taken
}

/** A number of bytes or characters; left out, `null` and -1 are all of them. */
function limitOf(name: string, parameter: string, value: unknown): number {
  if (value === undefined || value === null) return ALL
  const count = integer(name, parameter, value, -1, Number.MAX_SAFE_INTEGER)
  return count < 0 ? ALL : count
}

function callOf(name: string, options: unknown): Call {
  if (options === undefined) return { name, signal: null, flags: 0 }
  if (typeof options !== 'object' || options === null) throw wrongType(name, 'options', 'an object', options)
  const { signal } = options as { signal?: unknown }
  if (signal === undefined) return { name, signal: null, flags: 0 }
  if (!(signal instanceof AbortSignal)) throw wrongType(name, 'signal', 'an AbortSignal', signal)
  return { name, signal, flags: 0 }
}
