// What the screen of a chat shows, apart from how: the messages, how far one has scrolled back, whose turn it is.
// Rule: a snapshot is never changed; every change makes a new one and tells those who watch.
import { type ChatEvent, LONGEST_LINE } from './conversation.ts'
import { LineEditor, type TypedLine } from './line-editor.ts'

export interface ScreenSnapshot {
  readonly events: readonly ShownEvent[]
  /** How many of the newest are below the window. */
  readonly scrolled: number
  readonly typed: TypedLine
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
  readonly #editor = new LineEditor(LONGEST_LINE)
  #snapshot: ScreenSnapshot = {
    events: [],
    scrolled: 0,
    typed: this.#editor.line,
    isMyTurn: null,
    end: null,
  }
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

  /** Changes the line that is being typed, and gives what the change gives. */
  edit<Result>(change: (editor: LineEditor) => Result): Result {
    const result = change(this.#editor)
    this.#change({ typed: this.#editor.line })
    return result
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
