// Handlers that tests name by URL, in the compiled file beside them, or use as they are.
import { DatagramRequestHandler, StreamRequestHandler } from 'berkeley/socketserver'

/** Says every line back. */
export class Echo extends StreamRequestHandler {
  override async handle() {
    for await (const line of this.rfile) await this.wfile.write(line)
  }
}

/** Says the packet back. */
export class EchoPacket extends DatagramRequestHandler {
  override handle() {
    this.wfile.write(this.packet)
  }
}

export const urlOf = (name: string) => new URL(`./handlers.js#${name}`, import.meta.url)
