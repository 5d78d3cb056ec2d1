// One run of a server's loop: how it is stopped, and who waits for its end.
import type { Stoppable } from './interrupting.ts'

export class Run implements Stoppable {
  readonly #controller = new AbortController()
  readonly ended: Promise<void>
  /** The request that is waited for. */
  taking: Promise<boolean> | null = null
  /** Who waits for it to be stopped. */
  whenStopped: (() => void) | null = null
  #end!: () => void
  #failure: { readonly error: unknown } | null = null

  constructor() {
    this.ended = new Promise((resolve) => {
      this.#end = resolve
    })
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  get isStopped(): boolean {
    return this.signal.aborted
  }

  stop(): void {
    this.#controller.abort()
    this.whenStopped?.()
    this.whenStopped = null
  }

  /** Stops it because of an error that nobody has handled. */
  fail(error: unknown): void {
    this.#failure ??= { error }
    this.stop()
  }

  end(): void {
    this.#end()
  }

  throwFailure(): void {
    if (this.#failure !== null) throw this.#failure.error
  }
}
