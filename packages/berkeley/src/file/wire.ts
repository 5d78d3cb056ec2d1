// A socket as one of its file objects uses it. While it does, the socket stays open, and is not garbage.
import type { Handle } from '../ops/handle.ts'
import type { Request } from '../ops/request.ts'
import type { Perform } from '../ops/steps.ts'
import { finish } from '../wait/closing.ts'
import { cancelAllOf } from '../wait/ready.ts'
import { type Call, closedFile } from './call.ts'

export class Wire {
  readonly handle: Handle
  #socket: object | null

  constructor(handle: Handle, socket: object) {
    this.handle = handle
    this.#socket = socket
    handle.files++
  }

  /**
   * An operation on the socket, to be yielded.
   *
   * A step and no generator, since each `yield*` between the driver and the operation costs as much as a small read.
   */
  step(call: Call, request: Request<unknown>): Perform {
    if (this.#socket === null) throw closedFile(call.name)
    request.owner = this
    return { handle: this.handle, request, single: false }
  }

  /** Lets the socket go. If it was closed and this was its last file, the descriptor is closed. */
  release(): void {
    if (this.#socket === null) return
    this.#socket = null
    const { handle } = this
    handle.files--
    cancelAllOf(handle, this)
    if (handle.closing && handle.files === 0) finish(handle)
  }
}
