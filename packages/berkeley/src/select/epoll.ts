// The epoll object, except for its `poll`, which the two forms have (async.ts, blocking.ts) from `epollWait`.
// Rule: as in Python, what is wrong with an argument is told before what is wrong with the object.
import { integer } from '../core/arguments.ts'
import { type Descriptor, descriptorOf } from '../core/descriptor.ts'
import { osError, wrongValue } from '../core/errors.ts'
import { closeDescriptor, type Handle } from '../ops/handle.ts'
import { perform, type Steps } from '../ops/steps.ts'
import {
  EPOLL_CLOEXEC,
  EPOLL_CTL_ADD,
  EPOLL_CTL_DEL,
  EPOLL_CTL_MOD,
  EPOLLIN,
  EPOLLOUT,
  EPOLLPRI,
} from '../sys/constants.ts'
import { native } from '../sys/native.ts'
import { finish } from '../wait/closing.ts'
import { endWaiting } from '../wait/ready.ts'
import { type Event, fetchRequest, handleOf, openEpoll } from './events.ts'
import { timeLimit } from './limit.ts'

const EVERYTHING = EPOLLIN | EPOLLPRI | EPOLLOUT
/** FD_SETSIZE - 1, as in Python. */
const USUAL_MOST = 1023
const UNSIGNED = 2 ** 32 - 1
const INT_MAX = 2 ** 31 - 1

// As in Python, an epoll object that nobody has any more is closed without a word. While somebody waits for it, the wait
// holds it.
const forgotten = new FinalizationRegistry<Handle>((handle) => {
  endWaiting(handle)
  closeDescriptor(handle)
})

const HANDLE: unique symbol = Symbol('handle')

/** What an epoll object does that never waits: the same in both forms. */
export abstract class BaseEpoll {
  readonly [HANDLE]: Handle

  /** @internal */
  constructor(handle: Handle) {
    this[HANDLE] = handle
    forgotten.register(this, handle)
  }

  /** Whether `close` was called. */
  get closed(): boolean {
    return this[HANDLE].fd < 0
  }

  /**
   * fileno - the epoll descriptor, which is itself readable while something that is registered is ready
   *
   * @throws RangeError if the object is closed
   * @example
   * outer.register(inner.fileno(), EPOLLIN)
   * @see man 7 epoll
   */
  fileno(): number {
    return open(this, 'fileno').fd
  }

  /**
   * register - watch a descriptor
   *
   * Also seen by those who wait already.
   *
   * @param fd the descriptor, or an object that has one; its number is what `poll` tells
   * @param eventmask `EPOLLIN | EPOLLOUT | EPOLLPRI | EPOLLRDHUP`, with `EPOLLET` to be told changes instead of states,
   *   `EPOLLONESHOT` to be told once until `modify`, `EPOLLEXCLUSIVE` not to be woken together with other epoll objects;
   *   `EPOLLIN | EPOLLOUT | EPOLLPRI` by default. `EPOLLERR` and `EPOLLHUP` are always told
   * @throws OSError EEXIST if it is registered already, EPERM for a regular file, EBADF, ELOOP, ENOSPC; TypeError,
   *   RangeError
   * @example
   * poller.register(socket, EPOLLIN | EPOLLET)
   * @see man 2 epoll_ctl
   */
  register(fd: Descriptor, eventmask: number = EVERYTHING): void {
    control(this, 'register', EPOLL_CTL_ADD, fd, eventmask)
  }

  /**
   * modify - change what a registered descriptor is watched for
   *
   * @param fd the descriptor
   * @param eventmask as of `register`
   * @throws OSError ENOENT if it is not registered, EBADF, EINVAL for what was registered with `EPOLLEXCLUSIVE`;
   *   TypeError, RangeError
   * @example
   * poller.modify(socket, EPOLLIN | EPOLLOUT)
   * @see man 2 epoll_ctl
   */
  modify(fd: Descriptor, eventmask: number): void {
    control(this, 'modify', EPOLL_CTL_MOD, fd, eventmask)
  }

  /**
   * unregister - watch a descriptor no longer
   *
   * A descriptor that is closed leaves by itself, unless it has duplicates.
   *
   * @param fd the descriptor
   * @throws OSError ENOENT if it is not registered, EBADF; TypeError, RangeError
   * @example
   * poller.unregister(socket)
   * @see man 2 epoll_ctl
   */
  unregister(fd: Descriptor): void {
    control(this, 'unregister', EPOLL_CTL_DEL, fd, 0)
  }

  /**
   * close - close the epoll descriptor
   *
   * Whoever waits gets `ECANCELED`. A second call does nothing.
   *
   * @throws OSError what close(2) reports
   * @example
   * poller.close()
   * @see man 2 close
   */
  close(): void {
    finish(this[HANDLE])
  }

  /** Closes the epoll descriptor at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.close()
  }
}

function open(epoll: BaseEpoll, syscall: string): Handle {
  const handle = epoll[HANDLE]
  if (handle.fd < 0) throw wrongValue(syscall, 'this', 'an open epoll object', 'a closed one')
  return handle
}

function control(
  epoll: BaseEpoll,
  syscall: string,
  operation: number,
  fd: unknown,
  eventmask: unknown,
): void {
  const descriptor = descriptorOf(syscall, 'fd', fd)
  const events = integer(syscall, 'eventmask', eventmask, -(2 ** 31), UNSIGNED)
  const result = native.epoll_ctl(open(epoll, syscall).fd, operation, descriptor, events)
  if (result < 0) throw osError(result, syscall)
}

/** A new epoll descriptor. */
export function newEpoll(sizehint: unknown = -1, flags: unknown = 0): Handle {
  const size = integer('epoll', 'sizehint', sizehint, -1, INT_MAX)
  if (size === 0) throw wrongValue('epoll', 'sizehint', '-1 or positive', size)
  const given = integer('epoll', 'flags', flags, 0, INT_MAX)
  if (given !== 0 && given !== EPOLL_CLOEXEC) throw wrongValue('epoll', 'flags', '0 or EPOLL_CLOEXEC', given)
  return openEpoll('epoll')
}

/** An epoll descriptor that is there already, and is owned from now on. */
export function takeEpoll(fd: unknown): Handle {
  const result = native.adopt(descriptorOf('fromfd', 'fd', fd))
  if (result < 0) throw osError(result, 'fromfd')
  return handleOf(result)
}

export function* epollWait(epoll: BaseEpoll, timeout: unknown, maxevents: unknown = -1): Steps<Event[]> {
  const limit = timeLimit('poll', 'seconds', timeout, null)
  const most = integer('poll', 'maxevents', maxevents, -1, INT_MAX)
  if (most === 0) throw wrongValue('poll', 'maxevents', 'greater than 0, or -1', most)
  const handle = open(epoll, 'poll')
  handle.timeout = limit // Of this wait: the drivers read it as they begin.
  const request = fetchRequest(most === -1 ? USUAL_MOST : most)
  request.owner = epoll
  return yield* perform(handle, request)
}
