// Descriptors in all the states that tell something: for the comparison with python3, and to try all multiplexers on.
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, constants, openSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  AF_INET,
  createServer,
  MSG_OOB,
  SHUT_WR,
  SO_LINGER,
  SOCK_DGRAM,
  SOCK_SEQPACKET,
  SOL_SOCKET,
  Socket,
  socketpair,
} from 'berkeley'
import { EPOLLIN, epoll } from 'berkeley/select'
import type { Scope } from './scope.ts'

type Any = Socket<number>

export function closing<Closable extends { close(): void }>(t: Scope, closable: Closable): Closable {
  t.after(() => closable.close())
  return closable
}

export function pair(t: Scope, type?: number): [Any, Any] {
  return socketpair(undefined, type).map((socket) => closing(t, socket as Any)) as [Any, Any]
}

export async function tcpPair(t: Scope): Promise<[Any, Any]> {
  const server = closing(t, createServer(['127.0.0.1', 0]))
  const client = closing(t, new Socket(AF_INET))
  await client.connect(server.getsockname() as [string, number])
  return [client as Any, closing(t, (await server.accept())[0]) as Any]
}

/** Sends until there is no more room; gives how much. */
export async function fill(socket: Any): Promise<number> {
  let sent = 0
  socket.settimeout(0)
  try {
    for (;;) sent += await socket.send(Buffer.alloc(65536))
  } catch {
    socket.settimeout(null)
    return sent
  }
}

/** Receives that much. */
export async function drain(socket: Any, length: number): Promise<void> {
  for (let left = length; left > 0; ) left -= (await socket.recv(Math.min(left, 1 << 20))).length
}

/** A device, or without `path` a regular file that is gone with its descriptor. */
export function file(t: Scope, flags: string, path?: string): number {
  const temporary = join(tmpdir(), `berkeley-situation-${process.pid}`)
  if (path === undefined) writeFileSync(temporary, 'a regular file')
  const fd = openSync(path ?? temporary, flags)
  if (path === undefined) rmSync(temporary)
  t.after(() => closeSync(fd))
  return fd
}

/** The two ends of a pipe, each of which can be closed before the end of the test. */
export function pipe(t: Scope): { reader: End; writer: End } {
  const path = join(tmpdir(), `berkeley-fifo-${process.pid}`)
  execFileSync('mkfifo', [path])
  const reader = end(t, openSync(path, constants.O_RDONLY | constants.O_NONBLOCK))
  const writer = end(t, openSync(path, constants.O_WRONLY))
  rmSync(path)
  return { reader, writer }
}

interface End {
  readonly fd: number
  close(): void
}

function end(t: Scope, fd: number): End {
  let open = true
  const close = (): void => {
    if (open) closeSync(fd)
    open = false
  }
  t.after(close)
  return { fd, close }
}

/** A pipe that a child writes to when it is told to. */
export async function childOutput(t: Scope): Promise<{ fd: number; write(): void }> {
  const { reader, writer } = pipe(t)
  const child = spawn('sh', ['-c', 'while read line; do echo "$line"; done'], {
    stdio: ['pipe', writer.fd, 'inherit'],
  })
  writer.close()
  t.after(async () => {
    const closed = once(child, 'close')
    child.stdin!.end()
    await closed
  })
  return { fd: reader.fd, write: () => child.stdin!.write('line\n') }
}

/** What makes a descriptor, by its situation. */
export const situations: Record<string, (t: Scope) => Promise<number> | number> = {
  'a fresh TCP socket': (t) => closing(t, new Socket(AF_INET)).fileno(),
  'a fresh UDP socket': (t) => closing(t, new Socket(AF_INET, SOCK_DGRAM)).fileno(),
  'a fresh Unix socket': (t) => closing(t, new Socket(1)).fileno(),
  'listening, nobody came': (t) => closing(t, createServer(['127.0.0.1', 0])).fileno(),
  async 'listening, somebody came'(t) {
    const server = closing(t, createServer(['127.0.0.1', 0]))
    await closing(t, new Socket(AF_INET)).connect(server.getsockname() as [string, number])
    return server.fileno()
  },
  'connected, idle': (t) => pair(t)[0].fileno(),
  async 'connected, with data'(t) {
    const [left, right] = pair(t)
    await right.send('hello')
    return left.fileno()
  },
  async 'connected, full'(t) {
    const [left] = pair(t)
    await fill(left)
    return left.fileno()
  },
  async 'the peer is closed'(t) {
    const [left, right] = pair(t)
    right.close()
    return left.fileno()
  },
  async 'the peer has ended'(t) {
    const [left, right] = pair(t)
    right.shutdown(SHUT_WR)
    return left.fileno()
  },
  async 'the peer is closed, with data'(t) {
    const [left, right] = pair(t)
    await right.send('hello')
    right.close()
    return left.fileno()
  },
  'a message': async (t) => {
    const [left, right] = pair(t, SOCK_SEQPACKET)
    await right.send('hello')
    return left.fileno()
  },
  'TCP, idle': async (t) => (await tcpPair(t))[0].fileno(),
  async 'TCP, urgent data'(t) {
    const [left, right] = await tcpPair(t)
    await right.send('!', MSG_OOB)
    return left.fileno()
  },
  async 'TCP, the peer has ended'(t) {
    const [left, right] = await tcpPair(t)
    right.shutdown(SHUT_WR)
    return left.fileno()
  },
  async 'TCP, both have ended'(t) {
    const [left, right] = await tcpPair(t)
    right.shutdown(SHUT_WR)
    left.shutdown(SHUT_WR)
    return left.fileno()
  },
  async 'TCP, reset'(t) {
    const [left, right] = await tcpPair(t)
    right.setsockopt(SOL_SOCKET, SO_LINGER, new Uint8Array(new Int32Array([1, 0]).buffer))
    right.close()
    return left.fileno()
  },
  'a regular file': (t) => file(t, 'r'),
  'a regular file, for writing': (t) => file(t, 'w'),
  '/dev/null': (t) => file(t, 'r+', '/dev/null'),
  'a pipe to read': (t) => pipe(t).reader.fd,
  'a pipe to write': (t) => pipe(t).writer.fd,
  'a pipe with data'(t) {
    const { reader, writer } = pipe(t)
    writeSync(writer.fd, 'hello')
    return reader.fd
  },
  'a pipe nobody writes to'(t) {
    const { reader, writer } = pipe(t)
    writer.close()
    return reader.fd
  },
  'a pipe nobody reads from'(t) {
    const { reader, writer } = pipe(t)
    reader.close()
    return writer.fd
  },
  'a pipe from a child': async (t) => (await childOutput(t)).fd,
  'an empty epoll descriptor': (t) => closing(t, epoll()).fileno(),
  async 'an epoll descriptor with events'(t) {
    const [left, right] = pair(t)
    const poller = closing(t, epoll())
    poller.register(left, EPOLLIN)
    await right.send('hello')
    return poller.fileno()
  },
}
