// What a worker does: `workerData` is [task, form, …]. It says `ready` when it is about to block, or when it waits on
// its event loop, and `finished` if it should ever come out of that.
import { join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import type { Socket } from 'berkeley'
import type { Library } from '../forms.ts'
import { packageRoot } from '../package-root.ts'

const [task, name, given] = workerData as [task: string, form: string, given?: number]
// The bundle, as users get it, and since very many workers begin with this.
const bundle = join(packageRoot, 'dist/bundle', name === 'async' ? 'index.js' : 'blocking.js')
const library: Library = await import(bundle)
const { AF_INET, AF_UNIX, createServer, SOCK_DGRAM, Socket: AnySocket, socketpair } = library

const HUGE = 2 ** 24

/** A TCP socket that may wait for its connection until someone accepts one, which nobody does. */
function toCrowdedServer(): [socket: Socket, address: readonly [string, number]] {
  const server = createServer(['127.0.0.1', 0], { backlog: 0 })
  for (let i = 0; i < 4; i++) {
    const client = new AnySocket(AF_INET)
    client.settimeout(0)
    void Promise.resolve()
      .then(() => client.connect(server.getsockname()))
      .catch(() => {}) // It is under way.
    keep.push(client)
  }
  keep.push(server)
  return [new AnySocket(AF_INET), server.getsockname()]
}

const keep: unknown[] = []

function openAllKinds(): void {
  const server = createServer(['127.0.0.1', 0])
  const bound = new AnySocket(AF_INET, SOCK_DGRAM)
  bound.bind(['127.0.0.1', 0])
  keep.push(server, bound, new AnySocket(AF_UNIX), ...socketpair(), server.dup())
}

const waiting: Record<string, () => (() => unknown) | Promise<() => unknown>> = {
  recv: () => {
    const [left, right] = socketpair()
    keep.push(left)
    return () => right.recv(1)
  },
  accept: () => {
    const server = createServer(['127.0.0.1', 0])
    return () => server.accept()
  },
  connect: async () => {
    const [socket, address] = toCrowdedServer()
    await null
    return () => socket.connect(address)
  },
  sendall: () => {
    const [left, right] = socketpair()
    keep.push(right)
    return () => left.sendall(Buffer.alloc(HUGE))
  },
}

async function waitForEver(): Promise<void> {
  openAllKinds()
  const wait = await waiting[task]!()
  if (name === 'blocking') {
    parentPort!.postMessage('ready')
    wait()
  } else {
    const result = wait()
    parentPort!.postMessage('ready')
    await result
  }
  parentPort!.postMessage('finished')
}

async function echoOnce(server: Socket): Promise<void> {
  const [connection] = await server.accept()
  await connection.sendall(await connection.recv(100))
  connection.close()
  server.close()
}

const tasks: Record<string, () => unknown> = {
  'open and end': openAllKinds,
  'open, wait and exit': () => {
    openAllKinds()
    const [left, right] = socketpair()
    keep.push(left)
    if (name === 'async') void right.recv(1)
    process.exit(3)
  },
  'open and fail': () => {
    openAllKinds()
    throw new Error('as it should')
  },
  'give a server away': () => parentPort!.postMessage(createServer(['127.0.0.1', 0]).detach()),
  'take a server over': () => echoOnce(new AnySocket(AF_INET, undefined, undefined, given)),
}

await (tasks[task] ?? waitForEver)()
