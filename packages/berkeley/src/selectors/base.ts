// What a selector does that never waits, whatever it waits with (mechanisms.ts) and in whichever form (async.ts,
// blocking.ts). The rules are those of Python's selectors module; its KeyError and ValueError are RangeErrors here.
import { integer } from '../core/arguments.ts'
import { type Descriptor, descriptorOf } from '../core/descriptor.ts'
import { wrongValue } from '../core/errors.ts'
import type { Form, Waiting } from '../core/form.ts'
import type { Steps } from '../ops/steps.ts'
import { timeLimit } from '../select/limit.ts'
import { type Ready, SelectorKey, SelectorMap } from './key.ts'
import { EVENT_READ, EVENT_WRITE, type Mechanism } from './mechanisms.ts'

const EVENTS = EVENT_READ | EVENT_WRITE

/**
 * BaseSelector - the base of all selectors: objects registered to wait for all of them at once
 *
 * @see SelectSelector, PollSelector, EpollSelector, DefaultSelector
 */
export abstract class BaseSelector<F extends Form = Form> {
  readonly #keys = new Map<number, SelectorKey>()
  #map: SelectorMap | null = new SelectorMap(this.#keys, (fileobj) => this.#find(fileobj, 'get'))
  readonly #mechanism: Mechanism

  /** @internal */
  constructor(mechanism: Mechanism) {
    this.#mechanism = mechanism
  }

  /**
   * register - begin to wait for an object
   *
   * @param fileobj a descriptor, or an object that has one
   * @param events `EVENT_READ`, `EVENT_WRITE` or both
   * @param data anything; `select` gives it back
   * @returns the key
   * @throws RangeError if it is registered already, or for wrong events or a closed socket; OSError EPERM for a regular
   *   file and EBADF (EpollSelector); TypeError
   * @example
   * selector.register(server, EVENT_READ, accept)
   */
  register<Data = undefined>(fileobj: Descriptor, events: number, data?: Data): SelectorKey<Data> {
    this.#mustBeOpen('register')
    const wanted = checked('register', events)
    const fd = this.#number(fileobj, 'register')
    if (this.#keys.has(fd)) {
      throw wrongValue('register', 'fileobj', 'one that is not registered yet', `descriptor ${fd}`)
    }
    this.#mechanism.register(fd, wanted)
    return this.#set(new SelectorKey(fileobj, fd, wanted, data as Data))
  }

  /**
   * unregister - wait for an object no longer
   *
   * Also for what has been closed in the meantime.
   *
   * @param fileobj what was registered, or its descriptor
   * @returns the key it had
   * @throws RangeError if it is not registered; TypeError
   * @example
   * selector.unregister(connection)
   */
  unregister(fileobj: Descriptor): SelectorKey {
    const key = this.#registered(fileobj, 'unregister')
    this.#keys.delete(key.fd)
    this.#mechanism.unregister(key.fd)
    return key
  }

  /**
   * modify - change what is waited for, and the data attached
   *
   * @param fileobj what was registered, or its descriptor
   * @param events `EVENT_READ`, `EVENT_WRITE` or both
   * @param data anything
   * @returns the new key
   * @throws RangeError if it is not registered, or for wrong events; TypeError; OSError, after which it is not registered
   *   any more (EpollSelector: a descriptor that was closed)
   * @example
   * selector.modify(connection, EVENT_READ | EVENT_WRITE, data)
   */
  modify<Data = undefined>(fileobj: Descriptor, events: number, data?: Data): SelectorKey<Data> {
    const key = this.#registered(fileobj, 'modify')
    const wanted = checked('modify', events)
    if (wanted !== key.events) {
      try {
        this.#mechanism.modify(key.fd, wanted)
      } catch (error) {
        this.unregister(key.fd)
        throw error
      }
    }
    return this.#set(new SelectorKey(key.fileobj, key.fd, wanted, data as Data))
  }

  abstract select(timeout?: number | null): Waiting<F, Ready[]>

  /**
   * close - end the selector, and let go of what is registered
   *
   * Whoever waits gets `ECANCELED`. A second call does nothing.
   *
   * @example
   * selector.close()
   */
  close(): void {
    this.#keys.clear()
    this.#map = null
    this.#mechanism.close()
  }

  /**
   * getKey - the key of a registered object
   *
   * @param fileobj what was registered, or its descriptor
   * @throws RangeError if it is not registered, or the selector is closed; TypeError
   * @example
   * console.log(selector.getKey(server).data)
   */
  getKey(fileobj: Descriptor): SelectorKey {
    this.#mustBeOpen('getKey')
    return this.#registered(fileobj, 'getKey')
  }

  /**
   * getMap - all that is registered, always up to date
   *
   * @returns the map, `null` once the selector is closed
   * @example
   * for (const key of selector.getMap()!.values()) console.log(key.fd, key.events)
   */
  getMap(): SelectorMap | null {
    return this.#map
  }

  /** Closes the selector at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.close()
  }

  /** @internal The wait, for the form to run. */
  protected *wait(timeout: unknown): Steps<Ready[]> {
    this.#mustBeOpen('select')
    const limit = timeLimit('select', 'seconds', timeout, 0)
    const happened = yield* this.#mechanism.wait(limit, Math.max(1, this.#keys.size))
    return happened.flatMap(([fd, events]): Ready[] => {
      // It may have been unregistered, or even replaced, while the caller waited.
      const key = this.#keys.get(fd)
      return key === undefined ? [] : [[key, events & key.events]]
    })
  }

  #mustBeOpen(syscall: string): void {
    if (this.#map === null) throw wrongValue(syscall, 'this', 'an open selector', 'a closed one')
  }

  #set<Data>(key: SelectorKey<Data>): SelectorKey<Data> {
    this.#keys.set(key.fd, key)
    return key
  }

  #registered(fileobj: unknown, syscall: string): SelectorKey {
    const key = this.#find(fileobj, syscall)
    if (key === undefined) throw wrongValue(syscall, 'fileobj', 'one that is registered', fileobj)
    return key
  }

  #find(fileobj: unknown, syscall: string): SelectorKey | undefined {
    return this.#keys.get(this.#number(fileobj, syscall))
  }

  // What is closed has no descriptor any more, but may still be registered under the one it had.
  #number(fileobj: unknown, syscall: string): number {
    try {
      return descriptorOf(syscall, 'fileobj', fileobj)
    } catch (error) {
      for (const key of this.#keys.values()) if (key.fileobj === fileobj) return key.fd
      throw error
    }
  }
}

function checked(syscall: string, events: unknown): number {
  const wanted = integer(syscall, 'events', events, -(2 ** 31), 2 ** 31 - 1)
  if (wanted === 0 || (wanted & ~EVENTS) !== 0) {
    throw wrongValue(syscall, 'events', 'EVENT_READ, EVENT_WRITE or both', events)
  }
  return wanted
}
