// `berkeley ping`: echo requests to a host, and statistics at the end.
// Rule: Ctrl-C is the normal end of it: the statistics are printed, and the exit status is ping's: 0 if there was an answer, 1
//       if there was none, 2 for anything else.
import { AF_INET, AF_INET6, AF_UNSPEC, gaierror, getaddrinfo, OSError, SOCK_RAW } from 'berkeley'
import { isHostName } from '../../addresses.ts'
import { numericFamily } from '../../endpoint.ts'
import { CommandFailure, EXIT_FAILED, EXIT_USAGE, UsageError } from '../../exit-status.ts'
import { reasonOf } from '../../failure-reason.ts'
import { printable } from '../../printable.ts'
import { type CommonOptions, Reporter } from '../../reporter.ts'
import type { Session } from '../../session.ts'
import { type EchoSettings, EchoSocket, type SocketChoice } from './echo-socket.ts'
import { type Answer, type Listener, PingSession, type Trouble } from './session.ts'
import type { Statistics } from './statistics.ts'

export interface PingOptions extends CommonOptions {
  readonly '4'?: boolean
  readonly '6'?: boolean
  readonly count?: number
  readonly interval: number
  readonly size: number
  readonly ttl?: number
  readonly timeout: number
  readonly deadline?: number
  readonly interface?: string
  readonly socket: SocketChoice
}

/** What shells know from ping: neither an answer nor none, but no way to ask. */
class CannotPing extends CommandFailure {
  override readonly exitStatus = EXIT_USAGE
}

/** No answer came; the statistics have said so. */
class NoAnswer extends CommandFailure {
  override readonly exitStatus = EXIT_FAILED
}

/** Below this, only root: others would be a nuisance. */
const LEAST_INTERVAL = 0.2
const LEAST_INTERVAL_OF_ROOT = 0.002

export async function ping(
  host: string,
  options: PingOptions,
  { terminal, interruption }: Session,
): Promise<void> {
  const reporter = new Reporter(terminal, options)
  checkInterval(options.interval)
  const { signal } = interruption
  const place = await findHost(host, options, signal)
  const socket = openSocket(place.family, options)
  const deadline = options.deadline === undefined ? [] : [AbortSignal.timeout(options.deadline * 1000)]
  try {
    await connect(socket, place.address, host)
    const shown = place.numeric === host ? host : `${printable(host)} (${place.numeric})`
    reporter.say(`Pinging ${shown} with ${options.size} bytes, by a ${socket.kind} socket; Ctrl-C ends.`)
    const { count = null, interval, timeout, size } = options
    const plan = { count, intervalSeconds: interval, timeoutSeconds: timeout, size }
    const session = new PingSession(socket, plan, makeListener(reporter))
    const start = performance.now()
    await session.run(AbortSignal.any([signal, ...deadline]))
    summarize(host, session.statistics, performance.now() - start, reporter)
    if (session.statistics.received === 0) throw new NoAnswer(`no answer from ${printable(host)}`)
    if (deadline.length > 0 && count !== null && session.statistics.received < count) {
      throw new NoAnswer(
        `only ${session.statistics.received} of ${count} answers within ${options.deadline} s`,
      )
    }
  } finally {
    socket.close()
  }
}

function checkInterval(seconds: number): void {
  const least = process.geteuid?.() === 0 ? LEAST_INTERVAL_OF_ROOT : LEAST_INTERVAL
  if (seconds < least) throw new UsageError(`--interval must be at least ${least} s, or it would be a flood`)
}

interface Found {
  readonly family: typeof AF_INET | typeof AF_INET6
  readonly address: unknown
  readonly numeric: string
}

