// Sockets as lines of a table, and as records.
import stringWidth from 'string-width'
import { firstCells, lastCells } from '../../cells.ts'
import { formatColumns } from '../../columns.ts'
import { nameOf } from '../../constant-names.ts'
import { printable } from '../../printable.ts'
import type { Colors } from '../../terminal.ts'
import type { Entry, Place } from './entries.ts'
import type { Owner } from './owners.ts'
import { shownState } from './states.ts'
import { describeTcp } from './tcp-details.ts'

const TIMERS = ['off', 'retransmit', 'keepalive', 'timewait', 'probe']
/** How many owners a line names; forked servers have dozens. */
const MOST_OWNERS = 3

export interface TableOptions {
  readonly info?: boolean | undefined
  /** The most characters of an address or a name. */
  readonly widest?: number
}

/** The heading, and a line for each; with `info` a second one for TCP connections. */
export function formatTable(
  entries: readonly Entry[],
  { info = false, widest = Number.POSITIVE_INFINITY }: TableOptions,
  { bold, dim }: Colors,
): string[] {
  const heading = ['netid', 'state', 'recv-q', 'send-q', 'local', 'peer', 'timer', 'process']
  const rows = entries.map((entry) => [
    entry.netid,
    shownState(entry.state),
    String(entry.receiveQueue),
    String(entry.sendQueue),
    ...[entry.local, entry.peer].map((place) => shortened(printable(shownPlace(entry, place)), widest)),
    shownTimer(entry),
    shownOwners(entry.owners),
  ])
  // Where no timer runs its column would only take room.
  const columns = heading
    .map((_, column) => column)
    .filter((column) => column !== 6 || rows.some((row) => row[6] !== ''))
  const chosen = [heading, ...rows].map((row) => columns.map((column) => row[column] ?? ''))
  const alignments = columns.map((column) => (column === 2 || column === 3 ? 'right' : 'left'))
  const [first = '', ...lines] = formatColumns(chosen, alignments)
  const withInfo = lines.flatMap((line, place) => {
    const details = info ? describeTcp(entries[place]!) : []
    return [line, ...details.map((each) => dim(`       ${each}`))]
  })
  return [bold(first), ...withInfo]
}

/** Without its middle, if it is too long: the ends of paths tell most. */
function shortened(text: string, widest: number): string {
  if (stringWidth(text) <= widest) return text
  const half = Math.floor((widest - 1) / 2)
  return `${firstCells(text, half)}…${lastCells(text, half)}`
}

export function shownPlace(entry: Entry, { host, port }: Place): string {
  switch (entry.kind) {
    case 'packet':
      return host
    case 'unix':
      return `${host} ${port}`
    case 'netlink':
      return port === null ? host : `${host}:${port}`
    case 'raw':
      return `${bracketed(entry, host)}:${port === 0 || port === null ? '*' : protocolName(port)}`
    default:
      return `${bracketed(entry, host)}:${port === 0 ? '*' : port}`
  }
}

function bracketed({ isDual, interface: device }: Entry, host: string): string {
  const zone = device === null ? '' : `%${device}`
  if (!host.includes(':')) return `${host}${zone}`
  return host === '::' && isDual ? `*${zone}` : `[${host}]${zone}`
}

function protocolName(protocol: number): string {
  return nameOf('IPPROTO_', protocol).replace('IPPROTO_', '').toLowerCase()
}

function shownTimer({ timer }: Entry): string {
  if (timer === null) return ''
  const tries = timer.retries === 0 ? '' : ` ×${timer.retries}`
  return `${TIMERS[timer.kind] ?? timer.kind} ${shownDuration(timer.milliseconds)}${tries}`
}

function shownDuration(milliseconds: number): string {
  if (milliseconds < 10_000) return `${(milliseconds / 1000).toFixed(1)}s`
  const seconds = Math.round(milliseconds / 1000)
  return seconds < 600 ? `${seconds}s` : `${Math.round(seconds / 60)}min`
}

function shownOwners(owners: readonly Owner[]): string {
  const shown = owners.slice(0, MOST_OWNERS).map(({ name, pid, fd }) => `${printable(name)}[${pid}]:${fd}`)
  const more = owners.length - shown.length
  return `${shown.join(' ')}${more > 0 ? ` +${more}` : ''}`
}

/** What --json prints. */
export function recordOf(entry: Entry): object {
  const { kind, netid, state, timer, tcpInfo, local, peer, ...rest } = entry
  const place = ({ host, port }: Place) => (kind === 'unix' ? { name: host, inode: port } : { host, port })
  return {
    kind,
    netid,
    state: shownState(state),
    local: place(local),
    peer: place(peer),
    ...rest,
    timer: timer === null ? null : { ...timer, kind: TIMERS[timer.kind] ?? timer.kind },
    tcpInfo,
  }
}
