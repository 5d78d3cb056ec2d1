// createServer: what each of its options does.
import assert from 'node:assert/strict'
import {
  type Address,
  AF_INET,
  AF_INET6,
  IPPROTO_IPV6,
  IPPROTO_TCP,
  IPV6_V6ONLY,
  SO_ACCEPTCONN,
  SO_REUSEADDR,
  SO_REUSEPORT,
  SO_TYPE,
  SOCK_STREAM,
  SOL_SOCKET,
  TCP_INFO,
} from 'berkeley'
import { socketTest } from '../scope.ts'
import { type AnySocket, closing, type World } from '../worlds.ts'

export function serverSuite(world: World): void {
  const { can, call, family, library, freeAddress } = world
  if (!can.stream || !can.connection) return
  const { createServer } = library
  const addressOf = (socket: AnySocket) => socket.getsockname() as Address
  const option = (socket: AnySocket, name: number) => socket.getsockopt(SOL_SOCKET, name)

  socketTest('createServer listens, and its connections work', async (t) => {
    const server = closing(t, createServer<number>(freeAddress(), { family }))
    assert.ok(server instanceof library.Socket)
    assert.deepEqual([server.family, server.type, server.timeout], [family, SOCK_STREAM, null])
    assert.deepEqual([option(server, SO_ACCEPTCONN), option(server, SO_TYPE)], [1, SOCK_STREAM])
    assert.deepEqual([option(server, SO_REUSEADDR), option(server, SO_REUSEPORT)], [1, 0])
    const client = world.open(t)
    await call(client, 'connect', addressOf(server))
    const [connection] = await call(server, 'accept')
    await call(closing(t, connection), 'send', 'welcome')
    assert.equal(String(await call(client, 'recv', 100)), 'welcome')
  })

  socketTest('createServer closes its socket when it fails', (t) => {
    const server = closing(t, createServer<number>(freeAddress(), { family }))
    assert.throws(() => createServer<number>(addressOf(server), { family }), {
      code: 'EADDRINUSE',
      syscall: 'bind',
    })
    assert.throws(() => createServer<number>(freeAddress(), { family, backlog: 'x' as never }), TypeError)
  })

  if (family !== AF_INET6) {
    socketTest('dualstackIpv6 is for AF_INET6', () => {
      assert.throws(
        () => createServer<number>(freeAddress(), { family, dualstackIpv6: true }),
        (error: Error) => error instanceof RangeError && /createServer.*dualstackIpv6/.test(error.message),
      )
    })
  }

  if (!can.internet) {
    for (const backlog of [0, 2]) {
      socketTest(`createServer with a backlog of ${backlog}`, async (t) => {
        const server = closing(t, createServer<number>(freeAddress(), { family, backlog }))
        const results: number[] = []
        for (let i = 0; i < backlog + 2; i++) {
          const client = world.open(t)
          client.settimeout(0)
          results.push(await call(client, 'connectEx', addressOf(server)))
        }
        assert.deepEqual(results, [...new Array<number>(backlog + 1).fill(0), library.EAGAIN])
      })
    }
    return
  }

  socketTest('createServer with a backlog', (t) => {
    const backlogOf = (socket: AnySocket) => socket.getsockopt(IPPROTO_TCP, TCP_INFO, 104).readUInt32LE(28)
    assert.equal(backlogOf(closing(t, createServer<number>(freeAddress(), { family, backlog: 5 }))), 5)
    assert.equal(backlogOf(closing(t, createServer<number>(freeAddress(), { family }))), 128)
  })

  socketTest('reusePort lets several servers share a port, which share the connections', async (t) => {
    const first = closing(t, createServer<number>(freeAddress(), { family, reusePort: true }))
    const second = closing(t, createServer<number>(addressOf(first), { family, reusePort: true }))
    assert.equal(option(first, SO_REUSEPORT), 1)
    assert.deepEqual(second.getsockname(), first.getsockname())
    assert.throws(() => createServer<number>(addressOf(first), { family, reusePort: false }), {
      code: 'EADDRINUSE',
    })
    const client = world.open(t)
    await call(client, 'connect', addressOf(first))
    for (const server of [first, second]) server.settimeout(0)
    const accepted = await Promise.allSettled([call(first, 'accept'), call(second, 'accept')])
    assert.deepEqual(accepted.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
    for (const one of accepted) if (one.status === 'fulfilled') closing(t, one.value[0])
  })

  if (family === AF_INET) {
    socketTest('the family is AF_INET if none is given', (t) => {
      const server = closing(t, createServer(['127.0.0.1', 0]))
      assert.deepEqual([server.family, server.getsockname()[0]], [AF_INET, '127.0.0.1'])
      const any = closing(t, createServer(['', 0]))
      assert.equal(any.getsockname()[0], '0.0.0.0')
    })
    return
  }

  for (const dualstackIpv6 of [true, false]) {
    socketTest(`dualstackIpv6: ${dualstackIpv6} ${dualstackIpv6 ? 'takes' : 'refuses'} IPv4`, async (t) => {
      assert.equal(library.hasDualstackIpv6(), true)
      const server = closing(t, createServer<number>(['', 0], { family, dualstackIpv6 }))
      assert.equal(server.getsockopt(IPPROTO_IPV6, IPV6_V6ONLY), dualstackIpv6 ? 0 : 1)
      const [, port] = server.getsockname() as [string, number]
      const client = closing(t, new library.Socket(AF_INET))
      const result = await call(client as AnySocket, 'connectEx', ['127.0.0.1', port])
      assert.equal(result, dualstackIpv6 ? 0 : library.ECONNREFUSED)
      if (!dualstackIpv6) return
      const [connection, address] = await call(server, 'accept')
      closing(t, connection)
      assert.deepEqual(address, [`::ffff:127.0.0.1`, (client.getsockname() as [string, number])[1], 0, 0])
    })
  }
}
