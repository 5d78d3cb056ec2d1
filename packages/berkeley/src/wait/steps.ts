// Runs the generators of ops/steps.ts: each step is waited for in the way of one of the two drivers.
import { remaining } from '../core/deadline.ts'
import { osError } from '../core/errors.ts'
import { writable } from '../ops/attempts.ts'
import { eventsFor, PollSet } from '../ops/poll.ts'
import { NOTHING, Request, WRITE } from '../ops/request.ts'
import type { Perform, Race, Step, Steps } from '../ops/steps.ts'
import { EINTR } from '../sys/errno.ts'
import * as blocking from './blocking.ts'
import * as ready from './ready.ts'

/** Runs steps to their end on the calling thread. */
export function runBlocking<Result>(steps: Steps<Result>): Result {
  return drive(steps, (step) =>
    'request' in step ? blocking.perform(step.handle, step.request) : raceBlocking(step),
  )
}

function drive<Result>(steps: Steps<Result>, take: (step: Step) => unknown): Result {
  let next = steps.next()
  while (!next.done) {
    let value: unknown
    try {
      value = take(next.value)
    } catch (error) {
      next = steps.throw(error)
      continue
    }
    next = steps.next(value)
  }
  return next.value
}

/** Runs steps to their end on the event loop. `signal` ends the step that is under way. */
export async function runAsync<Result>(
  steps: Steps<Result>,
  signal: AbortSignal | null = null,
): Promise<Result> {
  let next = steps.next()
  while (!next.done) {
    const step = next.value
    let value: unknown
    try {
      value = await ('request' in step ? performAsync(step, signal) : raceAsync(step, signal))
    } catch (error) {
      next = steps.throw(error)
      continue
    }
    next = steps.next(value)
  }
  return next.value
}

function performAsync({ handle, request, single }: Perform, signal: AbortSignal | null): Promise<unknown> {
  request.signal ??= signal
  const result = ready.perform(handle, request)
  return single ? result.finally(() => ready.endWaiting(handle)) : result
}

const SLICE = 100
const LONGEST_TIMER = 2 ** 31 - 1

function raceBlocking({ handles, deadline }: Race): void {
  const set = new PollSet(handles.length)
  handles.forEach((handle, index) => {
    set.set(index, handle.fd, eventsFor(WRITE))
  })
  for (;;) {
    const left = remaining(deadline)
    const result = set.poll(handles.length, Math.min(left, SLICE))
    if (result > 0 || left === 0) return
    if (result < 0 && result !== -EINTR) throw osError(result, 'poll')
  }
}

async function raceAsync({ handles, deadline }: Race, signal: AbortSignal | null): Promise<void> {
  const losers = new AbortController()
  const over = (reason?: unknown) => losers.abort(reason ?? 'the race is over')
  const forward = () => over(signal?.reason)
  signal?.addEventListener('abort', forward, { once: true })
  const left = Math.min(remaining(deadline), LONGEST_TIMER)
  const timer = deadline === Number.POSITIVE_INFINITY ? undefined : setTimeout(over, left)
  try {
    signal?.throwIfAborted()
    await Promise.any(handles.map((handle) => ready.perform(handle, awaitWritable(losers.signal))))
  } catch (error) {
    if (signal?.aborted) throw signal.reason
    if (!losers.signal.aborted) throw error
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', forward)
    over()
  }
}

function awaitWritable(signal: AbortSignal): Request<void> {
  const request = new Request(writable, NOTHING, 0)
  request.signal = signal
  return request
}
