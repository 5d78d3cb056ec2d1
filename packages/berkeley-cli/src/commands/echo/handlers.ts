// What the echo server does with a connection and with a datagram (RFC 862). It runs in any thread or process.
// Rule: what was read is sent before more is read, so that a client that never reads is never read either.
import { DatagramRequestHandler, StreamRequestHandler } from 'berkeley/socketserver'
import { readSettings } from '../../handler-settings.ts'

const { idleLimit, traffic } = readSettings(import.meta.url)
const CHUNK = 65_536

export class Stream extends StreamRequestHandler<number> {
  static override timeout = idleLimit

  override async handle(): Promise<void> {
    for (let data = await this.rfile.read1(CHUNK); data.length > 0; data = await this.rfile.read1(CHUNK)) {
      traffic.add(data.length, 0)
      await this.wfile.write(data)
      traffic.add(0, data.length)
    }
  }
}

export class Datagram extends DatagramRequestHandler<number> {
  override handle(): void {
    this.wfile.write(this.packet)
  }

  /** A Unix socket without a name cannot be answered. */
  override finish(): void | Promise<void> {
    return (this.clientAddress as unknown) === '' ? undefined : super.finish()
  }
}
