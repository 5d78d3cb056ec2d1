// One limit of time over several waits, which an interruption ends too.
// Rule: whoever makes a Deadline clears it, in `finally`; else its timer keeps the process alive.

export class Deadline {
  readonly signal: AbortSignal
  readonly #controller = new AbortController()
  readonly #interruption: AbortSignal | undefined
  readonly #timer: NodeJS.Timeout
  #hasPassed = false

  constructor(seconds: number, interruption?: AbortSignal) {
    this.signal = this.#controller.signal
    this.#interruption = interruption
    this.#timer = setTimeout(() => {
      this.#hasPassed = true
      this.#controller.abort()
    }, seconds * 1000)
    if (interruption?.aborted) this.#interrupt()
    interruption?.addEventListener('abort', this.#interrupt, { once: true })
  }

  /** Whether the time is over; false where the wait ended by the interruption. */
  get hasPassed(): boolean {
    return this.#hasPassed
  }

  clear(): void {
    clearTimeout(this.#timer)
    this.#interruption?.removeEventListener('abort', this.#interrupt)
  }

  readonly #interrupt = () => {
    this.#controller.abort(this.#interruption?.reason)
  }
}
