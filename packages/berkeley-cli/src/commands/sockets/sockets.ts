// `berkeley sockets`: the sockets of this network namespace, as the kernel's socket diagnostics tell them.
// Rule: one snapshot is one line of results for each socket; --watch takes one after another until Ctrl-C.
import { setTimeout as pause } from 'node:timers/promises'
import { DiagSocket } from 'berkeley/netlink'
import { AddressError } from '../../addresses.ts'
import { UsageError } from '../../exit-status.ts'
import { type NetworkRange, parseNetworkRange } from '../../network-range.ts'
import { type CommonOptions, Reporter } from '../../reporter.ts'
import { Screen } from '../../screen.ts'
import type { Session } from '../../session.ts'
import { type Entry, KINDS, type SocketKind, takeSnapshot } from './entries.ts'
import { type Filter, isWanted } from './filter.ts'
import { ALL, LISTENING, parseStates, TALKING } from './states.ts'
import { formatTable, recordOf } from './table.ts'

export interface SocketsOptions extends CommonOptions, Partial<Record<SocketKind, boolean>> {
  readonly all?: boolean
  readonly listening?: boolean
  readonly state?: readonly string[]
  readonly port?: readonly number[]
  readonly localPort?: readonly number[]
  readonly peerPort?: readonly number[]
  readonly address?: readonly string[]
  readonly pid?: readonly number[]
  readonly info?: boolean
  readonly processes: boolean
  readonly watch?: number | true
}

const WATCH_SECONDS = 1
/** Of a name on a screen, so that the columns behind it can be seen as well. */
const WIDEST = 30

export async function sockets(options: SocketsOptions, session: Session): Promise<void> {
  const { terminal, interruption } = session
  const reporter = new Reporter(terminal, options)
  const asked = KINDS.filter((kind) => options[kind])
  const kinds = new Set(asked.length > 0 ? asked : KINDS)
  const filter = filterOf(options)
  const withOwners = options.processes || filter.pids.length > 0
  const told = new Set<string>()
  const diag = new DiagSocket()
  try {
    const look = async (): Promise<Entry[]> => {
      const { entries, gaps } = await takeSnapshot(diag, kinds, withOwners, interruption.signal)
      for (const gap of gaps) if (!told.has(gap)) reporter.detail(gap)
      for (const gap of gaps) told.add(gap)
      return sorted(entries.filter((entry) => isWanted(entry, filter)))
    }
    if (options.watch === undefined) print(await look(), options, reporter)
    else await watch(look, options, reporter, session)
  } finally {
    diag.close()
  }
}

function filterOf(options: SocketsOptions): Filter {
  const { port = [], localPort = [], peerPort = [], address = [], pid = [] } = options
  return {
    states: statesOf(options),
    ports: port,
    localPorts: localPort,
    peerPorts: peerPort,
    addresses: address.map(rangeOf),
    pids: pid,
  }
}

function statesOf({ all, listening, state }: SocketsOptions): ReadonlySet<number> {
  if (state !== undefined) return parseStates(state)
  if (all) return ALL
  return listening ? LISTENING : TALKING
}

function rangeOf(text: string): NetworkRange {
  try {
    return parseNetworkRange(text)
  } catch (error) {
    if (error instanceof AddressError) throw new UsageError(error.message)
    throw error
  }
}

/** By kind, then those that listen, then by port. */
function sorted(entries: Entry[]): Entry[] {
  const place = ({ kind }: Entry) => KINDS.indexOf(kind)
  return entries.sort(
    (a, b) =>
      place(a) - place(b) ||
      (a.kind === 'unix' ? 0 : (a.local.port ?? 0) - (b.local.port ?? 0)) ||
      a.local.host.localeCompare(b.local.host) ||
      a.inode - b.inode,
  )
}

function print(entries: readonly Entry[], options: SocketsOptions, reporter: Reporter): void {
  const { terminal } = reporter
  if (reporter.json) for (const entry of entries) reporter.result(recordOf(entry), () => '')
  else if (entries.length > 0) {
    terminal.print(formatTable(entries, options, terminal.resultColors).join('\n'))
  }
  reporter.detail(`${entries.length} sockets.`)
}

async function watch(
  look: () => Promise<Entry[]>,
  options: SocketsOptions,
  reporter: Reporter,
  { terminal, interruption: { signal } }: Session,
): Promise<void> {
  const seconds = options.watch === true || options.watch === undefined ? WATCH_SECONDS : options.watch
  const screen = process.stdout.isTTY && !reporter.json ? new Screen(process.stdout) : null
  try {
    while (!signal.aborted) {
      const entries = await look()
      const time = new Date().toISOString()
      if (screen !== null) {
        const { bold, dim } = terminal.resultColors
        const title = `${bold(`${entries.length} sockets`)}  ${dim(`${time.slice(11, 19)}, every ${seconds} s; Ctrl-C ends`)}`
        screen.draw([
          title,
          '',
          ...formatTable(entries, { ...options, widest: WIDEST }, terminal.resultColors),
        ])
      } else if (reporter.json) {
        for (const entry of entries) reporter.result({ time, ...recordOf(entry) }, () => '')
      } else {
        terminal.print(time)
        print(entries, options, reporter)
      }
      await pause(seconds * 1000, undefined, { signal }).catch(() => {})
    }
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    screen?.leave()
  }
}
