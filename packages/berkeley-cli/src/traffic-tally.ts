// How many bytes the connections of a server have moved so far, told by whatever serves them: the same thread, other
// threads, other processes.
// Rule: a datagram at most every INTERVAL from each, so that counting costs nothing. What the socketserver counts is
//       exact, but only when a connection is over; this is for looking on.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AF_UNIX, OSError, SOCK_DGRAM, Socket } from 'berkeley'

const INTERVAL_MILLISECONDS = 200
const MESSAGE_BYTES = 16

export interface Traffic {
  received: number
  sent: number
}

/** Where all that is told comes together. Whoever opens it closes it. */
export class TrafficTally {
  readonly total: Traffic = { received: 0, sent: 0 }
  /** To give to TrafficTeller. */
  readonly path: string
  readonly #folder: string
  readonly #socket: Socket<typeof AF_UNIX>

  constructor() {
    // Only this user may look into it, so nobody else tells lies.
    this.#folder = mkdtempSync(join(tmpdir(), 'berkeley-tally-'))
    this.path = join(this.#folder, 'socket')
    this.#socket = new Socket(AF_UNIX, SOCK_DGRAM)
    this.#socket.bind(this.path)
    void this.#listen()
  }

  close(): void {
    this.#socket.close()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  async #listen(): Promise<void> {
    try {
      for (;;) {
        const message = await this.#socket.recv(MESSAGE_BYTES)
        this.total.received += message.readDoubleLE(0)
        this.total.sent += message.readDoubleLE(8)
      }
    } catch (error) {
      // close() ends the wait.
      if (!(error instanceof OSError)) throw error
    }
  }
}

/** One of those who tell. */
export class TrafficTeller {
  readonly #path: string
  readonly #untold: Traffic = { received: 0, sent: 0 }
  #socket: Socket<typeof AF_UNIX> | null = null
  #timer: NodeJS.Timeout | null = null

  constructor(path: string) {
    this.#path = path
  }

  add(received: number, sent: number): void {
    this.#untold.received += received
    this.#untold.sent += sent
    this.#timer ??= setTimeout(() => void this.#tell(), INTERVAL_MILLISECONDS).unref()
  }

  async #tell(): Promise<void> {
    const { received, sent } = this.#untold
    const message = Buffer.alloc(MESSAGE_BYTES)
    message.writeDoubleLE(received, 0)
    message.writeDoubleLE(sent, 8)
    this.#untold.received = 0
    this.#untold.sent = 0
    this.#timer = null
    try {
      this.#socket ??= new Socket(AF_UNIX, SOCK_DGRAM)
      await this.#socket.sendto(message, this.#path)
    } catch (error) {
      // The server has ended, and with it the interest.
      if (!(error instanceof OSError)) throw error
    }
  }
}
