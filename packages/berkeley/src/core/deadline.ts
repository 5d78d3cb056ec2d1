// Points in time on the monotonic clock, in milliseconds. Waiting times are rounded up, so nothing ends too early.

/** No limit. */
export const NEVER = Number.POSITIVE_INFINITY

export function deadlineAfter(seconds: number | null): number {
  return seconds === null ? NEVER : performance.now() + seconds * 1000
}

/** Whole milliseconds until `deadline`, 0 when it is over. */
export function remaining(deadline: number): number {
  return deadline === NEVER ? NEVER : Math.max(0, Math.ceil(deadline - performance.now()))
}
