// A socket that a stream owns: what both kinds of streams do with one.
// Rule: it uses the public methods of a Socket only, closes it once, and passes on what these throw as it is.
import { byteCount } from '../core/arguments.ts'
import type { Data } from '../core/bytes.ts'
import { OSError } from '../core/error-classes.ts'
import { osError, tooMuch, wrongType, wrongValue } from '../core/errors.ts'
import { Socket } from '../socket.ts'
import {
  MSG_TRUNC,
  SHUT_WR,
  SO_ACCEPTCONN,
  SO_ERROR,
  SOCK_SEQPACKET,
  SOCK_STREAM,
  SOL_SOCKET,
} from '../sys/constants.ts'
import { ENOTCONN } from '../sys/errno.ts'

/** The most bytes that are received at once, and by default the most that are kept for who does not read or send yet. */
export const CHUNK = 65536

/** sendmsg(2) takes no more pieces (IOV_MAX). */
const MOST_PIECES = 1024

export class Connection {
  readonly socket: Socket<number>
  /** Whether what is received has borders, and what is sent must keep them. */
  readonly ofMessages: boolean
  readonly #maxMessageSize: number
  #isClosed = false

  constructor(syscall: string, socket: unknown, maxMessageSize: number = CHUNK) {
    if (!(socket instanceof Socket)) throw wrongType(syscall, 'socket', "a Socket of 'berkeley'", socket)
    if (socket.getsockopt(SOL_SOCKET, SO_ACCEPTCONN) !== 0)
      throw wrongValue(syscall, 'socket', 'connected', 'one that listens')
    if (socket.type !== SOCK_STREAM && socket.type !== SOCK_SEQPACKET)
      throw wrongValue(syscall, 'socket', 'of SOCK_STREAM or SOCK_SEQPACKET', socket.type)
    if (socket.timeout === 0) throw wrongValue(syscall, 'socket', 'one that may wait', 'a non-blocking one')
    this.socket = socket
    this.ofMessages = socket.type === SOCK_SEQPACKET
    this.#maxMessageSize = byteCount(syscall, 'maxMessageSize', maxMessageSize)
  }

  /** Whether the owner has closed it: what waited fails then, and that is no news. */
  get isClosed(): boolean {
    return this.#isClosed
  }

  /** The next chunk or message; an empty one is the end. */
  async receive(): Promise<Buffer> {
    if (!this.ofMessages) return this.socket.recv(CHUNK)
    const [message, , flags] = await this.socket.recvmsg(this.#maxMessageSize)
    if (flags & MSG_TRUNC)
      throw tooMuch('recvmsg', `a message is longer than ${this.#maxMessageSize} bytes (maxMessageSize)`)
    return message
  }

  /** Sends all of it, as one message where there are such. */
  async send(data: Data): Promise<void> {
    await this.socket.sendall(data)
  }

  /** Sends all of the pieces in few calls; `progress` is called whenever the kernel has taken some. */
  async sendPieces(pieces: readonly Uint8Array[], progress: () => void): Promise<void> {
    let rest = pieces
    while (rest.length > 0) {
      const now = rest.length > MOST_PIECES ? rest.slice(0, MOST_PIECES) : rest
      const count = now.length === 1 ? await this.socket.send(now[0]!) : await this.socket.sendmsg(now)
      rest = withoutFirst(rest, count)
      progress()
    }
  }

  /** Tells the peer that nothing more will come. */
  endSending(): void {
    try {
      this.socket.shutdown(SHUT_WR)
    } catch (error) {
      // A connection that was broken off is none any more. Why, the kernel tells once: to us, or to who receives.
      if (!(error instanceof OSError) || error.errno !== ENOTCONN) throw error
      const reason = this.socket.getsockopt(SOL_SOCKET, SO_ERROR)
      throw reason === 0 ? error : osError(-reason, 'shutdown')
    }
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.socket.close()
  }
}

function withoutFirst(pieces: readonly Uint8Array[], count: number): readonly Uint8Array[] {
  let left = count
  let at = 0
  while (at < pieces.length && left >= pieces[at]!.length) left -= pieces[at++]!.length
  return left === 0 ? pieces.slice(at) : [pieces[at]!.subarray(left), ...pieces.slice(at + 1)]
}
