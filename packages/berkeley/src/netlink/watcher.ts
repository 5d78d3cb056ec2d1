// What iterators over notifications do, in steps: the next one, and how to go on after some were lost.
//
// A watcher hears of changes from the moment it is made: the groups are joined before anything is asked. Then
// it asks for what there is, and tells that; then what it heard meanwhile, and hears from then on. So
// whatever changes during the dump is told after it, at worst twice, and whoever follows ends up with what is
// true.
//
// When the socket's room is full the kernel drops messages and says so once (ENOBUFS). The iterator then
// throws that, and at the next step begins anew with a socket of its own: what there is now makes up for what
// was lost.
import { boolean } from '../core/arguments.ts'
import { OSError } from '../core/error-classes.ts'
import { wrongType, wrongValue } from '../core/errors.ts'
import type { Message } from '../core/netlink/messages.ts'
import type { Steps } from '../ops/steps.ts'
import { ENOBUFS } from '../sys/errno.ts'
import type { Conversation } from './conversation.ts'
import { type AnySocket, converse, type NetlinkOptions, type Settings } from './opening.ts'
import { type Entries, type EntryKind, entriesOf, type Table, tables } from './tables.ts'

/** Opens a socket of a form. */
export type Open = () => AnySocket

/** What an iterator steps through. */
export interface Source<Item> {
  /** The next item. */
  next(): Steps<Item>
  close(): void
  setReferenced(referenced: boolean): void
}

/** The socket of a source, which may be replaced by another. */
abstract class Listening<Item> implements Source<Item> {
  readonly #open: Open
  readonly #settings: Settings
  readonly #groups: readonly number[]
  #socket: AnySocket
  #isReferenced = true
  protected conversation: Conversation

  constructor(open: Open, settings: Settings, groups: readonly number[]) {
    this.#open = open
    this.#settings = settings
    this.#groups = groups
    this.#socket = open()
    this.conversation = converse(this.#socket, settings, groups)
  }

  protected reopen(): void {
    this.#socket.close()
    this.#socket = this.#open()
    this.conversation = converse(this.#socket, this.#settings, this.#groups)
    this.setReferenced(this.#isReferenced)
  }

  close(): void {
    this.#socket.close()
  }

  setReferenced(referenced: boolean): void {
    this.#isReferenced = referenced
    if (referenced) this.#socket.ref()
    else this.#socket.unref()
  }

  abstract next(): Steps<Item>
}

/** Hands on messages as they come. */
export class Subscriber extends Listening<Message> {
  #waiting: Message[] = []

  override *next(): Steps<Message> {
    while (this.#waiting.length === 0) this.#waiting = (yield* this.conversation.receive('next')).reverse()
    return this.#waiting.pop()!
  }
}

/** A change of something. */
export interface ChangeOf<Kind extends EntryKind> {
  /** What has changed: `'link'`, `'address'`, `'route'`, `'neighbour'`, `'rule'`. */
  readonly kind: Kind
  /** `'dump'`: it was there at the beginning; `'new'`: it is new, or has changed; `'del'`: it is gone. */
  readonly event: 'dump' | 'new' | 'del'
  /** What it is now, or was. */
  readonly value: Entries[Kind]
}

/** A change of a link, an address, a route, a neighbour or a rule. */
export type Change = { [Kind in EntryKind]: ChangeOf<Kind> }[EntryKind]

/** What `watch` watches. */
export interface WatchOptions extends Omit<NetlinkOptions, 'peer'> {
  /** Network interfaces; `true` by default. */
  readonly links?: boolean | undefined
  /** Their addresses; `true` by default. */
  readonly addresses?: boolean | undefined
  /** Routes of all tables; `false` by default. */
  readonly routes?: boolean | undefined
  /** Neighbours; `false` by default. */
  readonly neighbours?: boolean | undefined
  /** Rules of routing; `false` by default. */
  readonly rules?: boolean | undefined
  /** Whether to begin with what there is; `true` by default. */
  readonly initial?: boolean | undefined
}

const choices = [
  ['links', 'link', true],
  ['addresses', 'address', true],
  ['routes', 'route', false],
  ['neighbours', 'neighbour', false],
  ['rules', 'rule', false],
] as const

export interface Watched {
  readonly kinds: readonly EntryKind[]
  readonly initial: boolean
}

export function watchedOf(options: unknown = {}): Watched {
  if (typeof options !== 'object' || options === null)
    throw wrongType('watch', 'options', 'an object', options)
  const given = options as Record<string, unknown>
  const chosen = (name: string, otherwise: boolean): boolean =>
    given[name] === undefined ? otherwise : boolean('watch', name, given[name])
  const kinds = choices.flatMap(([name, kind, otherwise]) => (chosen(name, otherwise) ? [kind] : []))
  if (kinds.length === 0) throw wrongValue('watch', 'options', 'of something to watch', 'nothing')
  return { kinds, initial: chosen('initial', true) }
}

/** Tells what there is, and then its changes. */
export class Watcher extends Listening<Change> {
  readonly #watched: Watched
  /** The latest first. */
  #changes: Change[] = []
  /** `'late'`: messages were lost, or the dump was broken off. */
  #state: 'new' | 'late' | 'following'

  constructor(open: Open, settings: Settings, watched: Watched) {
    super(open, settings, groupsOfKinds(watched.kinds))
    this.#watched = watched
    this.#state = watched.initial ? 'new' : 'following'
  }

  override *next(): Steps<Change> {
    if (this.#state !== 'following') yield* this.#begin()
    while (this.#changes.length === 0) this.#changes = this.#heard(yield* this.#hear()).reverse()
    return this.#changes.pop()!
  }

  *#begin(): Steps<void> {
    if (this.#state === 'late') this.reopen()
    this.#state = 'late'
    const found: Change[] = []
    for (const kind of this.#watched.kinds) {
      const { get, all } = tables[kind]
      const messages = yield* this.conversation.dump({ call: 'next', type: get, flags: 0, payload: all })
      for (const value of entriesOf(tables[kind] as Table<Entries[EntryKind]>, messages)) {
        found.push({ kind, event: 'dump', value } as Change)
      }
    }
    this.#changes = found.reverse()
    this.#state = 'following'
  }

  *#hear(): Steps<Message[]> {
    try {
      return yield* this.conversation.receive('next')
    } catch (error) {
      if (error instanceof OSError && error.errno === ENOBUFS && this.#watched.initial) this.#state = 'late'
      throw error
    }
  }

  #heard(messages: readonly Message[]): Change[] {
    return messages.flatMap((message) => this.#watched.kinds.flatMap((kind) => changeIn(message, kind)))
  }
}

function groupsOfKinds(kinds: readonly EntryKind[]): number[] {
  return kinds.flatMap((kind) => tables[kind].groups)
}

function changeIn({ type, payload }: Message, kind: EntryKind): Change[] {
  const table = tables[kind] as Table<Entries[EntryKind]>
  if (type !== table.new && type !== table.del) return []
  const value = table.decode(payload)
  if (table.isForeign?.(value)) return []
  return [{ kind, event: type === table.new ? 'new' : 'del', value } as Change]
}
