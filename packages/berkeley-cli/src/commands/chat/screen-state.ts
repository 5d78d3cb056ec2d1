// What the screen of a chat shows, apart from how: the messages, how far one has scrolled back, whose turn it is.
// Rule: a snapshot is never changed; every change makes a new one and tells those who watch.
import type { ChatEvent } from './conversation.ts'

export interface ScreenSnapshot {
  readonly events: readonly ShownEvent[]
  /** How many of the newest are below the window. */
  readonly scrolled: number
  /** Null in full duplex. */
  readonly isMyTurn: boolean | null
  /** Why it is over; null while it goes on. */
  readonly end: string | null
}

export type ShownEvent = ChatEvent & {
  readonly key: number
  /** Whether it was said here. */
  readonly isOwn: boolean
}

const MOST_EVENTS = 10_000

export class ScreenState {
  #snapshot: ScreenSnapshot = { events: [], scrolled: 0, isMyTurn: null, end: null }
  #count = 0
  readonly #watchers = new Set<() => void>()

  readonly subscribe = (watcher: () => void): (() => void) => {
    this.#watchers.add(watcher)
    return () => this.#watchers.delete(watcher)
  }

  readonly snapshot = (): ScreenSnapshot => this.#snapshot

  add(event: ChatEvent, isOwn = false): void {
    const { events, scrolled } = this.#snapshot
    const added = [...events.slice(-(MOST_EVENTS - 1)), { ...event, isOwn, key: this.#count++ }]
    // Who has scrolled back goes on reading what stands there.
    this.#change({ events: added, scrolled: scrolled > 0 ? Math.min(scrolled + 1, added.length - 1) : 0 })
  }

  /** Back by so many messages, or forth if it is negative. */
  scroll(messages: number): void {
    const { events, scrolled } = this.#snapshot
    this.#change({ scrolled: Math.max(0, Math.min(scrolled + messages, events.length - 1)) })
  }

  setTurn(isMyTurn: boolean): void {
    this.#change({ isMyTurn })
  }

  finish(end: string): void {
    this.#change({ end })
  }

  #change(change: Partial<ScreenSnapshot>): void {
    this.#snapshot = { ...this.#snapshot, ...change }
    for (const watcher of this.#watchers) watcher()
  }
}
