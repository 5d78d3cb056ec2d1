// A request on its way through a pool: whatever it is, its message, its descriptors, and who waits for its end.
import { BaseSocket } from '../../base-socket.ts'
import type { Order } from './messages.ts'

/** How much a request moved. */
export interface Moved {
  readonly received: number
  readonly sent: number
}

let lastId = 0

export class Job {
  readonly id = ++lastId
  readonly order: Order
  readonly #request: unknown
  readonly ended: Promise<Moved>
  #resolve!: (moved: Moved) => void
  #reject!: (error: Error) => void

  constructor(request: unknown, clientAddress: unknown) {
    this.#request = request
    this.order =
      request instanceof BaseSocket
        ? [this.id, clientAddress]
        : [this.id, clientAddress, (request as [Buffer])[0]]
    this.ended = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
  }

  get descriptors(): readonly number[] {
    return this.#request instanceof BaseSocket ? [this.#request.fileno()] : []
  }

  /** The worker has it: the connection is no longer ours. */
  handedOver(): void {
    if (this.#request instanceof BaseSocket) this.#request.close()
  }

  end(moved: Moved, error: Error | null): void {
    if (error === null) this.#resolve(moved)
    else this.#reject(error)
  }
}
