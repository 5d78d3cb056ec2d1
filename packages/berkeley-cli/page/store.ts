// What the page shows, and which seat is chosen: one state for all its parts.
// Rule: a part draws from here alone, and tells others only by changing it.
import type { ClassView, Seat, Update } from '#commands/classroom/page/class-view.js'

/** Draws its part of the page anew. */
export type Drawing = () => void

/** A student who counts, and where it sits. */
export interface Placed {
  readonly place: number
  readonly source: string
  readonly student: NonNullable<Seat['student']>
}

export type Connection = 'none' | 'open' | 'lost'

export interface Store {
  readonly view: ClassView
  readonly chosen: number | null
  readonly connection: Connection
  /** The students that count, in the order of their seats. */
  readonly students: readonly Placed[]
  /** The seats of the most similar pairs: those of rank 1. */
  readonly mostAlike: ReadonlySet<number>
  /** The place of a clothes size among all. */
  sizeOf(size: string): number
  /** What a seat is called in short. */
  label(place: number): string
  show(view: ClassView): void
  update(update: Update): void
  setConnection(connection: Connection): void
  /** Chooses a seat, or none if it is chosen already. */
  choose(place: number): void
  subscribe(draw: Drawing): void
  changed(): void
}

export function makeStore(first: ClassView): Store {
  const drawings: Drawing[] = []
  let students: readonly Placed[] = []
  let prefix = 0
  let isDue = false
  // Answers may come faster than they can be drawn.
  const changedSoon = () => {
    if (!isDue) requestAnimationFrame(() => store.changed())
    isDue = true
  }
  const store = {
    view: first,
    chosen: null as number | null,
    connection: 'none' as Connection,
    get students() {
      return students
    },
    get mostAlike() {
      const best = store.view.pairs.filter(({ rank }) => rank === 1)
      return new Set(best.flatMap((pair) => [pair.first, pair.second]))
    },
    sizeOf: (size: string) => Math.max(0, store.view.sizes.indexOf(size)),
    label(place: number) {
      const short = store.view.seats[place]!.source.slice(prefix)
      return short.length > 0 && short.length <= LONGEST_LABEL ? short : String(place + 1)
    },
    show(view: ClassView) {
      store.view = view
      if (store.chosen !== null && store.chosen >= view.seats.length) store.chosen = null
      store.changed()
    },
    update({ changed, ...summary }: Update) {
      const seats = [...store.view.seats]
      for (const [place, seat] of changed) seats[place] = seat
      store.view = { ...store.view, ...summary, seats }
      changedSoon()
    },
    setConnection(connection: Connection) {
      store.connection = connection
      store.changed()
    },
    choose(place: number) {
      store.chosen = store.chosen === place ? null : place
      store.changed()
    },
    subscribe: (draw: Drawing) => void drawings.push(draw),
    changed() {
      isDue = false
      const { seats } = store.view
      prefix = commonPrefix(seats)
      students = seats.flatMap(({ source, student, sameAs }, place) =>
        student !== undefined && sameAs === undefined ? [{ place, source, student }] : [],
      )
      for (const draw of drawings) draw()
    },
  }
  return store
}

const LONGEST_LABEL = 5

/** How much all names begin with, up to a mark between parts of a name. */
function commonPrefix(seats: readonly Seat[]): number {
  const [first = '', ...others] = seats.map(({ source }) => source)
  let length = first.length
  for (const source of others) while (!source.startsWith(first.slice(0, length))) length--
  return others.length === 0 ? 0 : first.slice(0, length).search(/[^.:#-]*$/)
}
