// Ctrl-C and its kin, as an AbortSignal: what runs closes what it holds and ends by itself.
// Rule: the second signal is not caught any more, so a command that hangs can always be killed by another
//       Ctrl-C.
import { setMaxListeners } from 'node:events'
import { constants } from 'node:os'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

export interface Interruption {
  readonly signal: AbortSignal
  /** What the shell expects of a process that a signal ended: 128 and the number of the signal. */
  readonly exitStatus: number
}

export function watchInterruption(): Interruption {
  const controller = new AbortController()
  allowManyWaits(controller.signal)
  const interruption = { signal: controller.signal, exitStatus: 0 }
  for (const name of SIGNALS) {
    process.once(name, () => {
      for (const other of SIGNALS) process.removeAllListeners(other)
      interruption.exitStatus = 128 + constants.signals[name]
      controller.abort(new Error(`interrupted by ${name}`))
    })
  }
  return interruption
}

/** Every wait listens to the signal that ends it; Node would take more than ten for a leak and warn. */
export function allowManyWaits(signal: AbortSignal): void {
  setMaxListeners(0, signal)
}
