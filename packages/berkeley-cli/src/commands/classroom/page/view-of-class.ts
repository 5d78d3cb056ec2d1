// Makes the page's view of a class from what the hosts said so far.
// Rule: a place in `seats` is a place in the list of hosts, whatever has come in.
import { explainRepeat } from '../report-text.ts'
import { type Candidate, enrol, type Member } from '../roster.ts'
import { rankPairs } from '../similarity.ts'
import { SIZES } from '../student.ts'
import type { ClassView, Seat, Summary } from './class-view.ts'

/** More seats than a page can sensibly show. */
export const MOST_SEATS = 2000

export interface Progress {
  readonly state: Summary['state']
  /** How many of the most similar pairs to list. */
  readonly pairs: number
  readonly time: Date
}

/** The view while `candidates`, at the places of their hosts, have come in. */
export function viewClass(
  sources: readonly string[],
  candidates: readonly (Candidate | undefined)[],
  progress: Progress,
): ClassView {
  const { sameAs, summary } = summarize(candidates, progress)
  const seats = sources.map((source, place) => seatOf(source, candidates[place], sameAs))
  return { sizes: SIZES, seats, unseated: 0, ...summary }
}

/** The view of a class that is complete. Of a very large one only students are shown, and not all. */
export function viewCompleteClass(candidates: readonly Candidate[], pairs: number, time: Date): ClassView {
  const isTooLarge = candidates.length > MOST_SEATS
  const shown = isTooLarge
    ? candidates.filter((candidate) => 'student' in candidate).slice(0, MOST_SEATS)
    : candidates
  const sources = shown.map(({ source }) => source)
  const view = viewClass(sources, shown, { state: 'done', pairs, time })
  return { ...view, unseated: candidates.length - shown.length }
}

interface Summarized {
  readonly summary: Summary
  /** Whose record is counted instead, for those that are not. */
  readonly sameAs: ReadonlyMap<Candidate, string>
}

export function summarize(
  candidates: readonly (Candidate | undefined)[],
  { state, pairs: wanted, time }: Progress,
): Summarized {
  const places = new Map<Candidate, number>()
  for (const [place, candidate] of candidates.entries()) if (candidate) places.set(candidate, place)
  const { members, repeats } = enrol([...places.keys()])
  const { pairs, unlistedTies } = rankPairs(
    members.map(({ student }) => student),
    wanted,
  )
  const placeOf = (member: number) => places.get(members[member]!)!
  const summary = {
    state,
    answered: places.size,
    pairs: pairs.map(({ rank, first, second, distance }) => ({
      rank,
      first: placeOf(first),
      second: placeOf(second),
      distance,
    })),
    unlistedTies,
    repeats: repeats.map(explainRepeat),
    time: time.toISOString(),
  }
  return { summary, sameAs: uncounted([...places.keys()], members) }
}

export function seatOf(
  source: string,
  candidate: Candidate | undefined,
  sameAs: ReadonlyMap<Candidate, string>,
): Seat {
  if (candidate === undefined) return { source }
  if ('failure' in candidate) return { source, trouble: candidate.failure.detail }
  const counted = sameAs.get(candidate)
  const { student } = candidate
  return counted === undefined ? { source, student } : { source, student, sameAs: counted }
}

function uncounted(candidates: readonly Candidate[], members: readonly Member[]): Map<Candidate, string> {
  const counted = new Set<Candidate>(members)
  const byId = new Map(members.map(({ source, student }) => [String(student.id), source]))
  const others = candidates.filter((candidate) => 'student' in candidate && !counted.has(candidate))
  return new Map(others.map((other) => [other, byId.get(String((other as Member).student.id)) ?? '']))
}
