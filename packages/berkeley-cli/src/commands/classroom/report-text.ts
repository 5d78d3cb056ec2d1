// A class for people: explanations on standard error; the table and the most similar pairs on standard
// output.
// Rule: each source that gave no valid record gets a line that says why.
import { formatColumns } from '../../columns.ts'
import type { Terminal } from '../../terminal.ts'
import type { Member, Repeat, Roster } from './roster.ts'
import type { Similarity, SimilarPair } from './similarity.ts'

// Longer tables are for programs: --json and --csv print all.
const LONGEST_TABLE = 300

/** Why some are missing, and which were counted once. */
export function explainRoster(terminal: Terminal, { total, absentees, repeats }: Roster): void {
  const { red, yellow } = terminal.remarkColors
  const reasons = absentees.map(({ source, failure }) => [source, failure.detail])
  const lines = [
    ...formatColumns(reasons, ['left', 'left']).map(red),
    ...repeats.map(explainRepeat).map(yellow),
    `${total - absentees.length} of ${total} gave a valid record.`,
  ]
  terminal.say(lines.join('\n'))
}

export function printTable(terminal: Terminal, members: readonly Member[]): void {
  const heading = ['host', 'id', 'height', 'weight', 'size']
  const rows = members.slice(0, LONGEST_TABLE).map(({ source, student: { id, height, weight, size } }) => {
    return [source, String(id), `${rounded(height)} cm`, `${rounded(weight)} kg`, size]
  })
  const [first = '', ...lines] = formatColumns([heading, ...rows], ['left', 'left', 'right', 'right', 'left'])
  terminal.print([terminal.resultColors.bold(first), ...lines].join('\n'))
  const more = members.length - LONGEST_TABLE
  if (more > 0) terminal.say(`… and ${plural(more, 'student')} more; --json and --csv print all.`)
}

export function printPairs(terminal: Terminal, members: readonly Member[], similarity: Similarity): void {
  const { bold, green } = terminal.resultColors
  const { pairs, unlistedTies } = similarity
  const rows = pairs.map((pair) => describePair(pair, members))
  const lines = formatColumns(rows, ['right', 'left', 'left', 'left'])
  const painted = lines.map((line, place) => (pairs[place]?.rank === 1 ? green(line) : line))
  terminal.print(
    ['', bold(`The most similar ${pairs.length === 1 ? 'pair' : 'pairs'}`), ...painted].join('\n'),
  )
  if (unlistedTies > 0) {
    terminal.print(`… and ${plural(unlistedTies, 'pair')} more at the same distance as the last.`)
  }
}

function describePair({ rank, first, second, distance }: SimilarPair, members: readonly Member[]): string[] {
  const [one, other] = [members[first]!, members[second]!]
  return [
    `${rank}.`,
    `${one.student.id} and ${other.student.id}`,
    `distance ${rounded(distance)}`,
    `(${describeDifference(one, other)}; ${one.source}, ${other.source})`,
  ]
}

function describeDifference({ student: one }: Member, { student: other }: Member): string {
  const steps = [
    stepOf(one.height, other.height, 'cm'),
    stepOf(one.weight, other.weight, 'kg'),
    one.size === other.size ? one.size : `${one.size} and ${other.size}`,
  ]
  return steps.join(', ')
}

function stepOf(one: number, other: number, unit: string): string {
  return one === other ? `same ${unit}` : `${rounded(Math.abs(one - other))} ${unit} apart`
}

/** An id that came more than once, in words. */
export function explainRepeat({ id, sources, isContradictory }: Repeat): string {
  const bodies = isContradictory ? ' with different bodies' : ''
  return `${sources.join(', ')} gave the same id ${id}${bodies}: counted once, as ${sources[0]} said`
}

/** As exact as people measure: 170.1 - 170 is 0.09999999999999432. */
function rounded(value: number): string {
  return String(Number(value.toPrecision(5)))
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
