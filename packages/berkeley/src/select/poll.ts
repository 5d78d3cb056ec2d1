// poll(2) and select(2) over any number of descriptors, and the poll object, except for its `poll`, which the two forms
// have (async.ts, blocking.ts).
//
// What is ready is always asked of poll(2), of all descriptors at once. Only if nothing is, an epoll descriptor is made
// that holds them edge-triggered, for this one wait: it tells when to ask again. So both drivers wait for one descriptor,
// a change wakes once, and what poll(2) always reports but nobody asked for (POLLHUP, to a select for writing) does not
// wake over and over.
import { integer } from '../core/arguments.ts'
import { type Descriptor, descriptorOf } from '../core/descriptor.ts'
import { osError, wrongValue } from '../core/errors.ts'
import type { Handle } from '../ops/handle.ts'
import { PollSet } from '../ops/poll.ts'
import { NOTHING, type Operation, operation, READ, Request } from '../ops/request.ts'
import { perform, type Steps } from '../ops/steps.ts'
import { EPOLL_CTL_ADD, EPOLLET, POLLIN, POLLOUT, POLLPRI } from '../sys/constants.ts'
import { EAGAIN, EBADF, ENOENT, EPERM } from '../sys/errno.ts'
import { native } from '../sys/native.ts'
import { finish } from '../wait/closing.ts'
import { type Event, fetch, MOST, openEpoll } from './events.ts'
import { timeLimit } from './limit.ts'

/** Which events are waited for on which descriptor. */
export type Interests = ReadonlyMap<number, number>

/** Whether what happened to a descriptor is worth to end the wait, by what it was watched for. */
export type Matters = (interest: number, happened: number) => boolean

const ALL_BITS = 0xffff

/** One call: the descriptors as they are when it begins, and what poll(2) says of them. */
class Question {
  readonly #interests: readonly Event[]
  readonly #matters: Matters | undefined
  readonly #set: PollSet

  constructor(interests: Interests, matters: Matters | undefined) {
    this.#interests = [...interests]
    this.#matters = matters
    this.#set = new PollSet(interests.size)
    this.#interests.forEach(([fd, events], index) => {
      this.#set.set(index, fd, events)
    })
  }

  /** How many are ready, 0 if none that matters is, or -errno. */
  ask(): number {
    const count = this.#set.poll(this.#interests.length, 0)
    const matters = this.#matters
    if (count <= 0 || matters === undefined) return count
    for (let index = 0; index < this.#interests.length; index++) {
      const happened = this.#happened(index)
      if (happened !== 0 && matters(this.#interests[index]![1], happened)) return count
    }
    return 0
  }

  /** What poll(2) said last of those that are ready. */
  answer(): Event[] {
    const ready: Event[] = []
    for (let index = 0; index < this.#interests.length; index++) {
      const happened = this.#happened(index)
      if (happened !== 0) ready.push([this.#interests[index]![0], happened])
    }
    return ready
  }

  #happened(index: number): number {
    return this.#set.revents(index) & ALL_BITS
  }

  /** Puts the descriptors into an epoll set. */
  watch(epoll: number, syscall: string): void {
    for (const [fd, events] of this.#interests) {
      const result = native.epoll_ctl(epoll, EPOLL_CTL_ADD, fd, events | EPOLLET)
      // Regular files are always ready or, for what they are not asked about, never. What has just been closed is seen by
      // poll(2).
      if (result < 0 && result !== -EPERM && result !== -EBADF) throw osError(result, syscall)
    }
  }
}

function asking(name: string): Operation<void> {
  return operation({
    name,
    waits: READ,
    attempt({ fd }, { target, length }) {
      // Else the descriptor would stay readable.
      while (fetch(fd, length) >= length);
      return (target as Question).ask() || -EAGAIN
    },
    result: () => {},
    // Nothing came in time: that is no error.
    salvage: (_request, ending) => (ending === 'aborted' ? -1 : 0),
  })
}

const operations = { poll: asking('poll'), select: asking('select') }

/** How a wait is done. */
export interface Wait {
  /** Seconds, 0 not to wait, `null` for no limit. */
  readonly limit: number | null
  /** Without, everything does. */
  readonly matters?: Matters
  /** Where the wait is kept while it lasts, for those who may have to end it. */
  readonly waiting?: Set<Handle>
}

/** What happened to the descriptors, in their order; waits for the first that matters. */
export function* awaitEvents(
  syscall: keyof typeof operations,
  interests: Interests,
  { limit, matters, waiting }: Wait,
): Steps<Event[]> {
  const question = new Question(interests, matters)
  const count = question.ask()
  if (count < 0) throw osError(count, syscall)
  if (count > 0 || limit === 0) return question.answer()
  const handle = openEpoll(syscall)
  try {
    question.watch(handle.fd, syscall)
    const request = new Request(operations[syscall], NOTHING, Math.max(1, Math.min(interests.size, MOST)))
    request.target = question
    handle.timeout = limit
    waiting?.add(handle)
    yield* perform(handle, request)
    return question.answer()
  } finally {
    waiting?.delete(handle)
    finish(handle)
  }
}

// ---- the poll object ------------------------------------------------------------------------------------------------

const EVERYTHING = POLLIN | POLLPRI | POLLOUT
const INTERESTS: unique symbol = Symbol('interests')

/** What a poll object does that never waits: the same in both forms. */
export abstract class BasePoll {
  readonly [INTERESTS] = new Map<number, number>()

  /**
   * register - watch a descriptor
   *
   * Whether it is open is seen by `poll` only. One that is registered already gets the new mask.
   *
   * @param fd the descriptor, or an object that has one; its number is what `poll` tells
   * @param eventmask `POLLIN | POLLPRI | POLLOUT | POLLRDHUP`; the first three by default. `POLLERR`, `POLLHUP` and
   *   `POLLNVAL` are always told
   * @throws TypeError, RangeError
   * @example
   * poller.register(socket, POLLIN)
   * @see man 2 poll
   */
  register(fd: Descriptor, eventmask: number = EVERYTHING): void {
    this[INTERESTS].set(descriptorOf('register', 'fd', fd), mask('register', eventmask))
  }

  /**
   * modify - change what a registered descriptor is watched for
   *
   * @param fd the descriptor
   * @param eventmask as of `register`
   * @throws OSError ENOENT if it is not registered; TypeError, RangeError
   * @example
   * poller.modify(socket, POLLOUT)
   * @see man 2 poll
   */
  modify(fd: Descriptor, eventmask: number): void {
    const descriptor = descriptorOf('modify', 'fd', fd)
    const events = mask('modify', eventmask)
    if (!this[INTERESTS].has(descriptor)) throw osError(-ENOENT, 'modify')
    this[INTERESTS].set(descriptor, events)
  }

  /**
   * unregister - watch a descriptor no longer
   *
   * @param fd the descriptor
   * @throws RangeError if it is not registered (Python's KeyError); TypeError
   * @example
   * poller.unregister(socket)
   * @see man 2 poll
   */
  unregister(fd: Descriptor): void {
    const descriptor = descriptorOf('unregister', 'fd', fd)
    if (!this[INTERESTS].delete(descriptor)) {
      throw wrongValue('unregister', 'fd', 'a registered descriptor', descriptor)
    }
  }
}

function mask(syscall: string, value: unknown): number {
  return integer(syscall, 'eventmask', value, 0, ALL_BITS)
}

export function pollWait(poller: BasePoll, timeout: unknown): Steps<Event[]> {
  const limit = timeLimit('poll', 'milliseconds', timeout, null)
  return awaitEvents('poll', poller[INTERESTS], { limit })
}
