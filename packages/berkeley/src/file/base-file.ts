// The file object over a socket: what it is made of, and what it tells of itself.
import type { Form } from '../core/form.ts'
import { closedFile } from './call.ts'
import type { Mode, Settings } from './options.ts'
import type { Prepare } from './outgoing.ts'
import type { Reader } from './reader.ts'
import type { Turns } from './turns.ts'
import type { Wire } from './wire.ts'
import type { Writer } from './writer.ts'

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

/** Both forms, without what may wait. */
export abstract class BaseFile<F extends Form> {
  protected readonly parts: Parts<F>
  #isClosed = false

  /** @internal */
  constructor(parts: Parts<F>) {
    this.parts = parts
  }

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
    this.mustBeOpen('fileno')
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
    this.mustBeOpen('readable')
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
    this.mustBeOpen('writable')
    return this.parts.mode.writes
  }

  protected mustBeOpen(name: string): void {
    if (this.#isClosed) throw closedFile(name)
  }

  /** Closes what is still open. `false` if it was closed before. */
  protected markClosed(): boolean {
    if (this.#isClosed) return false
    this.#isClosed = true
    return true
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `SocketFile { fd: ${this.name}, mode: '${this.mode}', encoding: ${this.encoding} }`
  }
}
