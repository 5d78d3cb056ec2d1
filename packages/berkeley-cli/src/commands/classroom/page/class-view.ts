// The class as the page shows it: what the browser gets as JSON, at once or bit by bit.
// Rule: types only; both sides import them, and the browser nothing else of ours.

/** A host, or an entry of a file, at its place in the class. */
export interface Seat {
  /** The host's name. */
  readonly source: string
  /** Its student, if it gave a valid record. */
  readonly student?: {
    readonly id: string | number
    readonly height: number
    readonly weight: number
    readonly size: string
  }
  /** Why it gave none. */
  readonly trouble?: string
  /** The source that gave the same id before and is counted instead. */
  readonly sameAs?: string
}

/** Two seats that are alike. */
export interface AlikePair {
  /** Pairs that are equally alike share it. */
  readonly rank: number
  readonly first: number
  readonly second: number
  readonly distance: number
}

/** What changes while the hosts answer. */
export interface Summary {
  readonly state: 'waiting' | 'scanning' | 'done'
  readonly answered: number
  readonly pairs: readonly AlikePair[]
  /** How many pairs are as alike as the last one, and not in `pairs`. */
  readonly unlistedTies: number
  /** Ids that came more than once, in words. */
  readonly repeats: readonly string[]
  /** When it was so, in ISO 8601. */
  readonly time: string
}

export interface ClassView extends Summary {
  /** All clothes sizes, from small to large. */
  readonly sizes: readonly string[]
  readonly seats: readonly Seat[]
  /** How many hosts have no seat because there are too many. */
  readonly unseated: number
}

/** What a page that follows the scan is told. */
export interface Update extends Summary {
  readonly changed: readonly (readonly [place: number, seat: Seat])[]
}
