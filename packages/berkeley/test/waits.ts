// The table of operations that wait: how each comes to wait, and what lets it go on. The suites about time limits, about
// aborting and about closing each run over all of it.
import assert from 'node:assert/strict'
import { openSync, writeFileSync } from 'node:fs'
import { type Address, close, MSG_WAITALL } from 'berkeley'
import type { Scope } from './scope.ts'
import { drain, fill, receive } from './traffic.ts'
import { type AnySocket, closing, freePath, type Method, type World } from './worlds.ts'

/** A socket on which the operation has to wait. */
export interface Arranged {
  readonly socket: AnySocket
  readonly args: readonly unknown[]
  /** Lets the operation go on, whether it has begun or not. */
  release(): Promise<unknown>
  /** Checks the result of one operation after one release. */
  check(result: unknown): void | Promise<void>
}

export interface Wait {
  readonly method: Method
  readonly title: string
  readonly possible: (world: World) => boolean
  /** Whether it can go on, or be done again, after a while without success. */
  readonly resumes: (world: World) => boolean
  /** The arguments with flags among them. */
  readonly withFlags?: (arranged: Arranged, flags: number) => readonly unknown[]
  /** Without these it would not wait. */
  readonly flags?: number
  arrange(world: World, t: Scope): Promise<Arranged>
}

const always = (): boolean => true
const MESSAGE = 'what was waited for'

// ---- receiving ------------------------------------------------------------------------------------------------------

type MakeArguments = () => readonly unknown[]

function receiving(makeArguments: MakeArguments, check: Arranged['check']): Wait['arrange'] {
  return async (world, t) => {
    const [socket, peer] = await world.pair(t)
    return {
      socket,
      args: makeArguments(),
      release: () => world.call(peer, 'send', MESSAGE),
      check,
    }
  }
}

const isMessage = (data: unknown): void => assert.equal(String(data), MESSAGE)
const isCount = (count: unknown): void => assert.equal(count, MESSAGE.length)
const memory: MakeArguments = () => [new Uint8Array(100)]
const first =
  (check: (value: unknown) => void) =>
  (result: unknown): void =>
    check((result as unknown[])[0])

const receivingWaits: readonly Wait[] = (
  [
    ['recv', () => [100], isMessage],
    ['recvInto', memory, isCount],
    ['recvfrom', () => [100], first(isMessage)],
    ['recvfromInto', memory, first(isCount)],
    ['recvmsg', () => [100], first(isMessage)],
    ['recvmsgInto', () => [memory()], first(isCount)],
  ] as const
).map(([method, makeArguments, check]) => ({
  method,
  title: method,
  possible: always,
  resumes: always,
  withFlags: ({ args }, flags) => (/Into|msg/.test(method) ? [...args, 0, flags] : [...args, flags]),
  arrange: receiving(makeArguments, check),
}))

const waitall: Wait = {
  method: 'recv',
  title: 'recv MSG_WAITALL',
  possible: ({ can }) => can.stream,
  resumes: always,
  flags: MSG_WAITALL,
  withFlags: (_arranged, flags) => [MESSAGE.length, MSG_WAITALL | flags],
  arrange: receiving(() => [MESSAGE.length, MSG_WAITALL], isMessage),
}

// ---- sending --------------------------------------------------------------------------------------------------------

function sending(makeArguments: (t: Scope) => readonly unknown[], expected: unknown): Wait['arrange'] {
  return async (world, t) => {
    const args = makeArguments(t)
    const [socket, peer] = await world.pair(t)
    const filled = await fill(world, socket, peer)
    return {
      socket,
      args,
      release: () => receive(world, peer, filled),
      check: (result) => assert.equal(result, expected),
    }
  }
}

function smallFile(t: Scope): number {
  const path = freePath()
  writeFileSync(path, MESSAGE)
  const descriptor = openSync(path, 'r')
  t.after(() => close(descriptor))
  return descriptor
}

const full = ({ can }: World): boolean => can.fill
const flagsLast: Wait['withFlags'] = ({ args }, flags) => [...args, flags]

