// The side of a full duplex chat that connects: to a room, or to anything that speaks lines, like `ncat -l`.
import { OSError, type Socket } from 'berkeley'
import { CommandFailure } from '../../exit-status.ts'
import { reasonOf } from '../../failure-reason.ts'
import { LineTooLong } from '../../line-reader.ts'
import { type ChatListener, type Conversation, readCommand } from './conversation.ts'
import { LineConnection, PeerTooSlow } from './line-connection.ts'

export interface VisitOptions {
  readonly title: string
  /** How to be called; without it the room gives a name. */
  readonly name: string | undefined
  /** Without names and commands on the wire. */
  readonly bare: boolean
  /** Seconds in which the other side must read something of what it is sent. */
  readonly stallLimit: number
  readonly signal: AbortSignal
}

const SPOKEN = /^<([^>]*)> (.*)$/
const NOTICED = /^\* (.*)$/

export class Visit implements Conversation {
  readonly title: string
  readonly ended: Promise<string | null>
  readonly #connection: LineConnection
  readonly #options: VisitOptions
  readonly #listener: ChatListener
  #hasLeft = false

  constructor(socket: Socket<number>, options: VisitOptions, listener: ChatListener) {
    this.title = options.title
    this.#options = options
    this.#listener = listener
    this.#connection = new LineConnection(socket, options)
    if (options.name !== undefined && !options.bare) void this.#connection.send(`/name ${options.name}`)
    this.ended = this.#receive()
  }

  async say(line: string): Promise<void> {
    if (!this.#options.bare && readCommand(line)?.name === 'quit') this.close()
    else await this.#connection.send(line)
  }

  finish(): void {
    void this.#connection.finish()
  }

  close(): void {
    this.#hasLeft = true
    this.#connection.close()
  }

  async #receive(): Promise<string | null> {
    const connection = this.#connection
    try {
      for (let line = await connection.receive(); line !== null; line = await connection.receive()) {
        this.#listener.onEvent({ ...this.#understood(line), time: new Date() })
      }
      return 'The other side has closed the connection.'
    } catch (error) {
      if (this.#hasLeft) return null
      throw failureOf(error, this.#options.signal)
    } finally {
      connection.close()
    }
  }

  #understood(line: string) {
    if (this.#options.bare) return { kind: 'message', from: null, text: line } as const
    const [, name, text = ''] = SPOKEN.exec(line) ?? []
    if (name !== undefined) return { kind: 'message', from: name, text } as const
    const [, notice] = NOTICED.exec(line) ?? []
    if (notice !== undefined) return { kind: 'notice', text: notice } as const
    return { kind: 'message', from: null, text: line } as const
  }
}

/** What ended a conversation, as the command tells it. */
export function failureOf(error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason
  if (error instanceof LineTooLong) {
    return new CommandFailure(`the other side sent a line of more than ${error.limit} bytes`)
  }
  if (error instanceof PeerTooSlow)
    return new CommandFailure(`the other side does not read: ${error.message}`)
  if (error instanceof OSError) return new CommandFailure(`the conversation ended: ${reasonOf(error)}`)
  return error
}
