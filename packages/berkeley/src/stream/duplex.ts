// A node:stream Duplex over a socket.
// Traps: an exception of a listener must not become a rejected promise of ours, so nothing of the stream is called in the
// reaction of one (`afterwards`); and what waits when the stream is destroyed fails with ECANCELED, which nobody wants to know.
import { Duplex } from 'node:stream'
import { wrongType, wrongValue } from '../core/errors.ts'
import { isTcp } from '../ops/attempts.ts'
import type { Socket } from '../socket.ts'
import { IPPROTO_TCP, SO_KEEPALIVE, SOL_SOCKET, TCP_KEEPIDLE, TCP_NODELAY } from '../sys/constants.ts'
import { CHUNK, Connection } from './connection.ts'

/** What `toDuplex` takes; all but `maxMessageSize` is as of the constructor of a Duplex. */
export interface DuplexOptions {
  /** Whether writing may go on after the peer has ended; `true` by default. `false` ends it then. */
  readonly allowHalfOpen?: boolean | undefined
  /** How many bytes are received ahead, and how many may be written before `write` says false; 65536 by default. */
  readonly highWaterMark?: number | undefined
  /** The same for reading alone; on SOCK_SEQPACKET it counts messages, 16 by default. */
  readonly readableHighWaterMark?: number | undefined
  /** The same for writing alone. */
  readonly writableHighWaterMark?: number | undefined
  /** Destroys the stream when it is aborted. */
  readonly signal?: AbortSignal | undefined
  /** On SOCK_SEQPACKET: the most bytes that a received message may have, 65536 by default. A longer one is an error. */
  readonly maxMessageSize?: number | undefined
}

type Callback = (error?: Error | null) => void

/**
 * SocketDuplex - a node:stream over a socket, as `toDuplex` makes it
 *
 * Beside what every Duplex has, it has those methods of `net.Socket` that node:http calls.
 *
 * @see https://nodejs.org/api/stream.html#class-streamduplex
 */
export class SocketDuplex extends Duplex {
  readonly #connection: Connection
  #idle: NodeJS.Timeout | null = null

  /** The idle time that `setTimeout` has set, in milliseconds. */
  timeout: number | undefined = undefined

  /** As `toDuplex`. */
  constructor(socket: Socket<number>, options: DuplexOptions = {}) {
    const { maxMessageSize, highWaterMark = CHUNK, ...given } = options
    const connection = new Connection('toDuplex', socket, maxMessageSize)
    const { ofMessages } = connection
    const forReading =
      ofMessages && options.highWaterMark === undefined ? {} : { readableHighWaterMark: highWaterMark }
    super({
      writableHighWaterMark: highWaterMark,
      ...forReading,
      ...withoutUndefined(given),
      // Bytes that were received apart are put together where that is faster; messages must not be.
      readableObjectMode: ofMessages,
    })
    this.#connection = connection
  }

  override _read(): void {
    this.#connection.receive().then(
      (chunk) => afterwards(() => this.#received(chunk)),
      (error) => afterwards(() => this.destroy(error)),
    )
  }

