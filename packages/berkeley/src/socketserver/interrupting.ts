// Waiting that a server can end.

/** Says that the wait was ended, not what was waited for. */
export const INTERRUPTED: unique symbol = Symbol('interrupted')

/**
 * The result of `promise`, or INTERRUPTED as soon as the signal is aborted. What comes after all goes to `late`, so that
 * it can be closed.
 */
export function interruptible<Result>(
  promise: Promise<Result>,
  signal: AbortSignal,
  late: (result: Result) => void,
): Promise<Result | typeof INTERRUPTED> {
  return new Promise((resolve, reject) => {
    let isOver = false
    const interrupt = (): void => {
      isOver = true
      resolve(INTERRUPTED)
    }
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
        // An operation that was ended by the same signal: that is no error.
        if (!isOver) reject(error)
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
