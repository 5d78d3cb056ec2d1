// The ready driver: attempt, wait in the queue for an event of the loop, attempt again, resolve.
//
// One epoll descriptor holds every socket that ever had to wait, edge-triggered and for everything, added once. What
// must be known about that:
//
// - An edge comes once. So an operation is always attempted before it waits; and when an event comes, the queue's head
//   is attempted again and again until it would have to wait. Nothing is remembered of events nobody waited for, because
//   the next operation's first attempt finds what they announced.
// - After a read that found less than it asked for, the socket is empty, and the next read may wait without an attempt
//   (`drained`): whatever comes later is a new edge. Unless the last event carried more than data: the end of the stream
//   (RDHUP, HUP), an error, or urgent data (PRI), before whose mark a read stops short. That edge will not come again.
//   PRI is not told of an urgent byte that was taken before the event, although the mark is still there: so whoever asks
//   for urgent data ends the belief in short reads, too.
// - HUP and ERR wake both directions.
// - A descriptor leaves the epoll set before close(2): a duplicate keeps the open file alive, which would keep reporting.
// - Events that were fetched for a handle which another event's waiter has closed meanwhile are dropped: each place in
//   the table counts its owners (`generation`).
// - An operation that never has to wait never gives the loop a chance. After FAIR hits in a row its promise is resolved
//   by the next turn.
// - The loop is kept alive exactly while something waits that is not unref'd.
// - Waiters hold their socket alive: the table holds the handle, the handle the waiter, the waiter the promise whose
//   reaction is the caller. A socket on which nobody waits may be collected.
import { deadlineAfter, NEVER, remaining } from '../core/deadline.ts'
import { osError } from '../core/errors.ts'
import type { Handle } from '../ops/handle.ts'
import {
  type Direction,
  type Ending,
  NO_EVENT,
  NO_EVENT_PAUSE,
  READ,
  type Request,
  WRITE,
  YIELD,
} from '../ops/request.ts'
import {
  EPOLLERR,
  EPOLLHUP,
  EPOLLIN,
  EPOLLOUT,
  EPOLLPRI,
  EPOLLRDHUP,
  MSG_ERRQUEUE,
  MSG_OOB,
} from '../sys/constants.ts'
import { ECANCELED, EPERM } from '../sys/errno.ts'
import { native } from '../sys/native.ts'
import { asksToWait, failure, findsNothing, mustNotWait, salvaged } from './ending.ts'
import { isKernelLimit, limitOf, outOfTime } from './limit.ts'

const WAKES_READING = EPOLLIN | EPOLLPRI | EPOLLRDHUP | EPOLLHUP | EPOLLERR
const WAKES_WRITING = EPOLLOUT | EPOLLHUP | EPOLLERR
const MORE_THAN_DATA = EPOLLPRI | EPOLLRDHUP | EPOLLHUP | EPOLLERR

const FAIR = 32
const LONGEST_TIMER = 2 ** 31 - 1

// ---- starting an operation ------------------------------------------------------------------------------------------

/** Runs an operation to its end; the promise is made only once it is known whether it has to wait. */
export function perform<Result>(handle: Handle, request: Request<Result>): Promise<Result> {
  const { operation, signal } = request
  if (signal?.aborted) return Promise.reject(signal.reason)
  const reading = operation.waits === READ
  if (request.flags & MSG_OOB && reading) handle.drainable = handle.drained = false
  const mayTry = headOf(handle, operation.waits) === null || isBeside(request as Request)
  const hopeless = handle.slot >= 0 && findsNothing(handle, request as Request)
  let value = NO_ATTEMPT
  if (mayTry && !hopeless) {
    try {
      value = operation.attempt(handle, request)
      if (value >= 0) return hit(handle, operation.result(value, handle, request))
    } catch (error) {
      return Promise.reject(error)
    }
    if (!asksToWait(value)) return Promise.reject(failure(handle, request, value))
    if (mustNotWait(handle, request)) return refused(handle, request, value)
  } else if (mustNotWait(handle, request)) {
    return refused(handle, request, NO_EVENT)
  }
  handle.hits = 0
  return enqueue(handle, request, value)
}

const NO_ATTEMPT = -1

