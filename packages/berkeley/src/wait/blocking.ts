// The blocking driver: attempt, poll(2) with a deadline, attempt again. CPython's sock_call_ex.
// The wait is cut into slices and comes back to JavaScript between them: that is where worker.terminate() gets through.
import { deadlineAfter, remaining } from '../core/deadline.ts'
import { osError, wrongType } from '../core/errors.ts'
import type { Handle } from '../ops/handle.ts'
import { eventsFor, PollSet, pollOne } from '../ops/poll.ts'
import { NO_EVENT, NO_EVENT_PAUSE, type Request } from '../ops/request.ts'
import { EINTR } from '../sys/errno.ts'
import { asksToWait, failure, mustNotWait, outOfTime, salvaged } from './ending.ts'

const SLICE = 100
const UNSET = -1

/** Runs an operation to its end on the calling thread. */
export function perform<Result>(handle: Handle, request: Request<Result>): Result {
  const { operation, signal } = request
  if (signal !== null)
    throw wrongType(operation.name, 'signal', 'left out: a blocking call cannot be aborted', signal)
  let deadline = UNSET
  for (;;) {
    const value = operation.attempt(handle, request)
    if (value >= 0) return operation.result(value, handle, request)
    if (!asksToWait(value)) throw failure(value, request)
    if (mustNotWait(handle, request)) {
      const done = salvaged(request, 'would block')
      if (done < 0) throw failure(value, request)
      return operation.result(done, handle, request)
    }
    // The clock is read only after a miss.
    if (deadline === UNSET) deadline = deadlineAfter(handle.timeout)
    const events = value === NO_EVENT ? 0 : eventsFor(operation.waits)
    if (!wait(handle.fd, events, deadline)) {
      const done = salvaged(request, 'timed out')
      if (done < 0) throw outOfTime(request)
      return operation.result(done, handle, request)
    }
  }
}

/** Waits for `events` on `fd`, or, without events, for a pause; `false` when the deadline came first. */
function wait(fd: number, events: number, deadline: number): boolean {
  for (;;) {
    const left = remaining(deadline)
    if (left === 0) return false
    if (events === 0) return pause(Math.min(left, NO_EVENT_PAUSE))
    const result = pollOne(fd, events, Math.min(left, SLICE))
    if (result > 0) return true
    if (result < 0 && result !== -EINTR) throw osError(result, 'poll')
  }
}

const nobody = new PollSet(0)

function pause(milliseconds: number): true {
  nobody.poll(0, milliseconds)
  return true
}
