// `berkeley options`: the options of a fresh socket, or of one that a running process has open.
// Rule: looking changes nothing. What the socket would forget is not asked of a socket of somebody else.
import { close, OSError, Socket } from 'berkeley'
import { fromProcess } from 'berkeley/options'
import { formatColumns } from '../../columns.ts'
import { constantsOf, nameOf, numberOf } from '../../constant-names.ts'
import { CommandFailure, UsageError } from '../../exit-status.ts'
import { printable } from '../../printable.ts'
import { type CommonOptions, Reporter } from '../../reporter.ts'
import type { Session } from '../../session.ts'
import { socketsOf } from './processes.ts'
import { kindOf, type Reading, readOptions, type Wanted } from './read.ts'
import { OPTIONS } from './table.ts'

export interface OptionsOptions extends CommonOptions {
  readonly pid?: number
  readonly fd?: number
  readonly level?: readonly string[]
  readonly name?: readonly string[]
  readonly all?: boolean
}

export function options(words: readonly string[], given: OptionsOptions, session: Session): void {
  const { pid, fd } = given
  const wanted: Wanted = { levels: levelsNamed(given.level), names: given.name ?? [] }
  const report = new Report(new Reporter(session.terminal, given), given.all ?? false)
  if (pid === undefined) {
    if (fd !== undefined) throw new UsageError('--fd is a descriptor of a process: name it with --pid')
    showFresh(words, wanted, report)
  } else {
    if (words.length > 0) throw new UsageError('give either a family and type or --pid, not both')
    for (const each of fd === undefined ? socketsOf(pid) : [fd]) showForeign(pid, each, wanted, report)
    if (report.sockets === 0) throw new CommandFailure(`process ${pid} has no socket open`)
  }
  if (report.shown === 0) throw new CommandFailure('no such option, or the kernel refuses it; --all says why')
}

function showFresh([family, type, protocol]: readonly string[], wanted: Wanted, report: Report): void {
  if (family === undefined) throw new UsageError('name a family, as inet, or a process with --pid')
  const numbers: [number, number, number] = [
    numberNamed('AF_', 'family', family),
    numberNamed('SOCK_', 'type', type ?? (family.toLowerCase() === 'netlink' ? 'raw' : 'stream')),
    protocol === undefined ? 0 : numberNamed(protocolPrefix(family), 'protocol', protocol),
  ]
  const socket = new Socket(...numbers)
  try {
    report.show(readOptions(socket.fileno(), wanted, false), describe(socket.fileno()), {})
  } finally {
    socket.close()
  }
}

function showForeign(pid: number, fd: number, wanted: Wanted, report: Report): void {
  const copy = duplicate(pid, fd)
  try {
    report.show(readOptions(copy, wanted, true), `descriptor ${fd}, ${describe(copy)}`, { pid, fd })
  } catch (error) {
    if (!(error instanceof OSError && error.code === 'ENOTSOCK')) throw error
    throw new CommandFailure(`descriptor ${fd} of process ${pid} is not a socket`)
  } finally {
    close(copy)
  }
}

const REASONS: Readonly<Record<string, (pid: number, fd: number) => string>> = {
  ESRCH: (pid) => `there is no process ${pid}`,
  EBADF: (pid, fd) => `process ${pid} has no descriptor ${fd}`,
  EPERM: (pid) => `process ${pid} may not be looked into: that takes what ptrace takes (CAP_SYS_PTRACE)`,
  ENOSYS: () => 'this kernel is too old: pidfd_getfd came with Linux 5.6',
}

function duplicate(pid: number, fd: number): number {
  try {
    return fromProcess(pid, fd)
  } catch (error) {
    const reason = error instanceof OSError ? REASONS[error.code] : undefined
    if (reason === undefined) throw error
    throw new CommandFailure(reason(pid, fd))
  }
}

function describe(fd: number): string {
  const { family, type, protocol } = kindOf(fd)
  const prefix = protocolPrefix(nameOf('AF_', family).slice('AF_'.length))
  const name = protocol === 0 && prefix === 'IPPROTO_' ? '' : ` ${nameOf(prefix, protocol)}`
  return `${nameOf('AF_', family)} ${nameOf('SOCK_', type)}${name}`
}

/** How the protocols of a family begin. */
function protocolPrefix(family: string): string {
  const name = family.toUpperCase().replace(/^AF_/, '')
  const prefixes: Readonly<Record<string, string>> = {
    NETLINK: 'NETLINK_',
    PACKET: 'ETH_P_',
    CAN: 'CAN_',
    BLUETOOTH: 'BTPROTO_',
  }
  return prefixes[name] ?? 'IPPROTO_'
}

