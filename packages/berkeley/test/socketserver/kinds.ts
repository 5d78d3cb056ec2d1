// The four kinds of servers, each with a handler that says everything back, and how to be its client.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AF_INET, AF_UNIX, SHUT_WR, SOCK_DGRAM, SOCK_STREAM, Socket } from 'berkeley'
import type { BaseServer } from 'berkeley/socketserver'

export type AnyServer = BaseServer<unknown, unknown> & { serverAddress: unknown; fileno(): number }

export interface Kind {
  readonly name: 'TCPServer' | 'UDPServer' | 'UnixStreamServer' | 'UnixDatagramServer'
  readonly family: number
  readonly type: number
  /** Where a server binds. */
  readonly address: () => unknown
}

export const folder = mkdtempSync(join(tmpdir(), 'berkeley-servers-'))
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
let paths = 0
export const freePath = () => join(folder, `${paths++}`)

export const kinds: readonly Kind[] = [
  { name: 'TCPServer', family: AF_INET, type: SOCK_STREAM, address: () => ['127.0.0.1', 0] },
  { name: 'UDPServer', family: AF_INET, type: SOCK_DGRAM, address: () => ['127.0.0.1', 0] },
  { name: 'UnixStreamServer', family: AF_UNIX, type: SOCK_STREAM, address: freePath },
  { name: 'UnixDatagramServer', family: AF_UNIX, type: SOCK_DGRAM, address: freePath },
]

/** A socket that is connected to a server of this kind. */
export async function connectTo(kind: Kind, address: unknown): Promise<Socket<number>> {
  const client = new Socket<number>(kind.family, kind.type)
  client.settimeout(LONG)
  if (kind.family === AF_UNIX && kind.type === SOCK_DGRAM) client.bind(freePath())
  await client.connect(address as never)
  return client
}

/** Seconds. What takes longer hangs. */
export const LONG = 30
/** Of one test; and of a suite, whose time is that of all of its tests. A machine may have a lot to do. */
export const LONG_TEST = { timeout: 4 * LONG * 1000 }
export const LONG_SUITE = { timeout: 60 * LONG * 1000 }

/** Sends a message and reads the answer, to the end of the stream where it is one. */
export async function ask(kind: Kind, address: unknown, message: string): Promise<string> {
  await using client = await connectTo(kind, address)
  await client.sendall(message)
  if (kind.type === SOCK_DGRAM) return `${await client.recv(65536)}`
  client.shutdown(SHUT_WR)
  return await everything(client)
}

export async function everything(client: Socket<number>): Promise<string> {
  const parts: Buffer[] = []
  for (let data = await client.recv(65536); data.length > 0; data = await client.recv(65536)) parts.push(data)
  return `${Buffer.concat(parts)}`
}

/** A promise and its ends, to hold a handler or a test until something has happened. */
export function gate<Value = void>() {
  let open!: (value: Value) => void
  const opened = new Promise<Value>((resolve) => {
    open = resolve
  })
  return { open, opened }
}
