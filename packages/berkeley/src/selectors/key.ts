// What a selector knows of a registered object, and the view of all of them.
import type { Descriptor } from '../core/descriptor.ts'

/**
 * SelectorKey - a registered object: what was registered, its descriptor, what is waited for, and the data attached
 *
 * A named tuple, as in Python: `const [fileobj, fd, events, data] = key`.
 */
export class SelectorKey<Data = unknown> {
  /** What was registered. */
  readonly fileobj: Descriptor
  /** Its descriptor. */
  readonly fd: number
  /** What is waited for: `EVENT_READ | EVENT_WRITE`. */
  readonly events: number
  /** What was attached to it. */
  readonly data: Data

  constructor(fileobj: Descriptor, fd: number, events: number, data: Data) {
    this.fileobj = fileobj
    this.fd = fd
    this.events = events
    this.data = data
  }

  *[Symbol.iterator](): Generator<unknown, void, undefined> {
    yield this.fileobj
    yield this.fd
    yield this.events
    yield this.data
  }
}

/** A key, and for what it is ready: `EVENT_READ | EVENT_WRITE`. */
export type Ready = [key: SelectorKey, events: number]

/** The registered objects, always up to date: asked by object or by descriptor, iterated by descriptor. */
export class SelectorMap {
  readonly #keys: ReadonlyMap<number, SelectorKey>
  readonly #find: (fileobj: unknown) => SelectorKey | undefined

  constructor(keys: ReadonlyMap<number, SelectorKey>, find: (fileobj: unknown) => SelectorKey | undefined) {
    this.#keys = keys
    this.#find = find
  }

  /** How many are registered. */
  get size(): number {
    return this.#keys.size
  }

  /** The key of an object or descriptor, `undefined` if it is not registered. */
  get(fileobj: Descriptor): SelectorKey | undefined {
    return this.#find(fileobj)
  }

  /** Whether an object or descriptor is registered. */
  has(fileobj: Descriptor): boolean {
    return this.#find(fileobj) !== undefined
  }

  /** The descriptors. */
  keys(): IterableIterator<number> {
    return this.#keys.keys()
  }

  /** The keys. */
  values(): IterableIterator<SelectorKey> {
    return this.#keys.values()
  }

  /** The descriptors with their keys. */
  entries(): IterableIterator<[fd: number, key: SelectorKey]> {
    return this.#keys.entries()
  }

  [Symbol.iterator](): IterableIterator<[fd: number, key: SelectorKey]> {
    return this.entries()
  }
}
