// Composites over several requests, written once as generators: a step is yielded, its result comes back.
// wait/steps.ts runs them: on the event loop, or blocking.
import type { Handle } from './handle.ts'
import type { Request } from './request.ts'

/** An operation on a handle; the generator goes on with its result. */
export interface Perform {
  readonly handle: Handle
  readonly request: Request<unknown>
  /** Whether the handle is for this step alone: nobody will wait on it afterwards. */
  readonly single: boolean
}

/** Waits until one of the handles can be written to or the deadline has come; which it was has to be looked at. */
export interface Race {
  readonly handles: readonly Handle[]
  /** Milliseconds of the monotonic clock. */
  readonly deadline: number
}

export type Step = Perform | Race
export type Steps<Result> = Generator<Step, Result, unknown>

/** One operation as a step: `const data = yield* perform(handle, request)`. */
export function* perform<Result>(handle: Handle, request: Request<Result>, single = false): Steps<Result> {
  return (yield { handle, request: request as Request<unknown>, single }) as Result
}

/** Waits for the first of several: `yield* race(handles, deadline)`. */
export function* race(handles: readonly Handle[], deadline: number): Steps<void> {
  yield { handles, deadline }
}