/** For all that end without a result. */
const DONE: Promise<unknown> = Promise.resolve()

function hit<Result>(handle: Handle, result: Result): Promise<Result> {
  if (++handle.hits < FAIR) return result === undefined ? (DONE as Promise<Result>) : Promise.resolve(result)
  handle.hits = 0
  // What was done is done: this wait cannot be aborted and cannot fail.
  return new Promise((resolve) => setImmediate(resolve, result))
}

function refused<Result>(handle: Handle, request: Request<Result>, value: number): Promise<Result> {
  const done = salvaged(request, 'would block')
  if (done < 0) return Promise.reject(failure(handle, request, value))
  return Promise.resolve(request.operation.result(done, handle, request))
}

// ---- the queues -----------------------------------------------------------------------------------------------------

let lastResolve: ((value: never) => void) | null = null
// One function for all promises: a closure per wait would double what an idle connection costs. Without `reject`, which
// would cost another: a promise is rejected by resolving it with one that is (`fail`).
function remember(resolve: (value: never) => void): void {
  lastResolve = resolve
}

function enqueue<Result>(handle: Handle, request: Request<Result>, value: number): Promise<Result> {
  if (handle.slot < 0) {
    const result = join(handle)
    if (result < 0) return Promise.reject(osError(result, request.operation.name))
  }
  const promise = new Promise<Result>(remember as never)
  request.resolve = lastResolve
  append(handle, request as Request)
  if (handle.referenced) holdLoop(1)
  if (request.until !== null || handle.timeout !== null || handle.kernelLimited)
    request.until = new Watch(handle, request as Request)
  comeBack(handle, request as Request, value)
  return promise
}

// A queue is a ring, of which the handle knows the last: so a request needs one reference for its place, and both ends
// are at hand.

function lastOf(handle: Handle, direction: Direction): Request | null {
  return direction === READ ? handle.reading : handle.writing
}

function headOf(handle: Handle, direction: Direction): Request | null {
  const last = lastOf(handle, direction)
  return last === null ? null : last.next
}

function setLast(handle: Handle, direction: Direction, last: Request | null): void {
  if (direction === READ) handle.reading = last
  else handle.writing = last
}

function append(handle: Handle, request: Request): void {
  const { waits } = request.operation
  const last = lastOf(handle, waits)
  if (last === null) {
    request.next = request
  } else {
    request.next = last.next
    last.next = request
  }
  setLast(handle, waits, request)
}

/** Takes a request out of its queue, wherever in it it stands; `false` if it is not there any more. */
function remove(handle: Handle, request: Request): boolean {
  if (request.next === null) return false
  const { waits } = request.operation
  const last = lastOf(handle, waits)!
  let before = last
  while (before.next !== request) before = before.next!
  if (before === request) {
    setLast(handle, waits, null)
  } else {
    before.next = request.next
    if (last === request) setLast(handle, waits, before)
  }
  request.next = null
  const { until } = request
  if (until !== null) (until as Watch).stop()
  if (handle.referenced) holdLoop(-1)
  return true
}

// The next in line has been kept waiting by the one that was taken out, not by the socket.
function removeAndServe(handle: Handle, request: Request): boolean {
  const wasHead = request === headOf(handle, request.operation.waits)
  const removed = remove(handle, request)
  if (removed && wasHead) serve(handle, request.operation.waits)
  return removed
}

/** Attempts what waits in one direction, in order, until one would have to wait again. */
function serve(handle: Handle, direction: Direction): void {
  for (;;) {
    const request = headOf(handle, direction)
    if (request === null) return
    if (settles(handle, request)) continue
    serveBeside(handle, request)
    return
  }
}

// Urgent data and errors have queues of their own in the kernel: who waits for them need not wait for those before.
function serveBeside(handle: Handle, head: Request): void {
  for (let request = head.next!; request !== head; ) {
    const next = request.next!
    if (isBeside(request)) settles(handle, request)
    request = next
  }
}

function isBeside(request: Request): boolean {
  return (request.flags & (MSG_OOB | MSG_ERRQUEUE)) !== 0
}

