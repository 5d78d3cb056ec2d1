// The requests that a server has taken and not finished, and waiting for their ends.
import { deadlineAfter, remaining } from '../core/deadline.ts'
import { LONGEST_TIMER, pause } from './interrupting.ts'

/** One of them. */
export interface Entry<Request, Address> {
  readonly request: Request
  readonly clientAddress: Address
}

export class ActiveRequests<Request, Address> {
  readonly #entries = new Set<Entry<Request, Address>>()
  /** Whoever waits for one to end. */
  #waiting: (() => void)[] = []

  get size(): number {
    return this.#entries.size
  }

  [Symbol.iterator](): IterableIterator<Entry<Request, Address>> {
    return this.#entries.values()
  }

  add(entry: Entry<Request, Address>): void {
    this.#entries.add(entry)
  }

  delete(entry: Entry<Request, Address>): void {
    if (!this.#entries.delete(entry)) return
    const waiting = this.#waiting
    this.#waiting = []
    for (const wake of waiting) wake()
  }

  /** Until one more has ended, or the signal is aborted. */
  oneEnded(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        signal?.removeEventListener('abort', giveUp)
        resolve()
      }
      const giveUp = (): void => {
        this.#waiting = this.#waiting.filter((other) => other !== end)
        resolve()
      }
      if (signal?.aborted) return resolve()
      signal?.addEventListener('abort', giveUp, { once: true })
      this.#waiting.push(end)
    })
  }

  /** Until there are fewer than `limit`, or the signal is aborted. */
  async fewerThan(limit: number, signal?: AbortSignal): Promise<void> {
    while (this.size >= limit && !signal?.aborted) await this.oneEnded(signal)
  }

  /** Until all have ended, for so many seconds at most. `false`: there are some left. */
  async drained(limit: number | null): Promise<boolean> {
    if (limit === null) {
      await this.fewerThan(1)
      return true
    }
    const deadline = deadlineAfter(limit)
    const over = new AbortController()
    const { signal } = over
    const timer = (async () => {
      while (remaining(deadline) > 0 && !signal.aborted)
        await pause(Math.min(remaining(deadline), LONGEST_TIMER), signal)
      over.abort()
    })()
    await this.fewerThan(1, signal)
    over.abort()
    await timer
    return this.size === 0
  }
}
