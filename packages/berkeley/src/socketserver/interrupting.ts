// Waiting that a server can end.

/** Says that the wait was ended, not what was waited for. */
export const INTERRUPTED: unique symbol = Symbol('interrupted')

/** What can be stopped, and then tells one who waits: cheaper than a listener of a signal for each wait. */
export interface Stoppable {
  readonly isStopped: boolean
  whenStopped: (() => void) | null
}

/**
 * The result of `promise`, or INTERRUPTED after it was stopped. An operation that is ended by the same may just have
 * succeeded: its result is not thrown away. What comes later than that goes to `late`, so that it can be closed.
 */
export function interruptible<Result>(
  promise: Promise<Result>,
  run: Stoppable,
  late: (result: Result) => void,
): Promise<Result | typeof INTERRUPTED> {
  return new Promise((resolve, reject) => {
    let isOver = false
    const giveUp = (): void => {
      isOver = true
      resolve(INTERRUPTED)
    }
    const interrupt = (): void => void setImmediate(giveUp)
    const end = (): void => {
      run.whenStopped = null
    }
    if (run.isStopped) interrupt()
    else run.whenStopped = interrupt
    promise.then(
      (result) => {
        end()
        if (isOver) late(result)
        else resolve(result)
      },
      (error) => {
        end()
        if (run.isStopped) resolve(INTERRUPTED)
        else reject(error)
      },
    )
  })
}

/** Resolves after so many milliseconds, or when the signal is aborted. */
export function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve()
    const end = (): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, Math.min(milliseconds, LONGEST_TIMER))
    signal?.addEventListener('abort', end, { once: true })
  })
}

export const LONGEST_TIMER = 2 ** 31 - 1
