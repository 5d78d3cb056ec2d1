// The selectors whose `select` returns a promise. What they do is in base.ts and mechanisms.ts.
import { run, type SignalOptions } from '../select/running.ts'
import { BaseSelector } from './base.ts'
import type { Ready } from './key.ts'
import { Epoll, type Mechanism, Poll, Select } from './mechanisms.ts'

abstract class Selector extends BaseSelector<'async'> {
  /**
   * select - wait until some of the registered objects are ready
   *
   * @param timeout seconds, may be fractional; 0 or negative not to wait; `null` (the default) for no limit
   * @param options `{ signal }` to give up
   * @returns the keys of those that are ready, each with `EVENT_READ`, `EVENT_WRITE` or both; none if time ran out. An
   *   error or a hang-up makes an object ready for both
   * @throws OSError ECANCELED if the selector is closed during the wait; EBADF (SelectSelector); RangeError if the
   *   selector is closed; TypeError
   * @example
   * for (const [key, events] of await selector.select(0.5)) console.log(key.fd, (events & EVENT_READ) !== 0)
   */
  override select(timeout?: number | null, options?: SignalOptions): Promise<Ready[]>
  override select(options?: SignalOptions): Promise<Ready[]>
  override select(...args: unknown[]): Promise<Ready[]> {
    return run('select', args, (timeout?: unknown) => this.wait(timeout))
  }

  /** Closes the selector at the end of an `await using` block. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.close()
  }
}

/**
 * SelectSelector - a selector that waits with `select`
 *
 * What is registered while it waits counts from the next wait on.
 *
 * @example
 * using selector = new SelectSelector()
 * @see man 2 select
 */
export class SelectSelector extends Selector {
  constructor() {
    super(new Select())
  }
}

/**
 * PollSelector - a selector that waits with `poll`
 *
 * What is registered while it waits counts from the next wait on.
 *
 * @example
 * using selector = new PollSelector()
 * @see man 2 poll
 */
export class PollSelector extends Selector {
  constructor() {
    super(new Poll())
  }
}

/**
 * EpollSelector - a selector that waits with `epoll`
 *
 * What is registered while it waits counts at once.
 *
 * @throws OSError EMFILE, ENFILE
 * @example
 * using selector = new EpollSelector()
 * @see man 7 epoll
 */
export class EpollSelector extends Selector {
  readonly #epoll: Epoll

  constructor() {
    const epoll: Epoll & Mechanism = new Epoll()
    super(epoll)
    this.#epoll = epoll
  }

  /**
   * fileno - the epoll descriptor, which is itself readable while something that is registered is ready
   *
   * @throws RangeError if the selector is closed
   * @example
   * console.log(selector.fileno())
   */
  fileno(): number {
    return this.#epoll.fileno()
  }
}

/** DefaultSelector - the best selector that the system has: on Linux, EpollSelector */
export const DefaultSelector = EpollSelector
/** The best selector that the system has. */
export type DefaultSelector = EpollSelector