function numberNamed(prefix: string, what: string, text: string): number {
  const number = /^\d{1,5}$/.test(text) ? Number(text) : numberOf(prefix, text)
  if (number !== undefined) return number
  const known = [...constantsOf(prefix).keys()].map((name) => name.slice(prefix.length).toLowerCase())
  throw new UsageError(`${what} '${printable(text)}' is none of ${known.join(', ')}`)
}

function levelsNamed(given: readonly string[] | undefined): string[] | null {
  if (given === undefined) return null
  const known = Object.keys(OPTIONS)
  return given.map((text) => {
    const name = text.toUpperCase()
    const level = known.find((each) => each === name || each.replace(/^(SOL|AF)_/, '') === name)
    if (level === undefined) {
      throw new UsageError(`level '${printable(text)}' is none of ${known.join(', ')}`)
    }
    return level
  })
}

/** Prints what was read, and counts it. */
class Report {
  sockets = 0
  shown = 0
  readonly #reporter: Reporter
  readonly #all: boolean

  constructor(reporter: Reporter, all: boolean) {
    this.#reporter = reporter
    this.#all = all
  }

  show(readings: readonly Reading[], title: string, place: { pid?: number; fd?: number }): void {
    const wanted = readings.filter((reading) => this.#all || 'value' in reading)
    this.sockets++
    this.shown += wanted.length
    if (this.#reporter.json) {
      for (const reading of wanted) this.#reporter.result({ ...place, ...reading }, () => '')
      return
    }
    if (wanted.length > 0) this.#reporter.terminal.print(this.#table(wanted, title))
    const refused = readings.length - wanted.length
    if (refused > 0) this.#reporter.detail(`${refused} options were refused; --all shows them.`)
  }

  #table(readings: readonly Reading[], title: string): string {
    const { bold, cyan, dim } = this.#reporter.terminal.resultColors
    const lines = this.sockets > 1 ? ['', bold(title)] : [bold(title)]
    const rows = readings.flatMap((reading) => {
      const [first = '', ...more] = 'value' in reading ? linesOf(reading.value) : [reasonOf(reading)]
      return [[`  ${reading.option}`, first], ...more.map((line) => ['', line])].map((row) => ({
        row,
        reading,
      }))
    })
    const aligned = formatColumns(
      rows.map(({ row }) => row),
      ['left', 'left'],
    )
    let level = ''
    for (const [place, { reading }] of rows.entries()) {
      if (reading.level !== level) lines.push(cyan(reading.level))
      level = reading.level
      const line = aligned[place] ?? ''
      lines.push('value' in reading ? line : dim(line))
    }
    return lines.join('\n')
  }
}

function reasonOf({ refused, message }: { refused: string; message: string }): string {
  return `${refused}: ${printable(message)}`
}

// What is left of a line of a terminal beside the longest name.
const WIDTH = 90

/** A value on one line, or on as many as its members need. */
function linesOf(value: unknown): string[] {
  const whole = shown(value)
  if (whole.length <= WIDTH || typeof value !== 'object' || value === null) return [whole]
  const lines: string[] = []
  const texts = Array.isArray(value)
    ? rangesOf(value)
    : Object.entries(value).map(([name, member]) => `${name}: ${shown(member)}`)
  for (const text of texts) {
    const last = lines.at(-1)
    if (last === undefined || last.length + text.length > WIDTH) lines.push(`${text},`)
    else lines[lines.length - 1] = `${last} ${text},`
  }
  return lines.map((line, place) => (place === lines.length - 1 ? line.slice(0, -1) : line))
}

/** The members as text; numbers that follow on each other as `0–31`. */
function rangesOf(values: readonly unknown[]): string[] {
  const ranges: string[] = []
  for (let at = 0; at < values.length; at++) {
    const [first, begin] = [values[at], at]
    while (typeof first === 'number' && values[at + 1] === first + (at + 1 - begin)) at++
    ranges.push(at - begin < 2 ? shown(first) : `${first}–${values[at]}`)
    if (at - begin === 1) at = begin
  }
  return ranges
}

/** As JSON without its quotes: `{ onoff: false, linger: 0 }`, `cubic`, `1`. */
function shown(value: unknown): string {
  if (value === '' || (Array.isArray(value) && value.length === 0)) return '–'
  if (typeof value === 'string') return printable(value)
  if (Array.isArray(value)) return `[${rangesOf(value).join(', ')}]`
  if (typeof value !== 'object' || value === null) return String(value)
  const members = Object.entries(value).map(([name, member]) => `${name}: ${shown(member)}`)
  return `{ ${members.join(', ')} }`
}
