// Handlers that tests name by URL, in the compiled file beside them, or use as they are.
import { openSync } from 'node:fs'
import { isMainThread, threadId } from 'node:worker_threads'
import type { AF_INET } from 'berkeley'
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

/** Says who serves. */
export class WhoPacket extends DatagramRequestHandler {
  override handle() {
    this.wfile.write(`${who()}`)
  }
}

/** As WhoPacket, blocking, and takes its time. */
export class SlowWhoPacket extends DatagramRequestHandler<typeof AF_INET, 'blocking'> {
  static override blocking = true
  override handle() {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300)
    this.wfile.write(`${who()}`)
  }
}

/** As Echo, blocking. */
export class BlockingEcho extends StreamRequestHandler<typeof AF_INET, 'blocking'> {
  static override blocking = true
  override handle() {
    for (const line of this.rfile) this.wfile.write(line)
  }
}

/** As EchoPacket, blocking. */
export class BlockingEchoPacket extends DatagramRequestHandler<typeof AF_INET, 'blocking'> {
  static override blocking = true
  override handle() {
    this.wfile.write(this.packet)
  }
}

const who = () => (isMainThread ? process.pid : threadId)

function loop(): never {
  for (;;);
}

/** What a client can tell a handler to do. */
const commands: Record<string, () => unknown> = {
  who,
  throw: () => {
    throw Object.assign(new RangeError('on purpose'), { code: 'E_PURPOSE' })
  },
  exit: () => process.exit(3),
  loop,
  stray: () =>
    setTimeout(() => {
      throw new Error('nobody catches this')
    }),
  hold: () => new Promise(() => {}),
  complain: () => {
    throw new Error('\u{1f980}'.repeat(100_000))
  },
  hoard,
}

/** Takes all descriptors that its process may have. */
function hoard(): string {
  try {
    for (;;) openSync('/dev/null', 'r')
  } catch (error) {
    return (error as { code: string }).code
  }
}

/** Does what each line says. */
export class Obedient extends StreamRequestHandler {
  override async handle() {
    for await (const line of this.rfile) {
      const [name = '', ...rest] = `${line}`.trim().split(' ')
      const said = commands[name] === undefined ? rest : await commands[name]()
      await this.wfile.write(`${name} ${said}\n`)
    }
  }
}

/** As Obedient, blocking. */
export class BlockingObedient extends StreamRequestHandler<typeof AF_INET, 'blocking'> {
  static override blocking = true
  override handle() {
    for (const line of this.rfile) {
      const name = `${line}`.trim()
      this.wfile.write(`${name} ${commands[name]?.()}\n`)
    }
  }
}

/** As BlockingObedient, and not for long. */
export class BriefObedient extends BlockingObedient {
  static override maxRequestTime = 0.2
}

/** Forgets that nobody would wait for it. */
export class Forgetful extends StreamRequestHandler {
  static override blocking = true
  override async handle() {}
}

/** Tells of its server. */
export class Teller extends StreamRequestHandler {
  override async handle() {
    const { serverAddress, addressFamily, socketType } = this.server
    await this.wfile.write(JSON.stringify([serverAddress, addressFamily, socketType, this.clientAddress]))
  }
}

/** Has an attribute that it cannot have. */
export class Misconfigured extends StreamRequestHandler {
  static override maxLineSize = -1
}
