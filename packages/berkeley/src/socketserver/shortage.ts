// When the system has no descriptor or no memory left for the next connection, accept(2) fails at once, again and again,
// while the connection stays in the backlog. So a server waits: until a request of its own is over, which frees what is
// missing, or a little longer each time.
import { OSError } from '../core/error-classes.ts'
import { EMFILE, ENFILE, ENOBUFS, ENOMEM } from '../sys/errno.ts'
import { acceptPause, acceptResume } from './channels.ts'
import { pause } from './interrupting.ts'

const FIRST = 10
const LONGEST = 1000
/** How long all must have been well before a shortage is told of again: each request that ends leaves room for one more. */
const QUIET = 10_000

export function isShortage(error: unknown): error is OSError {
  return error instanceof OSError && [EMFILE, ENFILE, ENOBUFS, ENOMEM].includes(error.errno)
}

export class Shortage {
  #delay = 0
  #last = Number.NEGATIVE_INFINITY

  /** Waits before the next try. A shortage is told of once. */
  async wait(
    server: object,
    error: OSError,
    requestEnds: (signal: AbortSignal) => Promise<void>,
    stop: AbortSignal,
  ): Promise<void> {
    if (performance.now() - this.#last > QUIET)
      process.emitWarning(`accepting is paused: ${error.message}`, { code: 'BERKELEY_ACCEPT_PAUSED' })
    if (this.#delay === 0) acceptPause.publish({ server, error })
    this.#last = performance.now()
    this.#delay = Math.min(LONGEST, Math.max(FIRST, this.#delay * 2))
    const over = new AbortController()
    const signal = AbortSignal.any([stop, over.signal])
    await Promise.race([pause(this.#delay, signal), requestEnds(signal)])
    over.abort()
  }

  /** There was enough again. */
  end(server: object): void {
    if (this.#delay === 0) return
    this.#delay = 0
    acceptResume.publish({ server })
  }
}
