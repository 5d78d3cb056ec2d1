// `berkeley classroom scan`: asks a class for its records and finds the most similar students.
// Rule: results on standard output, explanations on standard error; exactly one of table, JSON and CSV is
//       printed.
import { AddressError, parseTargets, type Target } from '../../addresses.ts'
import { CommandFailure, UsageError } from '../../exit-status.ts'
import { NO_PROGRESS, startProgress } from '../../progress.ts'
import type { Session } from '../../session.ts'
import type { Terminal } from '../../terminal.ts'
import { readRecords } from './records-file.ts'
import { formatCsv } from './report-csv.ts'
import { formatJson } from './report-json.ts'
import { explainRoster, printPairs, printTable } from './report-text.ts'
import { type Candidate, enrol, type Roster } from './roster.ts'
import { scanHosts } from './scan-hosts.ts'
import { rankPairs, type Similarity } from './similarity.ts'
import type { WebOptions } from './watch.ts'

export interface ReportOptions {
  readonly pairs: number
  readonly json?: boolean
  readonly csv?: boolean
  readonly quiet?: boolean
}

export interface NetworkOptions {
  readonly concurrency: number
  readonly timeout: number
}

export interface ScanCommandOptions extends ReportOptions, NetworkOptions, WebOptions {
  readonly port: number
  readonly from?: string
}

export async function scan(
  addresses: readonly string[],
  options: ScanCommandOptions,
  session: Session,
): Promise<void> {
  if (options.web) {
    if (options.from !== undefined) throw new UsageError('--web scans; for a file there is report --from')
    const { watchScan } = await import('./watch.ts')
    return watchScan(targetsOf(addresses, options), options, session)
  }
  report(await collectClass(addresses, options, session), options, session.terminal)
}

/** The class, from the network or from a file. */
export async function collectClass(
  addresses: readonly string[],
  options: ScanCommandOptions,
  session: Session,
): Promise<Candidate[]> {
  const { from } = options
  if (from === undefined) return scanNetwork(targetsOf(addresses, options), options, session)
  if (addresses.length > 0) throw new UsageError('give either addresses or --from, not both')
  return readRecords(from)
}

/** The hosts that the command line names. */
export function targetsOf(addresses: readonly string[], { port }: { readonly port: number }): Target[] {
  if (addresses.length === 0) throw new UsageError('no addresses to scan, and no --from')
  try {
    return parseTargets(addresses, port)
  } catch (error) {
    if (error instanceof AddressError) throw new UsageError(error.message)
    throw error
  }
}

/** Asks all hosts, with a progress bar where it can be seen. */
export async function scanNetwork(
  targets: readonly Target[],
  { concurrency, timeout, quiet }: NetworkOptions & ReportOptions,
  { terminal, interruption }: Session,
): Promise<Candidate[]> {
  const progress = quiet ? NO_PROGRESS : startProgress(terminal, 'Scanning', targets.length)
  try {
    const { signal } = interruption
    return await scanHosts(targets, { concurrency, timeout, signal, onAnswer: () => progress.advance() })
  } finally {
    progress.stop()
  }
}

/** Prints the class; fails when nobody in it can be compared. */
export function report(candidates: readonly Candidate[], options: ReportOptions, terminal: Terminal): void {
  const roster = enrol(candidates)
  const students = roster.members.map(({ student }) => student)
  const similarity = rankPairs(students, options.pairs)
  if (!options.quiet) explainRoster(terminal, roster)
  printReport(roster, similarity, options, terminal)
  if (students.length === 0) throw new CommandFailure('no student found')
  if (students.length === 1) throw new CommandFailure('only one student found: nobody to compare with')
}

function printReport(
  roster: Roster,
  similarity: Similarity,
  { json, csv }: ReportOptions,
  terminal: Terminal,
): void {
  if (json) {
    terminal.print(formatJson(roster, similarity))
    return
  }
  if (csv) {
    terminal.print(formatCsv(roster.members))
    return
  }
  if (roster.members.length > 0) printTable(terminal, roster.members)
  if (similarity.pairs.length > 0) printPairs(terminal, roster.members, similarity)
}
