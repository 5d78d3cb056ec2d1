// The listener of a full duplex chat: a room whose owner talks with all who connect, and relays what each says to the
// others.
// Rule: on the wire is a line for each message, so that ncat is a client: `<ada> hello`, `* bob has joined`. Names are
//       given by the room only, so nobody speaks for somebody else. Guests do not wait for one who does not read.
import { OSError, type Socket } from 'berkeley'
import { acceptConnections } from '../../accept-loop.ts'
import { formatSocketAddress } from '../../endpoint.ts'
import { reasonOf } from '../../failure-reason.ts'
import { allowManyWaits } from '../../interruption.ts'
import { LineTooLong } from '../../line-reader.ts'
import { untilRead } from '../../lossless-close.ts'
import { quoted } from '../../printable.ts'
import { type ChatListener, type Conversation, isName, readCommand, unescaped } from './conversation.ts'
import { LineConnection, PeerTooSlow } from './line-connection.ts'

export interface RoomOptions {
  readonly title: string
  /** The owner's name. */
  readonly name: string
  /** Without names on the wire: what one says the others get as it is. */
  readonly bare: boolean
  /** Most guests at a time. */
  readonly guests: number
  /** Seconds in which a guest must read something of what it is sent. */
  readonly stallLimit: number
}

interface Guest {
  name: string
  readonly connection: LineConnection
}

const COMMANDS_HELP = '/name ada takes a name, /who tells who is here, /quit leaves'

export class Room implements Conversation {
  readonly title: string
  readonly ended: Promise<null>
  readonly #options: RoomOptions
  readonly #listener: ChatListener
  readonly #guests = new Set<Guest>()
  readonly #closing = new AbortController()
  #name: string
  #count = 0

  constructor(socket: Socket<number>, options: RoomOptions, listener: ChatListener) {
    this.title = options.title
    this.#name = options.name
    this.#options = options
    this.#listener = listener
    const { signal } = this.#closing
    allowManyWaits(signal)
    this.ended = acceptConnections(socket, (guest, address) => this.#host(guest, address), {
      connections: options.guests,
      signal,
      onTrouble: (error) => this.#notice(`nobody can join for now: ${reasonOf(error)}`, null),
    }).then(() => null)
  }

  async say(line: string): Promise<void> {
    const command = readCommand(line)
    if (command === null) {
      const text = unescaped(line)
      const sent = [...this.#guests].map(({ connection }) => connection.send(this.#spoken(this.#name, text)))
      // Who pipes a file into the room waits for the slowest guest, which has its limits.
      await Promise.all(sent)
    } else if (command.name === 'name') this.#rename(null, command.argument)
    else if (command.name === 'who') this.#notice(this.#present(), null)
    else this.#notice(COMMANDS_HELP, null)
  }

  /** The room stays open for its guests. */
  finish(): void {}

  close(): void {
    this.#closing.abort()
  }

  async #host(socket: Socket<number>, address: unknown): Promise<void> {
    const { signal } = this.#closing
    const guest: Guest = {
      name: this.#freeName(),
      connection: new LineConnection(socket, { stallLimit: this.#options.stallLimit, signal }),
    }
    this.#guests.add(guest)
    const place = formatSocketAddress(socket.family, address)
    this.#tellAll(guest, `${guest.name} has joined`, `${guest.name} has joined from ${place}`)
    this.#notice(`welcome, ${guest.name}; ${COMMANDS_HELP}`, guest)
    let why = ''
    try {
      for (
        let line = await guest.connection.receive();
        line !== null;
        line = await guest.connection.receive()
      ) {
        if (!this.#obey(guest, line)) break
      }
      await guest.connection.finish()
    } catch (error) {
      why = this.#farewell(guest, error)
    }
    this.#guests.delete(guest)
    if (!signal.aborted) this.#tellAll(guest, `${guest.name} has left${why}`)
    await untilRead(socket, signal)
    socket.close()
  }

  /** Why a guest was lost; tells it, where it can still be told. */
  #farewell(guest: Guest, error: unknown): string {
    if (this.#closing.signal.aborted) return ''
    if (error instanceof LineTooLong) {
      void guest.connection.send(this.#noticed(`your line is longer than ${error.limit} bytes; goodbye`))
      return `: it sent a line of more than ${error.limit} bytes`
    }
    if (error instanceof PeerTooSlow) return `: ${error.message}`
    if (!(error instanceof OSError)) throw error
    return `: ${reasonOf(error)}`
  }

  /** Does what a guest's line says; false if it wants to leave. */
  #obey(guest: Guest, line: string): boolean {
    const command = this.#options.bare ? null : readCommand(line)
    if (command === null) {
      if (line.trim() !== '') this.#relay(guest, this.#options.bare ? line : unescaped(line))
      return true
    }
    if (command.name === 'quit') return false
    if (command.name === 'name') this.#rename(guest, command.argument)
    else this.#notice(command.name === 'who' ? this.#present() : COMMANDS_HELP, guest)
    return true
  }

  #relay(from: Guest, text: string): void {
    this.#listener.onEvent({ kind: 'message', time: new Date(), from: from.name, text })
    for (const guest of this.#guests) {
      if (guest !== from) void guest.connection.send(this.#spoken(from.name, text))
    }
  }

  /** Gives a guest, or the owner, another name. */
  #rename(guest: Guest | null, wanted: string): void {
    const before = guest?.name ?? this.#name
    if (wanted === before) return
    const refusal = this.#refusalOf(wanted)
    if (refusal !== null) {
      this.#notice(refusal, guest)
      return
    }
    if (guest === null) this.#name = wanted
    else guest.name = wanted
    this.#tellAll(null, `${before} is now ${wanted}`)
  }

  #refusalOf(name: string): string | null {
    if (!isName(name)) return `${quoted(name)} is no name: up to 32 letters, digits, _, . and -`
    return this.#names().includes(name) ? `the name ${name} is taken` : null
  }

  #names(): string[] {
    return [this.#name, ...[...this.#guests].map(({ name }) => name)]
  }

  #freeName(): string {
    const taken = this.#names()
    do this.#count++
    while (taken.includes(`guest-${this.#count}`))
    return `guest-${this.#count}`
  }

  #present(): string {
    return `here are ${this.#names().join(', ')}`
  }

  /** A notice for the owner and all guests but one, which has left or is told by other means. */
  #tellAll(except: Guest | null, text: string, forOwner = text): void {
    this.#notice(forOwner, null)
    for (const guest of this.#guests) if (guest !== except) this.#notice(text, guest)
  }

  /** A notice for a guest, or for the owner. In a bare room guests get none: a program would take it for a message. */
  #notice(text: string, guest: Guest | null): void {
    if (guest === null) this.#listener.onEvent({ kind: 'notice', time: new Date(), text })
    else if (!this.#options.bare) void guest.connection.send(this.#noticed(text))
  }

  #spoken(name: string, text: string): string {
    return this.#options.bare ? text : `<${name}> ${text}`
  }

  #noticed(text: string): string {
    return `* ${text}`
  }
}
