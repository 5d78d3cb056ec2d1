// A half duplex chat of two, as in the tutorial: each says a line in turn, the one who connected begins.
// Rule: while it is this side's turn nothing is received; what the other side sends too early waits in the kernel.
import type { Socket } from 'berkeley'
import type { ChatListener, Conversation } from './conversation.ts'
import { LineConnection } from './line-connection.ts'
import { failureOf } from './visit.ts'

export interface HalfDuplexOptions {
  readonly title: string
  /** Whether this side speaks first. */
  readonly begins: boolean
  /** Seconds in which the other side must read something of what it is sent. */
  readonly stallLimit: number
  readonly signal: AbortSignal
}

export class HalfDuplexChat implements Conversation {
  readonly title: string
  readonly ended: Promise<string | null>
  readonly #connection: LineConnection
  readonly #listener: ChatListener
  readonly #signal: AbortSignal
  /** The lines of this side, one for each turn; null when no more will come. */
  readonly #offers: { readonly line: string | null; readonly taken: () => void }[] = []
  #offered = () => {}
  #isClosed = false

  constructor(socket: Socket<number>, options: HalfDuplexOptions, listener: ChatListener) {
    const { title, begins, signal } = options
    this.title = title
    this.#listener = listener
    this.#signal = signal
    this.#connection = new LineConnection(socket, options)
    this.ended = this.#takeTurns(begins)
  }

  /** Waits for the turn. What is said too early is said later. */
  async say(line: string): Promise<void> {
    if (line === '/quit') return this.close()
    await this.#put(line)
  }

  finish(): void {
    void this.#put(null)
  }

  close(): void {
    this.#isClosed = true
    this.#offered()
    this.#connection.close()
  }

  #put(line: string | null): Promise<void> {
    return new Promise((taken) => {
      this.#offers.push({ line, taken })
      this.#offered()
    })
  }

  async #takeTurns(begins: boolean): Promise<string | null> {
    const connection = this.#connection
    try {
      for (let isMine = begins; ; isMine = !isMine) {
        this.#listener.onTurn(isMine)
        if (isMine) {
          const line = await this.#nextOffer()
          if (line === null) return null
          await connection.send(line)
        } else {
          const text = await connection.receive()
          if (text === null) return 'The other side has closed the connection.'
          this.#listener.onEvent({ kind: 'message', time: new Date(), from: null, text })
        }
      }
    } catch (error) {
      if (this.#isClosed) return null
      throw failureOf(error, this.#signal)
    } finally {
      await connection.finish()
      connection.close()
    }
  }

  async #nextOffer(): Promise<string | null> {
    while (this.#offers.length === 0 && !this.#isClosed) {
      await new Promise<void>((resolve) => {
        this.#offered = resolve
      })
    }
    const offer = this.#offers.shift()
    if (offer === undefined) return null
    offer.taken()
    return offer.line
  }
}