/** Attempts one that waits; `false` if it has to wait on. */
function settles(handle: Handle, request: Request): boolean {
  let value: number
  try {
    value = request.operation.attempt(handle, request)
    if (value >= 0) {
      const result = request.operation.result(value, handle, request)
      remove(handle, request)
      request.resolve!(result as never)
      return true
    }
  } catch (error) {
    remove(handle, request)
    fail(request, error)
    return true
  }
  comeBack(handle, request, value)
  if (asksToWait(value)) return false
  remove(handle, request)
  failLater(request, () => failure(handle, request, value))
  return true
}

// What no event will wake.
function comeBack(handle: Handle, request: Request, value: number): void {
  if (value === NO_EVENT) tryAgainLater(handle)
  else if (value === YIELD && !yielding.has(request)) {
    yielding.add(request)
    setImmediate(resume, handle, request)
  }
}

// An event may come in between: then there must not be two who come back, and soon more.
const yielding = new Set<Request>()

function resume(handle: Handle, request: Request): void {
  yielding.delete(request)
  serve(handle, request.operation.waits)
}

const pausing = new Set<Handle>()

// For those whose kernel queue gives no event (ops/attempts.ts); they are all writers.
function tryAgainLater(handle: Handle): void {
  if (pausing.has(handle)) return
  pausing.add(handle)
  const timer = setTimeout(endPause, NO_EVENT_PAUSE, handle)
  if (!handle.referenced) timer.unref()
}

function endPause(handle: Handle): void {
  pausing.delete(handle)
  serve(handle, WRITE)
}

function fail(request: Request, reason: unknown): void {
  request.resolve!(Promise.reject(reason) as never)
}

// An error made here, in an event of the loop, would have no trace of who called. V8 appends the awaiting callers to the
// stack of an error that is made in a reaction of the promise they wait for; so that is where it is made, at no cost for
// the operations that succeed.
function failLater(request: Request, makeError: () => unknown): void {
  const failing = Promise.resolve()
    .then(() => {})
    .then(() => {
      throw makeError()
    })
  request.resolve!(failing as never)
}

// ---- deadlines and signals ------------------------------------------------------------------------------------------

/** The timer and the abort listener of one waiting request. */
class Watch {
  readonly handle: Handle
  readonly request: Request
  readonly signal: AbortSignal | null
  readonly deadline: number
  readonly ofKernel: boolean
  timer: NodeJS.Timeout | null = null

  constructor(handle: Handle, request: Request) {
    this.handle = handle
    this.request = request
    this.signal = request.signal
    this.deadline = deadlineAfter(limitOf(handle, request.operation.waits))
    this.ofKernel = isKernelLimit(handle)
    if (this.deadline !== NEVER) this.arm()
    if (this.signal !== null) listen(this.signal, this)
  }

  arm(): void {
    this.timer = setTimeout(expire, Math.min(remaining(this.deadline), LONGEST_TIMER), this)
    if (!this.handle.referenced) this.timer.unref()
  }

  abort(): void {
    const { reason } = this.signal!
    this.end('aborted', () => reason)
  }

  end(ending: Ending, makeError: () => unknown): void {
    const { handle, request } = this
    if (!removeAndServe(handle, request)) return
    const done = salvaged(request, ending)
    if (done >= 0) request.resolve!(request.operation.result(done, handle, request) as never)
    else if (ending === 'aborted') fail(request, makeError())
    else failLater(request, makeError)
  }

  reference(on: boolean): void {
    if (on) this.timer?.ref()
    else this.timer?.unref()
  }

  stop(): void {
    if (this.timer !== null) clearTimeout(this.timer)
    if (this.signal !== null) stopListening(this.signal, this)
  }
}

// Timers may fire a little early, by the loop's idea of the time.
function expire(watch: Watch): void {
  if (remaining(watch.deadline) > 0) watch.arm()
  else watch.end('timed out', () => outOfTime(watch.handle, watch.request, watch.ofKernel))
}

// One listener for each signal, however many operations it ends: ten would draw a warning of a leak.
class Listener {
  readonly watches = new Set<Watch>()

  handleEvent(): void {
    for (const watch of this.watches) watch.abort()
  }
}

const listeners = new WeakMap<AbortSignal, Listener>()

function listen(signal: AbortSignal, watch: Watch): void {
  let listener = listeners.get(signal)
  if (listener === undefined) {
    listener = new Listener()
    listeners.set(signal, listener)
    signal.addEventListener('abort', listener)
  }
  listener.watches.add(watch)
}

