// A class that is being scanned, and those who watch.
// Rule: what is told is bounded. Answers are told together, a few times in a second; a watcher who is slow is told
//       nothing until it has caught up, and then everything anew.
import type { Candidate } from '../roster.ts'
import type { ClassView, Summary, Update } from './class-view.ts'
import { seatOf, summarize, viewClass } from './view-of-class.ts'

/** One who watches. */
export interface Watcher {
  /** Whether it takes more now. */
  readonly isReady: boolean
  tell(event: 'class' | 'update', data: ClassView | Update): void
}

const UPDATE_MILLISECONDS = 80

export class LiveClass {
  readonly sources: readonly string[]
  readonly #pairs: number
  readonly #watchers = new Set<Watcher>()
  readonly #behind = new Set<Watcher>()
  #candidates: (Candidate | undefined)[]
  #state: Summary['state'] = 'waiting'
  #time = new Date()
  #changed = new Set<number>()
  #timer: NodeJS.Timeout | null = null
  #start: (() => void) | null = null

  constructor(sources: readonly string[], pairs: number) {
    this.sources = sources
    this.#pairs = pairs
    this.#candidates = new Array(sources.length)
  }

  /** What the hosts said so far, in their order. */
  get candidates(): Candidate[] {
    return this.#candidates.filter((candidate) => candidate !== undefined)
  }

  view(): ClassView {
    return viewClass(this.sources, this.#candidates, this.#progress())
  }

  /** Resolves when somebody wants a scan. */
  async wanted(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#start = resolve
    })
  }

  /** Asks for a scan; false if one is under way. */
  want(): boolean {
    const start = this.#start
    this.#start = null
    start?.()
    return start !== null
  }

  begin(): void {
    this.#candidates = new Array(this.sources.length)
    this.#changed.clear()
    this.#setState('scanning')
    for (const watcher of this.#watchers) this.#tellAll(watcher)
  }

  add(place: number, candidate: Candidate): void {
    this.#candidates[place] = candidate
    this.#changed.add(place)
    this.#timer ??= setTimeout(() => this.#tellChanges(), UPDATE_MILLISECONDS)
  }

  end(): void {
    this.#setState('done')
    this.#tellChanges()
  }

  watch(watcher: Watcher): void {
    this.#watchers.add(watcher)
    this.#tellAll(watcher)
    if (this.#state === 'waiting') this.want()
  }

  leave(watcher: Watcher): void {
    this.#watchers.delete(watcher)
    this.#behind.delete(watcher)
  }

  /** A watcher that was not ready is again. */
  caughtUp(watcher: Watcher): void {
    if (this.#behind.delete(watcher)) this.#tellAll(watcher)
  }

  /** No timer is left behind. */
  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }

  #setState(state: Summary['state']): void {
    this.#state = state
    this.#time = new Date()
  }

  #progress() {
    return { state: this.#state, pairs: this.#pairs, time: this.#time }
  }

  #tellAll(watcher: Watcher): void {
    if (watcher.isReady) watcher.tell('class', this.view())
    else this.#behind.add(watcher)
  }

  #tellChanges(): void {
    this.close()
    const { summary, sameAs } = summarize(this.#candidates, this.#progress())
    const changed = Array.from(this.#changed, (place) => {
      return [place, seatOf(this.sources[place]!, this.#candidates[place], sameAs)] as const
    })
    this.#changed.clear()
    for (const watcher of this.#watchers) {
      if (watcher.isReady && !this.#behind.has(watcher)) watcher.tell('update', { ...summary, changed })
      else this.#behind.add(watcher)
    }
  }
}
