// Runs a request handler: setup, handle, finish. Written once for both forms, as a generator that yields what may be a
// promise.
import { seconds } from '../core/arguments.ts'
import { timedOut, wrongType } from '../core/errors.ts'
import { LONGEST_TIMER } from './interrupting.ts'
import { cutOff } from './request.ts'

/** What a server needs of a handler. */
export interface Handler {
  readonly request: unknown
  setup?(): unknown
  handle?(): unknown
  finish?(): unknown
  readonly maxRequestTime?: number | null
}

/** As in Python: `finish` is called if `setup` succeeded, whatever became of `handle`. */
export function* serving(handler: Handler): Generator<unknown, void, unknown> {
  yield handler.setup?.()
  try {
    yield handler.handle?.()
  } finally {
    yield handler.finish?.()
  }
}

/** Runs it on the event loop. */
export async function awaitAll(steps: Generator<unknown, void, unknown>): Promise<void> {
  let next = steps.next()
  while (!next.done) {
    let value: unknown
    try {
      value = await next.value
    } catch (error) {
      next = steps.throw(error)
      continue
    }
    next = steps.next(value)
  }
}

/** Runs it on the calling thread, where nobody would wait for a promise. */
export function callAll(steps: Generator<unknown, void, unknown>): void {
  let next = steps.next()
  while (!next.done) {
    const { value } = next
    if (value instanceof Promise) {
      value.catch(() => {}) // What it waits for is given up with the request; the error below tells why.
      next = steps.throw(wrongType('handle', 'result', 'no promise: the handler is `blocking`', value))
    } else next = steps.next(value)
  }
}

/**
 * Runs a handler on the event loop, for `maxRequestTime` at most: then its request is cut off, and whatever it still does
 * is nobody's business any more.
 */
export function runHandler(handler: Handler): Promise<void> {
  const limit = seconds('handle', 'maxRequestTime', handler.maxRequestTime ?? null)
  if (limit === null) return awaitAll(serving(handler))
  return new Promise((resolve, reject) => {
    const expire = (): void => {
      reject(timedOut('handle'))
      cutOff(handler.request)
    }
    const timer = setTimeout(expire, Math.min(limit * 1000, LONGEST_TIMER))
    awaitAll(serving(handler))
      .finally(() => clearTimeout(timer))
      .then(resolve, reject)
  })
}
