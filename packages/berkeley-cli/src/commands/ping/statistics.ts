// What became of the requests, and how long their answers took.
export interface Times {
  readonly min: number
  readonly average: number
  readonly max: number
  /** The standard deviation, which ping calls mdev. */
  readonly deviation: number
}

/** Counted while it goes on: nothing is kept of single answers. */
export class Statistics {
  sent = 0
  received = 0
  duplicates = 0
  errors = 0
  #sum = 0
  #squares = 0
  #min = Number.POSITIVE_INFINITY
  #max = 0

  /** The first answer to a request. */
  answered(milliseconds: number): void {
    this.received++
    this.#sum += milliseconds
    this.#squares += milliseconds ** 2
    this.#min = Math.min(this.#min, milliseconds)
    this.#max = Math.max(this.#max, milliseconds)
  }

  /** The part that had no answer, 0 to 1. */
  get loss(): number {
    return this.sent === 0 ? 0 : Math.max(0, 1 - this.received / this.sent)
  }

  /** In milliseconds; null before the first answer. */
  get times(): Times | null {
    if (this.received === 0) return null
    const average = this.#sum / this.received
    const variance = Math.max(0, this.#squares / this.received - average ** 2)
    return { min: this.#min, average, max: this.#max, deviation: Math.sqrt(variance) }
  }
}