async function findHost(host: string, options: PingOptions, signal: AbortSignal): Promise<Found> {
  const wanted = options[4] ? AF_INET : options[6] ? AF_INET6 : AF_UNSPEC
  if (numericFamily(host) === null && !isHostName(host)) {
    throw new UsageError(`'${printable(host)}' is neither an address nor a host name`)
  }
  try {
    const [first] = await getaddrinfo(host, null, wanted, SOCK_RAW, 0, 0, { signal })
    const [family, , , , address] = first!
    return { family: family as Found['family'], address, numeric: address[0] }
  } catch (error) {
    if (!(error instanceof gaierror)) throw error
    throw new CannotPing(`${printable(host)}: ${reasonOf(error)}`)
  }
}

function openSocket(
  family: Found['family'],
  { ttl, interface: device, socket: choice }: PingOptions,
): EchoSocket {
  const settings: EchoSettings = { family, choice, ttl, interface: device }
  try {
    return new EchoSocket(settings)
  } catch (error) {
    if (!(error instanceof OSError)) throw error
    if (error.code === 'ENODEV') throw new CannotPing(`there is no interface ${printable(device ?? '')}`)
    if (error.code !== 'EPERM' && error.code !== 'EACCES') throw error
    throw new CannotPing(
      'not permitted: the group of this user is not in /proc/sys/net/ipv4/ping_group_range, and raw sockets need CAP_NET_RAW',
    )
  }
}

async function connect(socket: EchoSocket, address: unknown, host: string): Promise<void> {
  try {
    await socket.connect(address)
  } catch (error) {
    if (!(error instanceof OSError)) throw error
    const reason = error.code === 'EACCES' ? 'it is a broadcast address' : reasonOf(error)
    throw new CannotPing(`${printable(host)}: ${reason}`)
  }
}

function makeListener(reporter: Reporter): Listener {
  const { dim, red, yellow } = reporter.terminal.resultColors
  const show = (event: string, record: object, text: () => string) => {
    // With --quiet only the statistics are shown, as by ping -q.
    if (!reporter.quiet) reporter.result({ event, ...record }, text)
  }
  return {
    answered: (answer) => show('reply', answer, () => describeAnswer(answer, dim)),
    failed: (trouble) => show('error', trouble, () => red(describeTrouble(trouble))),
    timedOut: (sequence) => show('timeout', { sequence }, () => yellow(`seq=${sequence} no answer yet`)),
  }
}

function describeAnswer(answer: Answer, dim: (text: string) => string): string {
  const { bytes, from, sequence, ttl, milliseconds, clock, isDuplicate } = answer
  const remarks = [
    isDuplicate ? 'duplicate' : '',
    clock === 'program' ? "by this program's clock" : '',
  ].filter(Boolean)
  const time = `time=${milliseconds.toFixed(3)} ms`
  const note = remarks.length > 0 ? ` ${dim(`(${remarks.join(', ')})`)}` : ''
  return `${bytes} bytes from ${printable(from)}: seq=${sequence} ttl=${ttl ?? '?'} ${time}${note}`
}

function describeTrouble({ sequence, from, message }: Trouble): string {
  return `${from === null ? 'this machine' : `from ${printable(from)}`}: seq=${sequence} ${message}`
}

function summarize(host: string, statistics: Statistics, milliseconds: number, reporter: Reporter): void {
  const { sent, received, duplicates, errors, loss, times } = statistics
  const { bold } = reporter.terminal.resultColors
  const elapsed = Math.round(milliseconds)
  const record = {
    event: 'summary',
    host,
    sent,
    received,
    duplicates,
    errors,
    loss,
    milliseconds: elapsed,
    times,
  }
  reporter.result(record, () => {
    const more = [
      duplicates > 0 ? `${duplicates} duplicates` : '',
      errors > 0 ? `${errors} errors` : '',
      `${Number((loss * 100).toPrecision(3))} % lost`,
      `time ${elapsed} ms`,
    ].filter(Boolean)
    const lines = ['', bold(printable(host)), `${sent} sent, ${received} received, ${more.join(', ')}`]
    if (times === null) return lines.join('\n')
    const numbers = [times.min, times.average, times.max, times.deviation].map((each) => each.toFixed(3))
    return [...lines, `rtt min/avg/max/mdev = ${numbers.join('/')} ms`].join('\n')
  })
}
