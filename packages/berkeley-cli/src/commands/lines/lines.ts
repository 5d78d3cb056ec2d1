// `berkeley lines`: sends a text file line by line, waits for each answer, and says how long they took.
// Rule: whatever ends it - the file, a failure, Ctrl-C - the statistics of what was answered are printed.
import { SOCK_DGRAM, SOCK_STREAM } from 'berkeley'
import { formatBytes, formatCount, formatSeconds } from '../../amounts.ts'
import { connectTo } from '../../connect-endpoint.ts'
import { type Endpoint, formatEndpoint } from '../../endpoint.ts'
import { CommandFailure } from '../../exit-status.ts'
import { type FileLine, linesOf } from '../../file-lines.ts'
import { printable } from '../../printable.ts'
import { type CommonOptions, Reporter } from '../../reporter.ts'
import type { Session } from '../../session.ts'
import { type AnswerKind, Asking, NoAnswer } from './asking.ts'
import { Durations } from './durations.ts'

export interface LinesOptions extends CommonOptions {
  readonly datagram?: boolean
  readonly answer: AnswerKind
  readonly crlf?: boolean
  readonly timeout: number
  readonly lineLimit: number
}

interface Counts {
  lines: number
  blank: number
  lost: number
  sent: number
  received: number
}

export async function lines(
  path: string,
  endpoint: Endpoint,
  options: LinesOptions,
  { terminal, interruption }: Session,
): Promise<void> {
  const { signal } = interruption
  const { timeout, datagram = false } = options
  const reporter = new Reporter(terminal, options)
  const type = datagram ? SOCK_DGRAM : SOCK_STREAM
  const socket = await connectTo(endpoint, { type, timeout, signal })
  reporter.detail(`Connected to ${formatEndpoint(endpoint)}.`)
  const counts: Counts = { lines: 0, blank: 0, lost: 0, sent: 0, received: 0 }
  const durations = new Durations()
  const began = performance.now()
  try {
    const asking = new Asking(socket, { ...options, datagram, signal })
    for await (const line of linesOf(path, options.lineLimit, signal)) {
      if (isBlank(line)) counts.blank++
      else await send(line, asking, counts, durations, options, reporter)
    }
  } finally {
    socket.close()
    sayStatistics(counts, durations, (performance.now() - began) / 1000, reporter)
  }
  if (counts.lost > 0) throw new CommandFailure(`${formatCount(counts.lost)} lines were not answered`)
}

function isBlank({ text }: FileLine): boolean {
  return text.toString('latin1').trim() === ''
}

async function send(
  { number, text }: FileLine,
  asking: Asking,
  counts: Counts,
  durations: Durations,
  { crlf }: LinesOptions,
  reporter: Reporter,
): Promise<void> {
  const question = Buffer.concat([text, Buffer.from(crlf ? '\r\n' : '\n')])
  const began = performance.now()
  counts.lines++
  try {
    const bytes = await asking.ask(question)
    const seconds = (performance.now() - began) / 1000
    durations.add(seconds)
    counts.sent += question.length
    counts.received += bytes.length
    if (reporter.quiet) return
    const answer = bytes.toString('utf8')
    reporter.result({ event: 'answer', line: number, seconds, answer }, () => {
      return `${formatSeconds(seconds).padStart(8)}  ${printable(answer.replace(/\r?\n$/, ''))}`
    })
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error
    if (!error.isLoss) throw new CommandFailure(`line ${number}: ${error.message}`)
    counts.lost++
    reporter.event({ event: 'lost', line: number })
    if (!reporter.json) reporter.say(`line ${number}: ${error.message}`)
  }
}

function sayStatistics(counts: Counts, durations: Durations, seconds: number, reporter: Reporter): void {
  const statistics = durations.statistics()
  const answered = statistics ?? { min: null, median: null, p99: null, max: null, mean: null }
  reporter.result({ event: 'statistics', ...counts, seconds, ...answered }, () => {
    const total =
      `${formatCount(counts.lines)} lines (${formatCount(counts.blank)} blank ones skipped), ` +
      `${formatCount(counts.lost)} lost; sent ${formatBytes(counts.sent)}, ` +
      `received ${formatBytes(counts.received)}; total ${formatSeconds(seconds)}`
    if (statistics === null) return total
    const { min, median, p99, max, mean } = statistics
    const times = Object.entries({ min, median, p99, max, mean })
    const spread = times.map(([name, time]) => `${name} ${formatSeconds(time)}`).join('  ')
    return `${reporter.quiet ? '' : '\n'}${total}\n${spread}\n\n${durations.histogram()}`
  })
}
