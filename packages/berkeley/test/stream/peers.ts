// Connections whose other end is CPython (python/stream_peer.py), and reading all of a stream, for the tests of streams.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { AF_INET, AF_UNIX, createServer, SOCK_SEQPACKET, SOCK_STREAM, Socket, socketpair } from 'berkeley'
import { packageRoot } from '../package-root.ts'
import type { Scope } from '../scope.ts'
import { closing, freePath } from '../worlds.ts'

const program = join(packageRoot, 'test/python/stream_peer.py')

export type Role = 'echo' | 'answer' | 'source' | 'deaf' | 'reset' | 'vanish' | 'messages' | 'long'

export interface HowToConnect {
  readonly family?: typeof AF_INET | typeof AF_UNIX
  readonly type?: number
  readonly count?: number
}

/** A connection to a process that plays `role`; it ends with the test. */
export async function connectionWith(
  t: Scope,
  role: Role,
  { family = AF_INET, type = SOCK_STREAM, count = 0 }: HowToConnect = {},
): Promise<Socket<number>> {
  const server = new Socket<number>(family, type)
  server.bind(family === AF_INET ? ['127.0.0.1', 0] : freePath())
  server.listen()
  const names = [
    family === AF_INET ? 'AF_INET' : 'AF_UNIX',
    type === SOCK_SEQPACKET ? 'SOCK_SEQPACKET' : 'SOCK_STREAM',
  ]
  const args = [...names, JSON.stringify(server.getsockname()), role, String(count)]
  const peer = spawn('python3', [program, ...args], { stdio: ['pipe', 'ignore', 'inherit'] })
  const ended = new Promise((resolve) => peer.on('close', resolve))
  t.after(async () => {
    peer.stdin.end()
    await ended
  })
  const [socket] = await server.accept()
  server.close()
  return closing(t, socket) as Socket<number>
}

/** Both ends of a TCP connection. */
export async function tcpPair(t: Scope): Promise<[Socket<number>, Socket<number>]> {
  const server = createServer(['127.0.0.1', 0])
  const left = closing(t, new Socket())
  await left.connect(server.getsockname())
  const [right] = await server.accept()
  server.close()
  return [left, closing(t, right)] as unknown as [Socket<number>, Socket<number>]
}

/** Both ends of a pair of Unix sockets. */
export function unixPair(t: Scope, type: number = SOCK_STREAM): [Socket<number>, Socket<number>] {
  return socketpair(AF_UNIX, type).map((socket) => closing(t, socket)) as unknown as [
    Socket<number>,
    Socket<number>,
  ]
}

export const MiB = 1024 * 1024

/** All that comes of a stream. */
export async function everything(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const piece of stream) pieces.push(piece)
  return Buffer.concat(pieces)
}
