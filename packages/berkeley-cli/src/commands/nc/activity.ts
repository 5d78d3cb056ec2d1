// How much has moved, and whether anything still moves.
// Rule: whoever makes an Activity with a limit clears it.
import { CommandFailure } from '../../exit-status.ts'

export class Activity {
  sent = 0
  received = 0
  readonly #began = performance.now()
  readonly #timer: NodeJS.Timeout | undefined
  #last = performance.now()

  /** Ends the conversation by `controller` when nothing was sent or received for `idle` seconds. */
  constructor(idle: number | undefined, controller: AbortController) {
    if (idle === undefined) return
    const check = () => {
      if (performance.now() - this.#last < idle * 1000) return
      controller.abort(new CommandFailure(`nothing moved for ${idle} s`))
    }
    this.#timer = setInterval(check, Math.max(10, idle * 100))
  }

  /** Bytes that the socket has taken or given. */
  count(direction: 'sent' | 'received', bytes: number): void {
    this[direction] += bytes
    this.#last = performance.now()
  }

  /** Something moved that is not counted: what was received has found its reader. */
  touch(): void {
    this.#last = performance.now()
  }

  get seconds(): number {
    return (performance.now() - this.#began) / 1000
  }

  clear(): void {
    clearInterval(this.#timer)
  }
}