function stopListening(signal: AbortSignal, watch: Watch): void {
  const listener = listeners.get(signal)
  listener?.watches.delete(watch)
  if (listener === undefined || listener.watches.size > 0) return
  listeners.delete(signal)
  signal.removeEventListener('abort', listener)
}

// ---- the table of handles, and the events ---------------------------------------------------------------------------

const handles: (Handle | null)[] = []
const generations: number[] = []
const freeSlots: number[] = []
let events: Int32Array | null = null
let holders = 0

/** Whether events tell when something can be read or written: not so for ordinary files, which are always ready. */
export function isWatchable(handle: Handle): boolean {
  return handle.slot >= 0 || join(handle) !== -EPERM
}

/**
 * Whether events of what can be read wake anybody. Turned on again, what has come meanwhile is an event. Urgent data cannot
 * be left out of that, since the kernel announces all data in one breath.
 */
export function listenTo(handle: Handle, on: 0 | 1): void {
  if (handle.slot >= 0) native.ready_listen(handle.fd, handle.slot, generations[handle.slot]!, on)
}

function join(handle: Handle): number {
  if (events === null) {
    const started = native.ready_start(onEvents)
    if (typeof started === 'number') return started
    events = started
  }
  const slot = freeSlots.pop() ?? handles.push(null) - 1
  const generation = ((generations[slot] ?? 0) + 1) | 0
  generations[slot] = generation
  const result = native.ready_add(handle.fd, slot, generation)
  if (result < 0) {
    freeSlots.push(slot)
    return result
  }
  handles[slot] = handle
  handle.slot = slot
  return 0
}

function holdLoop(change: 1 | -1): void {
  holders += change
  if (holders === (change === 1 ? 1 : 0)) native.ready_reference(change === 1 ? 1 : 0)
}

function onEvents(count: number): void {
  for (let at = 0; at < count * 3; at += 3) {
    const slot = events![at]!
    const handle = handles[slot]
    if (!handle || generations[slot] !== events![at + 1]) continue
    const happened = events![at + 2]!
    if (happened & MORE_THAN_DATA) handle.drainable = false
    if (happened & WAKES_READING) {
      handle.drained = false
      serve(handle, READ)
    }
    // A send that finds a Unix queue full frees its memory, which is an edge of its own: it would try again at every turn.
    if (handle.writing !== null && happened & WAKES_WRITING && !pausing.has(handle)) serve(handle, WRITE)
  }
}

// ---- the end of a handle --------------------------------------------------------------------------------------------

/** Ends the wait of one request, if it waits. */
export function cancel(handle: Handle, request: Request): void {
  if (removeAndServe(handle, request)) failLater(request, () => osError(-ECANCELED, request.operation.name))
}

/** Ends the waits of one who uses the handle. */
export function cancelAllOf(handle: Handle, owner: object): void {
  for (const request of [...waiting(handle)]) if (request.owner === owner) cancel(handle, request)
}

function* waiting(handle: Handle): Generator<Request> {
  for (const last of [handle.reading, handle.writing]) {
    if (last === null) continue
    for (let request = last.next!; ; request = request.next!) {
      yield request
      if (request === last) break
    }
  }
}

/** Before a descriptor is closed or given away: whoever waits for it is told, and it leaves the epoll set. */
export function endWaiting(handle: Handle): void {
  if (handle.slot < 0) return
  for (const direction of [READ, WRITE] as const) {
    for (;;) {
      const request = headOf(handle, direction)
      if (request === null) break
      remove(handle, request)
      failLater(request, () => osError(-ECANCELED, request.operation.name))
    }
  }
  handles[handle.slot] = null
  freeSlots.push(handle.slot)
  native.ready_remove(handle.fd)
  handle.slot = -1
}

/** Whether waiting on this handle keeps the process alive, from now on. */
export function setReferenced(handle: Handle, referenced: boolean): void {
  if (handle.referenced === referenced) return
  handle.referenced = referenced
  for (const { until } of waiting(handle)) {
    holdLoop(referenced ? 1 : -1)
    if (until !== null) (until as Watch).reference(referenced)
  }
}
