// A connection that carries lines in both directions at any time.
// Rule: memory is bounded both ways. A line that is too long ends it, and so does a peer that is too far behind in
//       reading what it was sent, or reads nothing for too long: whoever waits for it does not wait for ever.
import {
  AF_INET,
  AF_INET6,
  IPPROTO_TCP,
  SHUT_WR,
  SO_KEEPALIVE,
  SOL_SOCKET,
  type Socket,
  TCP_KEEPCNT,
  TCP_KEEPIDLE,
  TCP_KEEPINTVL,
  TCP_USER_TIMEOUT,
} from 'berkeley'
import { Deadline } from '../../deadline.ts'
import { LineReader } from '../../line-reader.ts'
import { LONGEST_LINE } from './conversation.ts'

const CHUNK = 16_384
const MOST_UNSENT_BYTES = 1_048_576
// Who vanished without a word - a cable, a power cut - is missed after half a minute.
const KEEPALIVE_SECONDS = { idle: 15, interval: 5, count: 3 }
const UNACKNOWLEDGED_MILLISECONDS = 30_000

/** The peer does not read what it is sent. */
export class PeerTooSlow extends Error {}

export interface LineConnectionOptions {
  /** Seconds in which the peer must read something of what it is sent. */
  readonly stallLimit: number
  readonly signal: AbortSignal
}

export class LineConnection {
  readonly #socket: Socket<number>
  readonly #reader: LineReader
  readonly #options: LineConnectionOptions
  #unsent: string[] = []
  #unsentBytes = 0
  #sending: Promise<void> = Promise.resolve()
  #isSending = false
  #failure: unknown = null

  constructor(socket: Socket<number>, options: LineConnectionOptions) {
    const { signal } = options
    this.#socket = socket
    this.#options = options
    this.#reader = new LineReader(() => socket.recv(CHUNK, { signal }), LONGEST_LINE)
    missPeers(socket)
  }

  /** The next line; null when the peer has said that no more will come. */
  async receive(): Promise<string | null> {
    try {
      const line = await this.#reader.next()
      return line?.toString('utf8') ?? null
    } catch (error) {
      // If sending has failed before, that is why the socket is closed.
      throw this.#failure ?? error
    }
  }

  /** Sends a line as soon as the peer reads it. The promise is for who wants to wait; it never rejects. */
  send(line: string): Promise<void> {
    if (this.#failure !== null) return this.#sending
    const text = `${line}\n`
    this.#unsent.push(text)
    this.#unsentBytes += Buffer.byteLength(text)
    if (this.#unsentBytes > MOST_UNSENT_BYTES) {
      this.#fail(new PeerTooSlow(`it has not read the last ${MOST_UNSENT_BYTES} bytes`))
    } else if (!this.#isSending) this.#sending = this.#sendAll()
    return this.#sending
  }

  /** Says that no more will come, after all that was sent. */
  async finish(): Promise<void> {
    await this.#sending
    try {
      this.#socket.shutdown(SHUT_WR)
    } catch {
      // It is closed already.
    }
  }

  close(): void {
    this.#socket.close()
  }

  async #sendAll(): Promise<void> {
    this.#isSending = true
    try {
      while (this.#unsent.length > 0) {
        const bytes = Buffer.from(this.#unsent.join(''))
        this.#unsent = []
        for (let place = 0; place < bytes.length; place += CHUNK) {
          const chunk = bytes.subarray(place, place + CHUNK)
          await this.#sendChunk(chunk)
          this.#unsentBytes -= chunk.length
        }
      }
    } catch (error) {
      this.#fail(error)
    } finally {
      this.#isSending = false
    }
  }

  async #sendChunk(chunk: Buffer): Promise<void> {
    const { stallLimit, signal } = this.#options
    const deadline = new Deadline(stallLimit, signal)
    try {
      await this.#socket.sendall(chunk, { signal: deadline.signal })
    } catch (error) {
      throw deadline.hasPassed ? new PeerTooSlow(`it has read nothing for ${stallLimit} s`) : error
    } finally {
      deadline.clear()
    }
  }

  /** Ends it for the receiver, too, which tells why. */
  #fail(error: unknown): void {
    this.#failure ??= error
    this.#unsent = []
    this.#socket.close()
  }
}

function missPeers(socket: Socket<number>): void {
  if (socket.family !== AF_INET && socket.family !== AF_INET6) return
  socket.setsockopt(SOL_SOCKET, SO_KEEPALIVE, true)
  socket.setsockopt(IPPROTO_TCP, TCP_KEEPIDLE, KEEPALIVE_SECONDS.idle)
  socket.setsockopt(IPPROTO_TCP, TCP_KEEPINTVL, KEEPALIVE_SECONDS.interval)
  socket.setsockopt(IPPROTO_TCP, TCP_KEEPCNT, KEEPALIVE_SECONDS.count)
  socket.setsockopt(IPPROTO_TCP, TCP_USER_TIMEOUT, UNACKNOWLEDGED_MILLISECONDS)
}
