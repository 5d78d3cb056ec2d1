// `berkeley sniff`: packets of an interface on one line each, into a file, or both.
// Rule: Ctrl-C is the normal end of it: then it says how many came, and how many the kernel had no room for.
import { readFileSync } from 'node:fs'
import type { SockFilter } from 'berkeley'
import { CommandFailure, UsageError } from '../../exit-status.ts'
import { hexDump } from '../../hex-dump.ts'
import { PcapFile } from '../../pcap.ts'
import { printable } from '../../printable.ts'
import { type CommonOptions, Reporter } from '../../reporter.ts'
import type { Session } from '../../session.ts'
import { Capture } from './capture.ts'
import { compileFilter } from './compile.ts'
import { decodePacket } from './decode-link.ts'
import { FilterError, parseFilter } from './expression.ts'
import type { Captured, Decoded } from './packet.ts'
import { parseProgram } from './tcpdump-program.ts'

export interface SniffOptions extends CommonOptions {
  readonly filter?: string
  readonly bpf?: string
  readonly count?: number
  readonly duration?: number
  readonly snap: number
  readonly hex?: boolean
  readonly write?: string
  readonly promiscuous: boolean
  readonly ddd?: boolean
}

export async function sniff(
  name: string,
  options: SniffOptions,
  { terminal, interruption }: Session,
): Promise<void> {
  const reporter = new Reporter(terminal, options)
  const program = programOf(options)
  if (options.ddd) {
    terminal.print(
      [program.length, ...program.map(({ code, jt, jf, k }) => `${code} ${jt} ${jf} ${k}`)].join('\n'),
    )
    return
  }
  if (options.write === '-' && !options.quiet)
    throw new UsageError('--write - needs --quiet: the packets go to standard output')
  const end = options.duration === undefined ? [] : [AbortSignal.timeout(options.duration * 1000)]
  const signal = AbortSignal.any([interruption.signal, ...end])
  const capture = await Capture.open({
    interface: name === 'any' ? null : name,
    isPromiscuous: options.promiscuous,
    program,
  })
  let file: PcapFile | null = null
  let count = 0
  try {
    file = options.write === undefined ? null : new PcapFile(options.write, capture.linkType)
    reporter.say(`Listening on ${name === 'any' ? 'all interfaces' : name}; Ctrl-C ends.`)
    for (let isOver = false; !isOver; ) {
      for (const packet of await capture.receive(signal)) {
        file?.write({ time: packet.time, data: packet.data, length: packet.length })
        if (!options.quiet) show(packet, capture, options, reporter)
        count++
        isOver = count === options.count
        if (isOver) break
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    const { packets, drops } = capture.statistics()
    file?.close()
    capture.close()
    const dropped =
      drops > 0 ? terminal.remarkColors.red(`${drops} dropped by the kernel`) : '0 dropped by the kernel'
    // Also with --quiet: who only writes a file has to know whether all is in it.
    terminal.say(`${count} packets captured, ${packets} passed the filter, ${dropped}.`)
  }
}

function programOf({ filter, bpf, snap }: SniffOptions): SockFilter[] {
  if (filter !== undefined && bpf !== undefined)
    throw new UsageError('give either --filter or --bpf, not both')
  try {
    if (bpf !== undefined) return parseProgram(readProgram(bpf))
    return compileFilter(filter === undefined || filter.trim() === '' ? null : parseFilter(filter), snap)
  } catch (error) {
    if (error instanceof FilterError) throw new UsageError(`${bpf ?? `filter '${filter}'`}: ${error.message}`)
    throw error
  }
}

function readProgram(path: string): string {
  try {
    return readFileSync(path === '-' ? 0 : path, 'utf8')
  } catch (error) {
    throw new CommandFailure(`cannot read ${path}: ${(error as Error).message}`)
  }
}

function show(packet: Captured, capture: Capture, { hex, verbose }: SniffOptions, reporter: Reporter): void {
  const { link, data } = capture.linkOf(packet)
  const decoded = decodePacket(data, link)
  reporter.result(recordOf(packet, decoded, hex ?? false), () => {
    const { dim, cyan } = reporter.terminal.resultColors
    const { ethernet } = decoded
    const frame = verbose && ethernet !== undefined ? `${ethernet.source} > ${ethernet.destination} ` : ''
    const place = `${printable(packet.interface)} ${packet.direction}`
    const line = `${dim(clockTime(packet.time))} ${cyan(place)} ${frame}${decoded.text}`
    return hex ? [line, ...hexDump(data).map((row) => dim(`    ${row}`))].join('\n') : line
  })
}

function recordOf(
  { time, interface: device, direction, data, length }: Captured,
  decoded: Decoded,
  hex: boolean,
): object {
  const seconds = new Date(Number(time / 1_000_000n)).toISOString().slice(0, 19)
  const nanoseconds = String(time % 1_000_000_000n).padStart(9, '0')
  const place = {
    time: `${seconds}.${nanoseconds}Z`,
    interface: device,
    direction,
    length,
    captured: data.length,
  }
  return { ...place, ...decoded, ...(hex ? { data: data.toString('hex') } : {}) }
}

/** The local time of day, with microseconds. */
function clockTime(time: bigint): string {
  const date = new Date(Number(time / 1_000_000n))
  const two = (number: number) => String(number).padStart(2, '0')
  const micros = String((time / 1000n) % 1_000_000n).padStart(6, '0')
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${micros}`
}
