// createConnection: the addresses of a host are tried in a race, and what each option does to it. No host (`null`) has
// two addresses everywhere: ::1 and 127.0.0.1.
import assert from 'node:assert/strict'
import {
  AF_INET,
  AF_INET6,
  AF_UNSPEC,
  type ConnectionOptions,
  ConnectionRefusedError,
  IPPROTO_IPV6,
  IPV6_V6ONLY,
  SO_REUSEPORT,
  SOCK_STREAM,
  SOL_SOCKET,
  TimeoutError,
} from 'berkeley'
import { type Scope, socketTest } from '../scope.ts'
import { type AnySocket, closing, type World } from '../worlds.ts'

const HOSTS = { [AF_INET]: '127.0.0.1', [AF_INET6]: '::1' } as const
type Family = keyof typeof HOSTS

export function raceSuite(world: World): void {
  if (world.family !== AF_INET6 || !world.can.stream) return
  const { call, library } = world

  /** A port that is this test's own in both families. Nobody listens. */
  function freePort(t: Scope): number {
    const holder = closing(t, new library.Socket<number>(AF_INET6))
    holder.setsockopt(IPPROTO_IPV6, IPV6_V6ONLY, false)
    holder.setsockopt(SOL_SOCKET, SO_REUSEPORT, true)
    holder.bind(['', 0])
    return (holder.getsockname() as readonly [string, number])[1]
  }

  const listenAt = (t: Scope, family: Family, port: number, backlog?: number): AnySocket =>
    closing(t, library.createServer<number>([HOSTS[family], port], { family, backlog, reusePort: true }))

  /** Listens, but does not even answer: its backlog is full. */
  async function beSilentAt(t: Scope, family: Family, port: number): Promise<void> {
    const server = listenAt(t, family, port, 0)
    await call(
      closing(t, new library.Socket<number>(family)) as AnySocket,
      'connect',
      server.getsockname() as never,
    )
  }

  // Waits for the kernel only, so the blocking form does it on the test's own thread.
  async function connect(
    t: Scope,
    port: number | string,
    options?: ConnectionOptions,
    host: string | null = null,
  ) {
    return closing(t, await library.createConnection([host, port], options))
  }

  /** In which order the addresses of nobody are tried. */
  const familiesOf = async (port: number): Promise<Family[]> => {
    const found = await library.getaddrinfo(null, port, AF_UNSPEC, SOCK_STREAM)
    return found.map(([family]) => family as Family)
  }

  const peerOf = (socket: { getpeername(): unknown }) => (socket.getpeername() as [string, number])[0]

  socketTest('createConnection gives a connected socket of this form', async (t) => {
    const port = freePort(t)
    const server = listenAt(t, AF_INET, port)
    const socket = await connect(t, port, undefined, '127.0.0.1')
    assert.ok(socket instanceof library.Socket)
    assert.deepEqual([socket.family, socket.timeout], [AF_INET, null])
    const [connection] = await call(server, 'accept')
    await call(closing(t, connection), 'send', 'hello')
    assert.equal(String(await call(socket, 'recv', 100)), 'hello')
  })

  socketTest('createConnection takes a port as text', async (t) => {
    const port = freePort(t)
    listenAt(t, AF_INET, port)
    assert.equal(peerOf(await connect(t, String(port), undefined, '127.0.0.1')), '127.0.0.1')
  })

  for (const family of [AF_INET, AF_INET6] as const) {
    socketTest(`createConnection finds who listens at ${HOSTS[family]} only`, async (t) => {
      const port = freePort(t)
      listenAt(t, family, port)
      assert.equal(peerOf(await connect(t, port)), HOSTS[family])
    })
  }

  socketTest('createConnection prefers the first address', async (t) => {
    const port = freePort(t)
    for (const family of [AF_INET, AF_INET6] as const) listenAt(t, family, port)
    const [first] = await familiesOf(port)
    assert.equal(peerOf(await connect(t, port)), HOSTS[first!])
  })

  socketTest('allErrors gives the errors of all addresses, otherwise it is the last', async (t) => {
    const port = freePort(t)
    await assert.rejects(connect(t, port, { allErrors: true }), (error) => {
      assert.ok(error instanceof AggregateError)
      assert.deepEqual(error.errors.map(({ address }) => address).sort(), ['127.0.0.1', '::1'])
      for (const one of error.errors) assert.ok(one instanceof ConnectionRefusedError)
      return true
    })
    for (const options of [undefined, { allErrors: false }]) {
      await assert.rejects(connect(t, port, options), (error) => {
        assert.ok(error instanceof ConnectionRefusedError)
        assert.deepEqual([error.port, error.syscall], [port, 'connect'])
        return true
      })
    }
  })

  for (const [silent, answering] of [
    [AF_INET6, AF_INET],
    [AF_INET, AF_INET6],
  ] as const) {
    socketTest(`createConnection does not wait for ever for ${HOSTS[silent]}`, async (t) => {
      const port = freePort(t)
      await beSilentAt(t, silent, port)
      listenAt(t, answering, port)
      const start = performance.now()
      assert.equal(peerOf(await connect(t, port, { happyEyeballsDelay: 0.05 })), HOSTS[answering])
      const [first] = await familiesOf(port)
      if (silent === first) assert.ok(performance.now() - start >= 49)
    })
  }

  socketTest('happyEyeballsDelay is how long the first address has for itself', async (t) => {
    const port = freePort(t)
    const [first, second] = await familiesOf(port)
    await beSilentAt(t, first!, port)
    listenAt(t, second!, port)
    // Both would end otherwise with the delay that is usual, 0.25.
    await assert.rejects(connect(t, port, { happyEyeballsDelay: 10, timeout: 0.4 }), TimeoutError)
    assert.equal(peerOf(await connect(t, port, { happyEyeballsDelay: 0, timeout: 0.24 })), HOSTS[second!])
  })

  socketTest('timeout is for all of it, and then for the socket', async (t) => {
    const port = freePort(t)
    await beSilentAt(t, AF_INET, port)
    await beSilentAt(t, AF_INET6, port)
    const start = performance.now()
    await assert.rejects(connect(t, port, { timeout: 0.05, happyEyeballsDelay: 0.01 }), (error) => {
      assert.ok(error instanceof TimeoutError)
      assert.deepEqual([error.code, error.syscall], ['ETIMEDOUT', 'createConnection'])
      return true
    })
    assert.ok(performance.now() - start >= 50)

    const answering = freePort(t)
    listenAt(t, AF_INET, answering)
    assert.equal((await connect(t, answering, { timeout: 2.5 })).timeout, 2.5)
    t.after(() => library.setdefaulttimeout(null))
    library.setdefaulttimeout(7)
    assert.equal((await connect(t, answering)).timeout, 7)
    assert.equal((await connect(t, answering, { timeout: null })).timeout, null)
  })

  socketTest('sourceAddress is where the connection comes from', async (t) => {
    const port = freePort(t)
    const server = listenAt(t, AF_INET, port)
    const socket = await connect(t, port, { sourceAddress: ['127.0.0.2', 0] }, '127.0.0.1')
    assert.equal((socket.getsockname() as [string, number])[0], '127.0.0.2')
    const [connection, address] = await call(server, 'accept')
    closing(t, connection)
    assert.deepEqual(address, socket.getsockname())
    await assert.rejects(connect(t, port, { sourceAddress: ['192.0.2.1', 0] }, '127.0.0.1'), {
      code: 'EADDRNOTAVAIL',
      syscall: 'bind',
    })
  })

  if (world.can.overlap) {
    socketTest('createConnection can be aborted', async (t) => {
      const port = freePort(t)
      await beSilentAt(t, AF_INET, port)
      await beSilentAt(t, AF_INET6, port)
      const reason = new Error('enough')
      const aborted = { signal: AbortSignal.abort(reason) }
      await assert.rejects(connect(t, port, aborted as ConnectionOptions), reason)
      const controller = new AbortController()
      const connecting = connect(t, port, { signal: controller.signal } as ConnectionOptions)
      await new Promise(setImmediate)
      controller.abort(reason)
      await assert.rejects(connecting, reason)
    })
  }
}