const sendingWaits: readonly Wait[] = [
  {
    method: 'send',
    title: 'send',
    possible: full,
    resumes: always,
    withFlags: flagsLast,
    arrange: sending(() => [MESSAGE], MESSAGE.length),
  },
  {
    method: 'sendall',
    title: 'sendall',
    possible: full,
    resumes: always,
    withFlags: flagsLast,
    arrange: sending(() => [MESSAGE], undefined),
  },
  {
    method: 'sendmsg',
    title: 'sendmsg',
    possible: full,
    resumes: always,
    withFlags: ({ args }, flags) => [...args, flags, null],
    arrange: sending(() => [[MESSAGE], []], MESSAGE.length),
  },
  {
    method: 'sendfile',
    title: 'sendfile',
    possible: ({ can }) => can.stream,
    resumes: always,
    arrange: sending((t) => [smallFile(t)], MESSAGE.length),
  },
]

// The receiver's queue is full, but `socket` itself counts as writable all the while.
function sendingToFull(makeArguments: (address: unknown) => readonly unknown[]): Wait['arrange'] {
  return async (world, t) => {
    const [socket, receiver, filler] = [world.open(t), world.bound(t), world.open(t)]
    const address = receiver.getsockname() as Address
    await world.call(filler, 'connect', address)
    await fill(world, filler, receiver, 1)
    return {
      socket,
      args: makeArguments(address),
      release: () => drain(world, receiver),
      check: (result) => assert.equal(result, MESSAGE.length),
    }
  }
}

const hasQueue = ({ can }: World): boolean => can.fill && can.datagram && can.name

const queueWaits: readonly Wait[] = [
  {
    method: 'sendto',
    title: 'sendto',
    possible: hasQueue,
    resumes: always,
    withFlags: ({ args: [data, address] }, flags) => [data, flags, address],
    arrange: sendingToFull((address) => [MESSAGE, address]),
  },
  {
    method: 'sendmsg',
    title: 'sendmsg with an address',
    possible: hasQueue,
    resumes: always,
    withFlags: ({ args: [buffers, ancdata, , address] }, flags) => [buffers, ancdata, flags, address],
    arrange: sendingToFull((address) => [[MESSAGE], [], 0, address]),
  },
]

// ---- connections ----------------------------------------------------------------------------------------------------

const accept: Wait = {
  method: 'accept',
  title: 'accept',
  possible: ({ can }) => can.connection,
  resumes: always,
  async arrange(world, t) {
    const socket = world.listening(t)
    const client = world.bound(t)
    return {
      socket,
      args: [],
      release: () => world.call(client, 'connect', socket.getsockname() as Address),
      check(result) {
        const [connection, address] = result as [AnySocket, Address]
        closing(t, connection)
        assert.deepEqual(address, client.getsockname())
      },
    }
  },
}

// A backlog of 0 has room for one connection. The next has to wait until that is accepted: over the internet, TCP asks
// again only after a second, and so its success is not waited for here.
function connecting(method: 'connect' | 'connectEx', expected: unknown): Wait {
  return {
    method,
    title: method,
    possible: ({ can }) => can.connection,
    resumes: ({ can }) => !can.internet,
    async arrange(world, t) {
      const server = world.listening(t, 0)
      const address = server.getsockname() as Address
      await world.call(world.open(t), 'connect', address)
      const socket = world.open(t)
      return {
        socket,
        args: [address],
        release: async () => closing(t, (await world.call(server, 'accept'))[0]),
        async check(result) {
          assert.equal(result, expected)
          assert.deepEqual(socket.getpeername(), address)
        },
      }
    },
  }
}

/** Every operation that may wait, and every reason it may have to. */
export const waits: readonly Wait[] = [
  accept,
  connecting('connect', undefined),
  connecting('connectEx', 0),
  ...receivingWaits,
  waitall,
  ...sendingWaits,
  ...queueWaits,
]

/** Begins the operation with other arguments than its own, if they are given. */
export function begin(world: World, wait: Wait, { socket, args }: Arranged, otherArgs = args) {
  return world.begin(socket, wait.method, ...(otherArgs as [never]))
}

/** Begins the operation so that it can be aborted. */
export function beginAbortable(world: World, wait: Wait, arranged: Arranged, signal: AbortSignal) {
  return begin(world, wait, arranged, [...arranged.args, { signal }])
}

/** The operation can be done as if nothing had been. */
export async function assertUsable(world: World, wait: Wait, arranged: Arranged): Promise<void> {
  if (!wait.resumes(world)) return
  const { result } = begin(world, wait, arranged)
  await arranged.release()
  await arranged.check(await result)
}
