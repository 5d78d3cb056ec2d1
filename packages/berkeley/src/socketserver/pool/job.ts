// A request on its way through a pool: whatever it is, its message, its descriptor, and who waits for its end.
import { BaseSocket } from '../../base-socket.ts'
import type { Order } from './messages.ts'

/** How much a request moved. */
export interface Moved {
  readonly received: number
  readonly sent: number
}

/** Nothing, of what was not served. */
export const NOTHING_MOVED: Moved = { received: 0, sent: 0 }

let lastId = 0

export class Job {
  readonly id = ++lastId
  readonly request: unknown
  readonly order: Order
  readonly ended: Promise<void>
  /** How much it has moved, however it ended. */
  moved = NOTHING_MOVED
  /** Whether nobody waits for it any more. */
  isOver = false
  readonly #onEnd: (job: Job) => void
  #resolve!: () => void
  #reject!: (error: Error) => void

  constructor(request: unknown, clientAddress: unknown, onEnd: (job: Job) => void) {
    this.request = request
    this.#onEnd = onEnd
    this.order =
      request instanceof BaseSocket
        ? [this.id, clientAddress]
        : [this.id, clientAddress, (request as [Buffer])[0]]
    this.ended = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
  }

  /** The connection's; `null` for a datagram, which has none. */
  get descriptor(): number | null {
    return this.request instanceof BaseSocket ? this.request.fileno() : null
  }

  /** The worker has it: the connection is no longer ours. */
  handedOver(): void {
    if (this.request instanceof BaseSocket) this.request.close()
  }

  end(moved: Moved, error: Error | null): void {
    if (this.isOver) return
    this.isOver = true
    this.moved = moved
    if (error === null) this.#resolve()
    else this.#reject(error)
    this.#onEnd(this)
  }
}
