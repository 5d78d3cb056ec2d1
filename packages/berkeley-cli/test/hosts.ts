// Hosts for the tests to scan, good and bad ones, made with our own sockets on ports that the system chooses.
import { createServer, type Socket } from 'berkeley'
import { acceptConnections } from '#accept-loop.js'
import type { Target } from '#addresses.js'

/** What a host does with a connection; it is closed afterwards. */
export type Behaviour = (socket: Socket<number>) => Promise<unknown>

/** Runs a host while `use` runs. */
export async function withHost<Result>(
  behave: Behaviour,
  use: (target: Target) => Promise<Result>,
): Promise<Result> {
  const listener = createServer(['127.0.0.1', 0])
  const [host, port] = listener.getsockname() as [string, number]
  const closing = new AbortController()
  const open = new Set<Socket<number>>()
  const converse = async (socket: Socket<number>) => {
    open.add(socket)
    // The scan may leave at any moment: that is what the host is told by an error.
    await behave(socket).catch(() => {})
    open.delete(socket)
    socket.close()
  }
  const onTrouble = (error: Error) => {
    throw error
  }
  const accepting = acceptConnections(listener, converse, {
    connections: 1000,
    signal: closing.signal,
    onTrouble,
  })
  try {
    return await use({ host, port })
  } finally {
    closing.abort()
    for (const socket of open) socket.close()
    await accepting
    listener.close()
  }
}

/** Waits until the scan closes the connection. */
export async function untilClosed(socket: Socket<number>): Promise<void> {
  while ((await socket.recv(4096)).length > 0);
}

export async function readAll(socket: Socket<number>): Promise<string> {
  const chunks: Buffer[] = []
  for (let chunk = await socket.recv(4096); chunk.length > 0; chunk = await socket.recv(4096))
    chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

/** Something that several conversations wait for. */
export function makeGate(): { open: () => void; opened: Promise<void> } {
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { open, opened }
}
