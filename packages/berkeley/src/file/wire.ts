// A socket as one of its file objects uses it. While it does, the socket stays open, and is not garbage.
import { wrongValue } from '../core/errors.ts'
import type { Handle } from '../ops/handle.ts'
import { READ, type Request } from '../ops/request.ts'
import type { Perform } from '../ops/steps.ts'
import { finish } from '../wait/closing.ts'
import { cancel } from '../wait/ready.ts'

/** One call of a method of a file. */
export interface Call {
  /** The method, for errors. */
  readonly name: string
  readonly signal: AbortSignal | null
  /** Flags for sending. */
  readonly flags: number
}

export class Wire {
  readonly handle: Handle
  #socket: object | null
  // A file has at most one operation under way in each direction.
  #reading: Request<unknown> | null = null
  #writing: Request<unknown> | null = null

  constructor(handle: Handle, socket: object) {
    this.handle = handle
    this.#socket = socket
    handle.files++
  }

  /**
   * An operation on the socket, to be yielded, and ended by `done`.
   *
   * A step and no generator, since each `yield*` between the driver and the operation costs as much as a small read.
   */
  step(call: Call, request: Request<unknown>): Perform {
    if (this.#socket === null) throw closedFile(call.name)
    if (request.operation.waits === READ) this.#reading = request
    else this.#writing = request
    return { handle: this.handle, request, single: false }
  }

  /** Forgets the operation: what it holds is not needed any more. */
  done(request: Request<unknown>): void {
    if (request.operation.waits === READ) this.#reading = null
    else this.#writing = null
  }

  /** Lets the socket go. If it was closed and this was its last file, the descriptor is closed. */
  release(): void {
    if (this.#socket === null) return
    this.#socket = null
    const { handle } = this
    handle.files--
    if (this.#reading) cancel(handle, this.#reading)
    if (this.#writing) cancel(handle, this.#writing)
    if (handle.closing && handle.files === 0) finish(handle)
  }
}

export function closedFile(name: string): RangeError {
  return wrongValue(name, 'file', 'open', 'a closed one')
}
