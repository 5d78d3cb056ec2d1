// Frames and bare bytes over a connection.
// Rule: nobody holds it for ever. A greeting or frame must be whole within the idle limit, and bare bytes must go on
//       coming or going; a frame that is announced longer than any can be is never read.
import type { FileHandle } from 'node:fs/promises'
import {
  AF_UNIX,
  AF_VSOCK,
  IPPROTO_TCP,
  MSG_MORE,
  OSError,
  SHUT_WR,
  type Socket,
  TCP_NODELAY,
  TimeoutError,
} from 'berkeley'
import { Deadline } from '../deadline.ts'
import { quoted } from '../printable.ts'
import { GREETINGS, LONGEST_FRAME, type Message, ProtocolError, type Role, writeMessage } from './protocol.ts'

const BUFFER_SIZE = 1_048_576
const LENGTH_SIZE = 4
const LAST_WORD_SECONDS = 5

/** The connection is no more; another one may do. */
export class ConnectionLost extends Error {}

export interface WireOptions {
  /** Seconds of silence. */
  readonly idle: number
  readonly signal: AbortSignal
}

export class Wire {
  readonly #socket: Socket<number>
  readonly #idle: number
  readonly #signal: AbortSignal
  readonly #buffer = Buffer.allocUnsafe(BUFFER_SIZE)
  #start = 0
  #end = 0
  /** When something came last, in the milliseconds of `performance.now()`. */
  lastHeard = performance.now()

  constructor(socket: Socket<number>, { idle, signal }: WireOptions) {
    this.#socket = socket
    this.#idle = idle
    this.#signal = signal
    // Small frames would wait for the acknowledgement of what was sent before. Only TCP knows this.
    if (isTcp(socket)) socket.setsockopt(IPPROTO_TCP, TCP_NODELAY, true)
  }

  get idle(): number {
    return this.#idle
  }

  /** Says who this side is, and makes sure that the other is what it should be. */
  async greet(role: Role): Promise<void> {
    const other: Role = role === 'sender' ? 'receiver' : 'sender'
    const expected = GREETINGS[other]
    await this.#sending(() => this.#socket.sendall(GREETINGS[role], { signal: this.#signal }))
    const until = performance.now() + this.#idle * 1000
    // Looked at as soon as a byte came: whoever waits for us to speak first would never send a whole line.
    while (this.#checkGreeting(expected, role) < expected.length) {
      if (!(await this.#fill(until))) throw new ConnectionLost('the other side closed without a word')
    }
    this.#start += expected.length
  }

  /** How much of the greeting has come. */
  #checkGreeting(expected: string, role: Role): number {
    const came = this.#buffer.toString(
      'latin1',
      this.#start,
      Math.min(this.#end, this.#start + expected.length),
    )
    if (expected.startsWith(came)) return came.length
    if (GREETINGS[role].startsWith(came)) throw new ProtocolError(`the other side is a ${role}, too`)
    throw new ProtocolError(`the other side does not speak this protocol; it says ${quoted(came)}`)
  }

  /** The text of the next frame; null at the end of the connection. Without `limit` it may take any time to begin. */
  async read(limit: 'limited' | 'unlimited' = 'limited'): Promise<string | null> {
    const deadline = () => performance.now() + this.#idle * 1000
    let until = limit === 'limited' ? deadline() : Number.POSITIVE_INFINITY
    while (this.#end - this.#start < LENGTH_SIZE) {
      if (await this.#fill(until)) {
        if (until === Number.POSITIVE_INFINITY) until = deadline()
        continue
      }
      if (this.#end === this.#start) return null
      throw new ConnectionLost('the connection ended within a message')
    }
    const length = this.#buffer.readUInt32BE(this.#start)
    if (length > LONGEST_FRAME)
      throw new ProtocolError(`a message of ${length} bytes; at most ${LONGEST_FRAME} are allowed`)
    while (this.#end - this.#start < LENGTH_SIZE + length) {
      if (!(await this.#fill(until))) throw new ConnectionLost('the connection ended within a message')
    }
    const first = this.#start + LENGTH_SIZE
    this.#start = first + length
    return this.#buffer.toString('utf8', first, this.#start)
  }

  /** Some bare bytes, at most so many, which are good until the next read. */
  async readBytes(most: number): Promise<Buffer> {
    if (this.#start === this.#end && !(await this.#fill(performance.now() + this.#idle * 1000)))
      throw new ConnectionLost('the connection ended')
    const from = this.#start
    this.#start = Math.min(this.#end, from + most)
    return this.#buffer.subarray(from, this.#start)
  }

  /** Sends a message. With `more`, bytes follow at once. */
  async send(message: Message, more = false): Promise<void> {
    const flags = more ? MSG_MORE : 0
    await this.#sending(() => this.#socket.sendall(writeMessage(message), { flags, signal: this.#signal }))
  }

  /** Sends a part of a file as bare bytes, inside of the kernel. Gives how much there was. */
  async sendFile(file: FileHandle, offset: number, count: number): Promise<number> {
    return this.#sending(() => this.#socket.sendfile(file, offset, count, { signal: this.#signal }))
  }

  /**
   * Tells the other side why all is over. It may be in the middle of sending, and a reset could overtake what it should
   * read: so what still comes is read away until it has closed, for a while.
   */
  async refuse(reason: string): Promise<void> {
    const deadline = new Deadline(LAST_WORD_SECONDS)
    const { signal } = deadline
    try {
      await this.#socket.sendall(writeMessage({ kind: 'error', reason }), { signal })
      this.#socket.shutdown(SHUT_WR)
      while ((await this.#socket.recvInto(this.#buffer, { signal })) > 0);
    } catch {
      // The time is over, or the other side is gone: there is nobody left to tell.
    } finally {
      deadline.clear()
    }
  }

  /** Reads more into the buffer; false at the end. */
  async #fill(until: number): Promise<boolean> {
    if (this.#start > 0) {
      this.#buffer.copyWithin(0, this.#start, this.#end)
      this.#end -= this.#start
      this.#start = 0
    }
    const left = (until - performance.now()) / 1000
    if (left <= 0) throw this.#silence()
    this.#socket.settimeout(left === Number.POSITIVE_INFINITY ? null : left)
    const count = await this.#lossAsError(() =>
      this.#socket.recvInto(this.#buffer.subarray(this.#end), { signal: this.#signal }),
    )
    this.#end += count
    if (count > 0) this.lastHeard = performance.now()
    return count > 0
  }

  #sending<Result>(send: () => Promise<Result>): Promise<Result> {
    this.#socket.settimeout(this.#idle)
    return this.#lossAsError(send)
  }

  async #lossAsError<Result>(action: () => Promise<Result>): Promise<Result> {
    try {
      return await action()
    } catch (error) {
      if (this.#signal.aborted || !(error instanceof OSError)) throw error
      if (error instanceof TimeoutError) throw this.#silence(error)
      if (LOST.has(error.code))
        throw new ConnectionLost(`the connection broke: ${error.strerror.toLowerCase()}`)
      throw error
    }
  }

  #silence(cause?: Error): ConnectionLost {
    return new ConnectionLost(`the other side was silent for ${this.#idle} s`, { cause })
  }
}

const LOST = new Set([
  'ECONNRESET',
  'EPIPE',
  'ECONNABORTED',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTCONN',
])

function isTcp(socket: Socket<number>): boolean {
  return socket.family !== AF_UNIX && socket.family !== AF_VSOCK
}