  #received(chunk: Buffer): void {
    if (this.destroyed) return
    this.#moved()
    this.push(chunk.length === 0 ? null : chunk)
    // At the end with nothing left to read: nobody has to ask once more to be told so.
    if (chunk.length === 0 && this.readableLength === 0) this.read(0)
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: Callback): void {
    const { ofMessages } = this.#connection
    this.#settle(ofMessages ? this.#connection.send(chunk) : this.#sendPieces([chunk]), done)
  }

  override _writev(chunks: { chunk: Buffer }[], done: Callback): void {
    this.#settle(
      this.#connection.ofMessages
        ? this.#sendEach(chunks)
        : this.#sendPieces(chunks.map(({ chunk }) => chunk)),
      done,
    )
  }

  #sendPieces(pieces: Buffer[]): Promise<void> {
    return this.#connection.sendPieces(pieces, () => this.#moved())
  }

  async #sendEach(chunks: { chunk: Buffer }[]): Promise<void> {
    for (const { chunk } of chunks) {
      await this.#connection.send(chunk)
      this.#moved()
    }
  }

  #settle(sending: Promise<void>, done: Callback): void {
    sending.then(
      () => afterwards(done),
      (error) => afterwards(() => done(error)),
    )
  }

  override _final(done: Callback): void {
    try {
      this.#connection.endSending()
      done()
    } catch (error) {
      done(error as Error)
    }
  }

  override _destroy(error: Error | null, done: Callback): void {
    this.setTimeout(0)
    try {
      this.#connection.close()
      done(error)
    } catch (closing) {
      done(error ?? (closing as Error))
    }
  }

  // ---- what node:http asks of a connection --------------------------------------------------------------------------

  /**
   * setTimeout - emit `'timeout'` when nothing was received or sent for so long
   *
   * As of `net.Socket`: nothing else happens then. The socket's own `settimeout`, in seconds, makes its operations fail.
   *
   * @param milliseconds how long; 0 for never
   * @param listener called at the first `'timeout'`
   */
  setTimeout(milliseconds: number, listener?: () => void): this {
    if (typeof milliseconds !== 'number')
      throw wrongType('setTimeout', 'milliseconds', 'a number', milliseconds)
    if (!(milliseconds >= 0)) throw wrongValue('setTimeout', 'milliseconds', 'not negative', milliseconds)
    if (this.#idle !== null) clearTimeout(this.#idle)
    const isOn = milliseconds > 0 && !this.destroyed
    this.#idle = isOn
      ? setTimeout(() => this.emit('timeout'), Math.min(milliseconds, LONGEST_TIMER)).unref()
      : null
    this.timeout = milliseconds
    if (listener !== undefined && isOn) this.once('timeout', listener)
    if (listener !== undefined && !isOn) this.off('timeout', listener)
    return this
  }

  #moved(): void {
    this.#idle?.refresh()
  }

  /**
   * setKeepAlive - whether the kernel asks a silent peer if it is still there; nothing but TCP has that
   *
   * @param enable `true` or `false`
   * @param initialDelay after how many milliseconds of silence; 0 for as it is
   */
  setKeepAlive(enable = false, initialDelay = 0): this {
    const { socket } = this.#connection
    if (this.destroyed || !isTcp(socket)) return this
    socket.setsockopt(SOL_SOCKET, SO_KEEPALIVE, enable)
    if (enable && initialDelay > 0)
      socket.setsockopt(IPPROTO_TCP, TCP_KEEPIDLE, Math.max(1, Math.round(initialDelay / 1000)))
    return this
  }

  /** setNoDelay - whether small pieces are sent at once instead of being collected; nothing but TCP has that */
  setNoDelay(noDelay = true): this {
    const { socket } = this.#connection
    if (!this.destroyed && isTcp(socket)) socket.setsockopt(IPPROTO_TCP, TCP_NODELAY, noDelay)
    return this
  }

  /** ref - let waiting on the socket keep the process alive, as it does at first */
  ref(): this {
    this.#connection.socket.ref()
    return this
  }

  /** unref - let the process end although something waits on the socket */
  unref(): this {
    this.#connection.socket.unref()
    return this
  }
}

/**
 * toDuplex - a node:stream over a connected socket
 *
 * The stream owns the socket from now on, and closes it once it has ended in both directions, failed, or was destroyed.
 * `end()` shuts down writing (SHUT_WR), as the peer's end ends reading. Nothing is received before somebody reads, and then
 * no more than `highWaterMark` ahead. Errors are those of the socket's operations, such as ConnectionResetError; its time
 * limit (`settimeout`) holds for each of them.
 *
 * On SOCK_SEQPACKET each chunk is a message, read and written; an empty one cannot be told from the end. For datagrams there
 * is `Readable.from(socket)`, which gives each with its sender.
 *
 * @param socket a connected socket of `berkeley`: SOCK_STREAM or SOCK_SEQPACKET, not non-blocking
 * @param options as of a Duplex, and `maxMessageSize`
 * @throws TypeError, RangeError for a socket that is none of these; OSError EBADF for one that is closed
 * @example
 * const stream = toDuplex(await createConnection(['127.0.0.1', 7]))
 * await pipeline(createReadStream('file'), createGzip(), stream)
 * @see https://nodejs.org/api/stream.html
 */
export function toDuplex<Family extends number>(
  socket: Socket<Family>,
  options: DuplexOptions = {},
): SocketDuplex {
  if (typeof options !== 'object' || options === null)
    throw wrongType('toDuplex', 'options', 'an object', options)
  return new SocketDuplex(socket as unknown as Socket<number>, options)
}

const LONGEST_TIMER = 2 ** 31 - 1

function afterwards(call: () => void): void {
  process.nextTick(call)
}

/** What is `undefined` counts as not given, but Duplex looks whether it is there. */
function withoutUndefined<Options extends object>(options: Options): Partial<Options> {
  return Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as Partial<Options>
}
