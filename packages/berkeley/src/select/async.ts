// select, poll and epoll, as promises. What they do is in select.ts, poll.ts and epoll.ts.

import type { Descriptor } from '../core/descriptor.ts'
import type { Handle } from '../ops/handle.ts'
import { callable } from './callable.ts'
import { BaseEpoll, epollWait, newEpoll, takeEpoll } from './epoll.ts'
import type { Event } from './events.ts'
import { BasePoll, pollWait } from './poll.ts'
import { run, type SignalOptions } from './running.ts'
import { type Selected, select as selectSteps } from './select.ts'

/**
 * select - wait until some of many descriptors are ready
 *
 * Any number of descriptors, and any number: there is no FD_SETSIZE. A descriptor that is closed during the wait does not
 * end it.
 *
 * @param rlist those to wait for until they can be read from: descriptors, or objects that have one
 * @param wlist those to wait for until they can be written to
 * @param xlist those to wait for until something exceptional happens: urgent data
 * @param timeout seconds, may be fractional; 0 not to wait; `null` (the default) for no limit
 * @param options `{ signal }` to give up
 * @returns those elements of the three lists that are ready, all empty if time ran out
 * @throws OSError EBADF if one is not open, EMFILE, EINVAL if more than a hundred calls wait for the same descriptor;
 *   RangeError for a negative timeout or a closed socket; TypeError
 * @example
 * const [readable] = await select([first, second], [], [], 2.5)
 * @see man 2 select
 */
export function select<R extends Descriptor, W extends Descriptor, X extends Descriptor>(
  rlist: Iterable<R>,
  wlist: Iterable<W>,
  xlist: Iterable<X>,
  timeout?: number | null,
  options?: SignalOptions,
): Promise<Selected<R, W, X>>
export function select<R extends Descriptor, W extends Descriptor, X extends Descriptor>(
  rlist: Iterable<R>,
  wlist: Iterable<W>,
  xlist: Iterable<X>,
  options?: SignalOptions,
): Promise<Selected<R, W, X>>
export function select(...args: unknown[]): Promise<never> {
  return run('select', args, selectSteps) as Promise<never>
}

/** The poll object: descriptors, and what each is watched for. */
export class Poll extends BasePoll {
  /**
   * poll - wait until some of the registered descriptors are ready
   *
   * For those that are registered when it begins: what changes while it waits counts from the next call on. A descriptor
   * that is closed meanwhile does not end the wait.
   *
   * @param timeout MILLISECONDS, may be fractional; 0 not to wait; `null` (the default) or a negative number for no limit
   * @param options `{ signal }` to give up
   * @returns the descriptors that are ready, each with its events (`POLLIN | POLLHUP | POLLNVAL | …`); none if time ran out
   * @throws OSError EMFILE, EINVAL if more than a hundred calls wait for the same descriptor; TypeError, RangeError
   * @example
   * for (const [fd, events] of await poller.poll(500)) console.log(fd, (events & POLLIN) !== 0)
   * @see man 2 poll
   */
  poll(timeout?: number | null, options?: SignalOptions): Promise<Event[]>
  poll(options?: SignalOptions): Promise<Event[]>
  poll(...args: unknown[]): Promise<Event[]> {
    return run('poll', args, (timeout?: unknown) => pollWait(this, timeout))
  }
}

/** The epoll object: an epoll descriptor. */
export class Epoll extends BaseEpoll {
  /**
   * poll - wait until some of the registered descriptors are ready
   *
   * Several may wait; they are served in order. What is registered, modified or unregistered meanwhile counts at once.
   *
   * @param timeout SECONDS, may be fractional; 0 not to wait; `null` (the default) or a negative number for no limit
   * @param maxevents the most events to return; -1 (the default) for 1023
   * @param options `{ signal }` to give up
   * @returns the descriptors that are ready, each with its events (`EPOLLIN | EPOLLHUP | …`); none if time ran out
   * @throws OSError ECANCELED if the object is closed during the wait; ELOOP if epoll descriptors are registered
   *   with each other more than three deep, EINVAL if more than a hundred wait for the same descriptor; RangeError if the object is closed; TypeError
   * @example
   * for (const [fd, events] of await poller.poll(0.5)) console.log(fd, (events & EPOLLIN) !== 0)
   * @see man 2 epoll_wait
   */
  poll(timeout?: number | null, maxevents?: number, options?: SignalOptions): Promise<Event[]>
  poll(timeout?: number | null, options?: SignalOptions): Promise<Event[]>
  poll(options?: SignalOptions): Promise<Event[]>
  poll(...args: unknown[]): Promise<Event[]> {
    return run('poll', args, (timeout?: unknown, maxevents?: unknown) => epollWait(this, timeout, maxevents))
  }

  /** Closes the epoll descriptor at the end of an `await using` block. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.close()
  }
}

/**
 * poll - make an object that waits for many descriptors, with poll(2)
 *
 * @example
 * const poller = poll()
 * poller.register(socket, POLLIN)
 * const events = await poller.poll(500)
 * @see man 2 poll
 */
export const poll = callable('poll', Poll, (): [] => [])

/**
 * epoll - make an object that waits for many descriptors, with epoll(7)
 *
 * @param sizehint -1 (the default) or positive; nothing depends on it
 * @param flags 0 or `EPOLL_CLOEXEC`, which is always set
 * @throws OSError EMFILE, ENFILE; TypeError, RangeError
 * @example
 * using poller = epoll()
 * poller.register(socket, EPOLLIN)
 * const events = await poller.poll(0.5)
 * @see man 7 epoll
 */
export const epoll = Object.assign(
  callable('epoll', Epoll, (sizehint?: number, flags?: number): [Handle] => [newEpoll(sizehint, flags)]),
  {
    /**
     * fromfd - an epoll object over an epoll descriptor that is there already, and belongs to the object from now on
     *
     * @param fd the descriptor
     * @throws OSError EBADF; TypeError, RangeError
     * @example
     * using poller = epoll.fromfd(fd)
     */
    fromfd: (fd: Descriptor): Epoll => new Epoll(takeEpoll(fd)),
  },
)
