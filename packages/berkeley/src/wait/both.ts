// Runs a splice, which has two ends to wait for, to its end: on the event loop, or blocking.
import { deadlineAfter, remaining } from '../core/deadline.ts'
import { osError, timedOut } from '../core/errors.ts'
import { eventsFor, pollOne } from '../ops/poll.ts'
import { READ, type Request, WRITE, YIELD } from '../ops/request.ts'
import { drivingRequest, type End, type Splicing } from '../ops/splicing.ts'
import { EAGAIN, EINTR, EPIPE } from '../sys/errno.ts'
import { limitOf } from './limit.ts'
import { cancel, endWaiting, isWatchable, listenTo, perform } from './ready.ts'

/** On the event loop. `owners` are the sockets, which must not be collected meanwhile. */
export async function spliceAsync(
  splicing: Splicing,
  signal: AbortSignal | null,
  owners: object,
): Promise<number> {
  const places: [End, Request<number>][] = []
  try {
    signal?.throwIfAborted()
    splicing.listenToSource = (on) => listenTo(splicing.source.handle, on)
    for (const waits of [WRITE, READ] as const) {
      const end = waits === READ ? splicing.source : splicing.target
      end.turn = !end.isSocket && !isWatchable(end.handle)
      if (end.turn) continue
      const request = drivingRequest(splicing, waits, signal)
      request.owner = owners
      places.push([end, request])
    }
    // Both in the same run, see ops/splicing.ts. The first to end ends it: closed, aborted, out of time, or done.
    return await Promise.race(places.map(([{ handle }, request]) => perform(handle, request)))
  } finally {
    for (const [{ handle, isSocket }, request] of places) {
      cancel(handle, request)
      if (!isSocket) endWaiting(handle)
    }
    splicing.end()
  }
}

const SLICE = 100

/** On the calling thread, in slices as wait/blocking.ts has them. */
export function spliceBlocking(splicing: Splicing): number {
  const { source, target } = splicing
  const limits = [limitOf(source.handle, READ), limitOf(target.handle, WRITE)]
  const deadline = Math.min(...limits.map(deadlineAfter))
  try {
    for (;;) {
      const value = splicing.advance()
      if (value >= 0) return value
      if (value === YIELD) continue
      if (value !== -EAGAIN) throw osError(value, 'splice')
      waitForEither(splicing, deadline)
    }
  } finally {
    splicing.end()
  }
}

function waitForEither(splicing: Splicing, deadline: number): void {
  const reading = splicing.waitsFor === READ
  const { fd } = (reading ? splicing.source : splicing.target).handle
  for (;;) {
    const left = remaining(deadline)
    if (left === 0) throw timedOut('splice')
    const result = pollOne(fd, eventsFor(splicing.waitsFor!), Math.min(left, SLICE))
    if (result > 0) return
    if (result < 0 && result !== -EINTR) throw osError(result, 'poll')
    if (reading && splicing.targetIsGone()) throw osError(-EPIPE, 'splice')
  }
}
