// `berkeley lookup`: asks the system's resolver, and prints a table, or a line of JSON for each question.
// Rule: all questions are asked at once, and answered in the order in which they were asked.
import { AF_UNSPEC } from 'berkeley'
import { AddressError } from '../../addresses.ts'
import { formatColumns } from '../../columns.ts'
import { flagNames, numberOf } from '../../constant-names.ts'
import { CommandFailure, UsageError } from '../../exit-status.ts'
import { printable } from '../../printable.ts'
import { type CommonOptions, Reporter } from '../../reporter.ts'
import type { Session } from '../../session.ts'
import { type Answer, type Limits, lookUp, reasonOf } from './answers.ts'
import { parseFlags } from './flags.ts'
import { parseQuestion, type Question } from './questions.ts'

export interface LookupOptions extends CommonOptions {
  readonly family?: string
  readonly type?: string
  readonly flags?: readonly string[]
}

interface Result {
  readonly asked: string
  readonly milliseconds: number
  readonly answer: Answer | { readonly code: string; readonly message: string }
}

export async function lookup(
  words: readonly string[],
  given: LookupOptions,
  { terminal, interruption }: Session,
): Promise<void> {
  const reporter = new Reporter(terminal, given)
  const limits: Limits = {
    family: numberFor('AF_', 'family', given.family) ?? AF_UNSPEC,
    type: numberFor('SOCK_', 'type', given.type) ?? 0,
    flags: parseFlags(given.flags ?? []),
    signal: interruption.signal,
  }
  const questions = words.map((word) => ({ word, question: questionOf(word) }))
  reporter.detail(describeFlags(limits))
  const results = await Promise.all(questions.map(({ word, question }) => answer(word, question, limits)))
  if (reporter.json) for (const result of results) reporter.result(recordOf(result), () => '')
  else printTables(results, reporter)
  for (const { asked, milliseconds, answer: found } of results) {
    if ('code' in found) terminal.say(`${terminal.remarkColors.red(printable(asked))}: ${found.message}`)
    reporter.detail(`${printable(asked)}: ${milliseconds.toFixed(1)} ms`)
  }
  const missing = results.filter((result) => 'code' in result.answer).length
  if (missing > 0) throw new CommandFailure(`${missing} of ${results.length} not found`)
}

async function answer(asked: string, question: Question, limits: Limits): Promise<Result> {
  const start = performance.now()
  const time = () => performance.now() - start
  try {
    const found = await lookUp(question, limits)
    return { asked, milliseconds: time(), answer: found }
  } catch (error) {
    if (limits.signal.aborted) throw limits.signal.reason
    return { asked, milliseconds: time(), answer: reasonOf(error) }
  }
}

function questionOf(word: string): Question {
  try {
    return parseQuestion(word)
  } catch (error) {
    if (error instanceof AddressError) throw new UsageError(error.message)
    throw error
  }
}

function numberFor(prefix: string, what: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const number = numberOf(prefix, text)
  if (number === undefined) throw new UsageError(`${what} '${printable(text)}' is not known`)
  return number
}

function describeFlags({ flags }: Limits): string {
  const names = [...flagNames('AI_', flags.addresses), ...flagNames('NI_', flags.names)]
  return `Flags: AI_CANONNAME${names.map((name) => ` | ${name}`).join('')}`
}

function recordOf({ asked, milliseconds, answer: found }: Result): object {
  const rounded = Number(milliseconds.toFixed(3))
  return 'code' in found
    ? { asked, milliseconds: rounded, error: found }
    : { asked, milliseconds: rounded, ...found }
}

type Found<Kind extends Answer['kind']> = readonly [asked: string, answer: Extract<Answer, { kind: Kind }>]

function printTables(results: readonly Result[], { terminal }: Reporter): void {
  const of = <Kind extends Answer['kind']>(kind: Kind): Found<Kind>[] =>
    results.flatMap(({ asked, answer: found }) =>
      'kind' in found && found.kind === kind ? [[asked, found as Found<Kind>[1]] as const] : [],
    )
  const tables = [
    hostTable(of('host')),
    table(['address', 'name', 'service'], of('address'), (asked, { name, service }) => [
      [asked, name ?? '–', service ?? '–'],
    ]),
    table(['service', 'port', 'protocol'], of('service'), (_, { name, port, protocol }) => [
      [name, String(port), protocol],
    ]),
    table(['protocol', 'number'], of('protocol'), (_, { name, number }) => [[name, String(number)]]),
  ].filter((lines) => lines.length > 0)
  const { bold } = terminal.resultColors
  const text = tables.map(([first = '', ...lines]) => [bold(first), ...lines].join('\n'))
  if (text.length > 0) terminal.print(text.join('\n\n'))
}

function hostTable(found: readonly Found<'host'>[]): string[] {
  const heading = ['host', 'family', 'type', 'protocol', 'address', 'port', 'canonical name']
  return table(heading, found, (asked, { canonicalName, addresses }) =>
    addresses.map(({ family, type, protocol, address, port }, place) => {
      const name = place === 0 && canonicalName !== asked ? canonicalName : ''
      return [asked, short(family), short(type), short(protocol), address, String(port), name]
    }),
  )
}

/** The lines of a table, the first its heading; none for nothing. */
function table<Value>(
  heading: readonly string[],
  found: readonly (readonly [asked: string, answer: Value])[],
  rowsOf: (asked: string, answer: Value) => string[][],
): string[] {
  const rows = found.flatMap(([asked, each]) => rowsOf(asked, each))
  if (rows.length === 0) return []
  const cells = [heading, ...rows].map((row) => row.map(printable))
  return formatColumns(
    cells,
    heading.map((title) => (title === 'port' || title === 'number' ? 'right' : 'left')),
  )
}

/** `AF_INET6` as `inet6`. */
function short(name: string): string {
  return name.slice(name.indexOf('_') + 1).toLowerCase()
}
