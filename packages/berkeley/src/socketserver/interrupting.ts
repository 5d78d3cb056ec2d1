// Waiting that a server can end.

/** Says that the wait was ended, not what was waited for. */
export const INTERRUPTED: unique symbol = Symbol('interrupted')

/**
 * The result of `promise`, or INTERRUPTED after the signal was aborted. An operation that the same signal ends may just
 * have succeeded: its result is not thrown away. What comes later than that goes to `late`, so that it can be closed.
 */
export function interruptible<Result>(
  promise: Promise<Result>,
  signal: AbortSignal,
  late: (result: Result) => void,
): Promise<Result | typeof INTERRUPTED> {
  return new Promise((resolve, reject) => {
    let isOver = false
    const giveUp = (): void => {
      isOver = true
      resolve(INTERRUPTED)
    }
    const interrupt = () => setImmediate(giveUp)
    const end = (): void => signal.removeEventListener('abort', interrupt)
    if (signal.aborted) interrupt()
    else signal.addEventListener('abort', interrupt, { once: true })
    promise.then(
      (result) => {
        end()
        if (isOver) late(result)
        else resolve(result)
      },
      (error) => {
        end()
        if (signal.aborted) resolve(INTERRUPTED)
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
