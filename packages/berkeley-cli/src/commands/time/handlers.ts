// What the time server answers (RFC 867, RFC 868): whoever connects is told the time, and so is whoever sends a datagram.
import { DatagramRequestHandler, StreamRequestHandler } from 'berkeley/socketserver'
import { readSettings } from '../../handler-settings.ts'
import { untilRead } from '../../lossless-close.ts'
import { type ClockFormat, formatTime } from './clock-formats.ts'

const { idleLimit, traffic, others } = readSettings(import.meta.url)
const format = (others.get('format') ?? 'ctime') as ClockFormat

export class Stream extends StreamRequestHandler<number> {
  static override timeout = idleLimit

  override async handle(): Promise<void> {
    const answer = formatTime(format, new Date())
    await this.wfile.write(answer)
    traffic.add(0, answer.length)
    await untilRead(this.request)
  }
}

export class Datagram extends DatagramRequestHandler<number> {
  override handle(): void {
    this.wfile.write(formatTime(format, new Date()))
  }

  /** A Unix socket without a name cannot be answered. */
  override finish(): void | Promise<void> {
    return (this.clientAddress as unknown) === '' ? undefined : super.finish()
  }
}
