// Web streams over a socket.
// Trap: a stream of bytes takes the whole memory of a chunk for itself (ArrayBuffer.transfer), so what stands in the pool
// of short pieces is copied out of it before.
import type {
  ReadableByteStreamController,
  ReadableStreamController,
  ReadableStream as WebReadable,
  WritableStream as WebWritable,
  WritableStreamDefaultController,
} from 'node:stream/web'
import type { Data } from '../core/bytes.ts'
import { osError, wrongType } from '../core/errors.ts'
import type { Socket } from '../socket.ts'
import { ECANCELED } from '../sys/errno.ts'
import { CHUNK, Connection } from './connection.ts'

/** What `toWeb` takes. */
export interface WebOptions {
  /** On SOCK_SEQPACKET: the most bytes that a received message may have, 65536 by default. A longer one is an error. */
  readonly maxMessageSize?: number | undefined
}

/** Both directions of a connection. */
export interface WebStreams {
  /** What the peer sends. Of SOCK_STREAM it is a stream of bytes, which can be read into memory of one's own (BYOB). */
  readonly readable: WebReadable<Uint8Array>
  /** What the peer gets: text (as UTF-8), buffers or views. */
  readonly writable: WebWritable<Data>
}

/**
 * toWeb - web streams over a connected socket
 *
 * The streams own the socket from now on. It is closed once both have ended; and at once when either fails, `readable` is
 * cancelled or `writable` aborted: then the other fails, too. To close `writable` shuts down writing (SHUT_WR), as the
 * peer's end ends `readable`. Nothing is received before somebody reads. Errors are those of the socket's operations, such
 * as ConnectionResetError; its time limit (`settimeout`) holds for each of them.
 *
 * On SOCK_SEQPACKET each chunk is a message, read and written; an empty one cannot be told from the end. For datagrams there
 * is `ReadableStream.from(socket)`, which gives each with its sender.
 *
 * @param socket a connected socket of `berkeley`: SOCK_STREAM or SOCK_SEQPACKET, not non-blocking
 * @param options `{ maxMessageSize }`
 * @returns `{ readable, writable }`
 * @throws TypeError, RangeError for a socket that is none of these; OSError EBADF for one that is closed
 * @example
 * const { readable, writable } = toWeb(await createConnection(['127.0.0.1', 7]))
 * await new Blob(['hello']).stream().pipeTo(writable)
 * console.log(await new Response(readable).text())
 * @see https://streams.spec.whatwg.org
 */
export function toWeb<Family extends number>(socket: Socket<Family>, options: WebOptions = {}): WebStreams {
  if (typeof options !== 'object' || options === null)
    throw wrongType('toWeb', 'options', 'an object', options)
  return new Halves(new Connection('toWeb', socket, options.maxMessageSize))
}

/** Node's types lack its signal. */
interface Abortable extends WritableStreamDefaultController {
  readonly signal: AbortSignal
}

class Halves implements WebStreams {
  readonly readable: WebReadable<Uint8Array>
  readonly writable: WebWritable<Data>
  readonly #connection: Connection
  #reading!: ReadableStreamController<Uint8Array>
  #writing!: WritableStreamDefaultController
  #open = 2

  constructor(connection: Connection) {
    this.#connection = connection
    const source = {
      start: (controller: ReadableStreamController<Uint8Array>) => {
        this.#reading = controller
      },
      pull: () => this.#pull(),
      cancel: (reason: unknown) => this.#giveUp(this.#writing, reason ?? osError(-ECANCELED, 'cancel')),
    }
    const lazily = { highWaterMark: 0 }
    this.readable = connection.ofMessages
      ? new ReadableStream<Uint8Array>(source, lazily)
      : (new ReadableStream({ ...source, type: 'bytes' }, lazily) as WebReadable<Uint8Array>)
    this.writable = new WritableStream<Data>(
      {
        start: (controller) => {
          this.#writing = controller
          // Not by the sink's own `abort`, which is called only after the write that waits, perhaps for ever.
          const { signal } = controller as Abortable
          signal.addEventListener('abort', () => this.#giveUp(this.#reading, signal.reason))
        },
        write: (chunk) => this.#attempt(() => connection.send(chunk)),
        close: () =>
          this.#attempt(async () => {
            connection.endSending()
            this.#ended()
          }),
      },
      { highWaterMark: CHUNK, size: sizeOf },
    )
  }

  async #pull(): Promise<void> {
    const request = (this.#reading as ReadableByteStreamController).byobRequest ?? null
    const view = request?.view as Uint8Array | null | undefined
    if (request !== null && view) {
      const count = await this.#attempt(() => this.#connection.socket.recvInto(view))
      if (count === 0) this.#endReading()
      request.respond(count)
      return
    }
    const chunk = await this.#attempt(() => this.#connection.receive())
    if (chunk.length > 0) this.#reading.enqueue(this.#connection.ofMessages ? chunk : inMemoryOfItsOwn(chunk))
    else this.#endReading()
  }

  #endReading(): void {
    this.#reading.close()
    this.#ended()
  }

  /** What fails in one direction fails in both. */
  async #attempt<Result>(operation: () => Promise<Result>): Promise<Result> {
    try {
      return await operation()
    } catch (error) {
      if (!this.#connection.isClosed) {
        this.#reading.error(error)
        this.#writing.error(error)
        this.#connection.close()
      }
      throw error
    }
  }

  #giveUp(other: { error(reason: unknown): void }, reason: unknown): void {
    other.error(reason)
    this.#connection.close()
  }

  #ended(): void {
    if (--this.#open === 0) this.#connection.close()
  }
}

function inMemoryOfItsOwn(chunk: Buffer): Uint8Array {
  return chunk.length === chunk.buffer.byteLength ? chunk : new Uint8Array(chunk)
}

// What cannot be sent is refused by the operation that is to send it.
function sizeOf(chunk: Data | undefined): number {
  if (typeof chunk === 'string') return chunk.length
  return chunk?.byteLength ?? 0
}
