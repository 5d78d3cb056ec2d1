// The class as it came in: who said what, each student once.
// Rule: the first host with an id is the student; what others say of the same id is reported, never merged.
import type { Failure } from './failure.ts'
import { isSameBody, type Student, studentKey } from './student.ts'

/** A valid record, and where it came from: a host, or a place in a file. */
export interface Member {
  readonly source: string
  readonly student: Student
}

export interface Absentee {
  readonly source: string
  readonly failure: Failure
}

/** What was learnt from one source. */
export type Candidate = Member | Absentee

/** An id that came more than once. */
export interface Repeat {
  readonly id: string | number
  /** All sources, the one that counts first. */
  readonly sources: readonly [string, ...string[]]
  /** Whether they tell different bodies. */
  readonly isContradictory: boolean
}

export interface Roster {
  /** How many sources there were. */
  readonly total: number
  readonly members: readonly Member[]
  readonly absentees: readonly Absentee[]
  readonly repeats: readonly Repeat[]
}

/** Sorts the candidates out, each list in the order given. */
export function enrol(candidates: readonly Candidate[]): Roster {
  const absentees: Absentee[] = []
  const members = new Map<string | number, Member>()
  const doubles = new Map<string | number, Member[]>()
  for (const candidate of candidates) {
    if ('failure' in candidate) {
      absentees.push(candidate)
      continue
    }
    const key = studentKey(candidate.student)
    if (!members.has(key)) members.set(key, candidate)
    else appendTo(doubles, key, candidate)
  }
  const repeats = Array.from(doubles, ([key, others]) => repeatOf(members.get(key)!, others))
  return { total: candidates.length, members: [...members.values()], absentees, repeats }
}

function repeatOf({ source, student }: Member, others: readonly Member[]): Repeat {
  return {
    id: student.id,
    sources: [source, ...others.map((other) => other.source)],
    isContradictory: others.some((other) => !isSameBody(student, other.student)),
  }
}

function appendTo(lists: Map<string | number, Member[]>, key: string | number, member: Member): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [member])
  else list.push(member)
}
