// The blocking driver: attempt, poll(2) with a deadline, attempt again. CPython's sock_call_ex.
// The wait is cut into slices and comes back to JavaScript between them: that is where worker.terminate() gets through.
import { deadlineAfter, remaining } from '../core/deadline.ts'
import { osError, wrongType } from '../core/errors.ts'
import type { Handle } from '../ops/handle.ts'
import { eventsFor, PollSet, pollOne } from '../ops/poll.ts'
import { NO_EVENT, NO_EVENT_PAUSE, READ, type Request, YIELD } from '../ops/request.ts'
import { MSG_ERRQUEUE, MSG_PEEK, POLLERR } from '../sys/constants.ts'
import { EAGAIN, EINTR } from '../sys/errno.ts'
import { asksToWait, failure, findsNothing, mustNotWait, salvaged } from './ending.ts'
import { isKernelLimit, limitOf, outOfTime } from './limit.ts'

const SLICE = 100
const UNSET = -1

/** Runs an operation to its end on the calling thread. */
export function perform<Result>(handle: Handle, request: Request<Result>): Result {
  const { operation, signal } = request
  if (signal !== null)
    throw wrongType(operation.name, 'signal', 'left out: a blocking call cannot be aborted', signal)
  let deadline = UNSET
  let inVain = 0
  // Only a guess here, where no event tells what has come since; where it is wrong, poll(2) ends at once.
  let hopeless = findsNothing(handle, request as Request)
  if (operation.waits === READ) handle.drained = false
  for (;;) {
    const value = hopeless ? -EAGAIN : operation.attempt(handle, request)
    hopeless = false
    if (value >= 0) return operation.result(value, handle, request)
    if (value === YIELD) continue
    if (!asksToWait(value)) throw failure(handle, request, value)
    if (mustNotWait(handle, request)) {
      const done = salvaged(request, 'would block')
      if (done < 0) throw failure(handle, request, value)
      return operation.result(done, handle, request)
    }
    // The clock is read only after a miss.
    if (deadline === UNSET) deadline = deadlineAfter(limitOf(handle, operation.waits))
    const woken = wait(handle.fd, value === NO_EVENT ? 0 : eventsOf(request), deadline, inVain)
    inVain = woken === FALSE_ALARM || request.flags & MSG_PEEK ? inVain + 1 : 0
    if (woken === TOO_LATE) {
      const done = salvaged(request, 'timed out')
      if (done < 0) throw outOfTime(handle, request, isKernelLimit(handle))
      return operation.result(done, handle, request)
    }
  }
}

const TOO_LATE = 0
const READY = 1
/** Something came, but not what was waited for: an error or a hang-up. */
const FALSE_ALARM = 2

function eventsOf({ operation, flags }: Request): number {
  return flags & MSG_ERRQUEUE ? POLLERR : eventsFor(operation.waits)
}

/**
 * Waits for `events` on `fd`, or, without events, for a pause.
 *
 * poll(2) always tells POLLERR, also when nobody asked: at once, for as long as there is something in the error queue
 * (MSG_ZEROCOPY, time stamps, IP_RECVERR) that nobody takes out. The first such alarm deserves an attempt, because it may
 * be the error that the attempt gets. After it there would be one attempt after the other, so those that follow are
 * preceded by a pause, in which the calling thread sleeps. The same goes for who peeks for more than there is (SO_PEEK_OFF,
 * MSG_WAITALL): what is there makes poll(2) return at once.
 */
function wait(fd: number, events: number, deadline: number, inVain: number): number {
  for (;;) {
    const left = remaining(deadline)
    if (left === 0) return TOO_LATE
    if (events === 0) return pause(Math.min(left, NO_EVENT_PAUSE))
    if (inVain > 1) pause(Math.min(left, NO_EVENT_PAUSE))
    const result = pollOne(fd, events, Math.min(left, SLICE))
    if (result > 0) return result & events ? READY : FALSE_ALARM
    if (result < 0 && result !== -EINTR) throw osError(result, 'poll')
  }
}

const nobody = new PollSet(0)

function pause(milliseconds: number): typeof READY {
  nobody.poll(0, milliseconds)
  return READY
}
