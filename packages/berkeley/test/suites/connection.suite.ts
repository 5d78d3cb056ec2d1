// connect, connectEx, listen and accept, and the addresses of both ends.
import assert from 'node:assert/strict'
import {
  type Address,
  AF_INET,
  ConnectionRefusedError,
  EAGAIN,
  ECONNREFUSED,
  IPPROTO_TCP,
  OSError,
  TCP_INFO,
} from 'berkeley'
import { socketTest } from '../scope.ts'
import { type AnySocket, closing, type World } from '../worlds.ts'

export function connectionSuite(world: World): void {
  const { can, call, begin, pair, open, bound, listening } = world

  socketTest('both ends know each other’s address', async (t) => {
    const [left, right] = await pair(t)
    assert.deepEqual(left.getpeername(), right.getsockname())
    assert.deepEqual(right.getpeername(), left.getsockname())
    if (can.name) assert.notDeepEqual(left.getsockname(), right.getsockname())
    else assert.equal(left.getsockname(), '')
  })

  socketTest('a socket without a peer has no getpeername', (t) => {
    assert.throws(() => open(t).getpeername(), { code: 'ENOTCONN', syscall: 'getpeername' })
  })

  if (can.name) {
    socketTest('bind gives the address that getsockname tells', (t) => {
      const first = bound(t)
      const address = first.getsockname() as Address
      const second = open(t)
      assert.throws(
        () => second.bind(address),
        (error) => {
          assert.ok(error instanceof OSError)
          assert.deepEqual([error.code, error.syscall], ['EADDRINUSE', 'bind'])
          assert.deepEqual(error.address, Array.isArray(address) ? address[0] : address)
          return true
        },
      )
      // Binding to no name once more is no mistake.
      if (world.freeAddress() === '') first.bind('')
      else assert.throws(() => first.bind(world.freeAddress()), { code: 'EINVAL' })
      assert.deepEqual(first.getsockname(), address)
    })
  }

  if (!can.connection) return
  const addressOf = (socket: AnySocket) => socket.getsockname() as Address

  socketTest('accept gives the connection and the address of its peer', async (t) => {
    const [server, client] = [listening(t), bound(t)]
    assert.equal(await call(client, 'connect', addressOf(server)), undefined)
    const [connection, address] = await call(server, 'accept')
    closing(t, connection)
    assert.deepEqual(address, client.getsockname())
    assert.deepEqual(connection.getpeername(), client.getsockname())
    assert.deepEqual(connection.getsockname(), server.getsockname())
    assert.deepEqual(client.getpeername(), server.getsockname())
    assert.ok(connection instanceof world.library.Socket)
    assert.deepEqual(
      [connection.family, connection.type, connection.proto],
      [server.family, server.type, server.proto],
    )
    assert.equal(connection.getInheritable(), false)
    await call(client, 'send', 'hello')
    assert.equal(String(await call(connection, 'recv', 100)), 'hello')
  })

  socketTest('connections are accepted in their order', async (t) => {
    const server = listening(t)
    const clients = [bound(t), bound(t), bound(t)]
    for (const client of clients) await call(client, 'connect', addressOf(server))
    for (const client of clients) {
      const [connection, address] = await call(server, 'accept')
      closing(t, connection)
      assert.deepEqual(address, client.getsockname())
    }
  })

  if (!can.internet) {
    socketTest('a client without a name is null to accept', async (t) => {
      const [server, client] = [listening(t), open(t)]
      await call(client, 'connect', addressOf(server))
      const [connection, address] = await call(server, 'accept')
      assert.equal(closing(t, connection).getpeername(), '')
      assert.ok(address === '' || address === null)
    })

    for (const backlog of [0, 1, 4]) {
      socketTest(`a backlog of ${backlog} holds ${backlog + 1} connections`, async (t) => {
        const server = listening(t, backlog)
        for (let i = 0; i <= backlog; i++) {
          assert.equal(await call(nonBlocking(open(t)), 'connectEx', addressOf(server)), 0)
        }
        assert.equal(await call(nonBlocking(open(t)), 'connectEx', addressOf(server)), EAGAIN)
      })
    }

    socketTest('a negative backlog is none, and listen can change it', async (t) => {
      const server = listening(t, -5)
      assert.equal(await call(nonBlocking(open(t)), 'connectEx', addressOf(server)), 0)
      assert.equal(await call(nonBlocking(open(t)), 'connectEx', addressOf(server)), EAGAIN)
      server.listen(1)
      assert.equal(await call(nonBlocking(open(t)), 'connectEx', addressOf(server)), 0)
      assert.equal(await call(nonBlocking(open(t)), 'connectEx', addressOf(server)), EAGAIN)
    })

    socketTest('a connect that waits in the backlog is refused when the server closes', async (t) => {
      const server = listening(t, 0)
      await call(open(t), 'connect', addressOf(server))
      const { waiting, result } = begin(open(t), 'connect', addressOf(server))
      await waiting
      server.close()
      await assert.rejects(result, ConnectionRefusedError)
    })
  } else {
    socketTest('listen tells the backlog to the kernel', (t) => {
      // In the struct tcp_info of a listening socket, tcpi_sacked (at 28) is the backlog.
      const backlogOf = (socket: AnySocket) => socket.getsockopt(IPPROTO_TCP, TCP_INFO, 104).readUInt32LE(28)
      assert.equal(backlogOf(listening(t, 7)), 7)
      assert.equal(backlogOf(listening(t)), 128)
      assert.equal(backlogOf(listening(t, -1)), 0)
    })

    socketTest('a connect that has to wait connects', async (t) => {
      const [server, client] = [listening(t), nonBlocking(open(t))]
      await assert.rejects(call(client, 'connect', addressOf(server)), { code: 'EINPROGRESS' })
      closing(t, (await call(server, 'accept'))[0])
      assert.equal(await call(client, 'connectEx', addressOf(server)), 0)
      assert.deepEqual(client.getpeername(), server.getsockname())
    })
  }

  if (world.family === AF_INET) {
    socketTest('connect and bind look a name up', async (t) => {
      const server = open(t)
      server.bind(['localhost', 0])
      server.listen()
      const [host, port] = server.getsockname() as [string, number]
      const [loopback] = bound(t).getsockname() as [string, number]
      assert.equal(host, loopback)
      const client = open(t)
      await call(client, 'connect', ['localhost', port])
      assert.deepEqual(client.getpeername(), server.getsockname())
    })
  }

  for (const waiting of [false, true]) {
    socketTest(`connectEx gives 0 for success, ${waiting ? 'with' : 'without'} a time limit`, async (t) => {
      const [server, client] = [listening(t), open(t)]
      client.settimeout(waiting ? 10 : null)
      assert.equal(await call(client, 'connectEx', addressOf(server)), 0)
      assert.deepEqual(client.getpeername(), server.getsockname())
    })
  }

  socketTest('connecting to who does not listen is refused', async (t) => {
    const address = addressOf(bound(t))
    await assert.rejects(call(open(t), 'connect', address), (error) => {
      assert.ok(error instanceof ConnectionRefusedError, String(error))
      assert.deepEqual([error.code, error.errno, error.syscall], ['ECONNREFUSED', ECONNREFUSED, 'connect'])
      const [host, port] = Array.isArray(address) ? address : [address]
      assert.deepEqual([error.address, error.port], [host, port])
      if (can.internet) assert.equal(error.message, `connect ECONNREFUSED ${host}:${port}`)
      return true
    })
    assert.equal(await call(open(t), 'connectEx', address), ECONNREFUSED)
  })

  socketTest('a second connect is refused', async (t) => {
    const [left] = await pair(t)
    await assert.rejects(call(left, 'connect', addressOf(listening(t))), { code: 'EISCONN' })
  })

  socketTest('accept is refused by who does not listen', async (t) => {
    await assert.rejects(call(bound(t), 'accept'), { code: 'EINVAL', syscall: 'accept' })
  })

  socketTest('a connection that waits for accept can be used already', async (t) => {
    const [server, client] = [listening(t), open(t)]
    await call(client, 'connect', addressOf(server))
    await call(client, 'send', 'early')
    const accepting = await call(server, 'accept')
    assert.equal(String(await call(closing(t, accepting[0]), 'recv', 100)), 'early')
  })
}

function nonBlocking(socket: AnySocket): AnySocket {
  socket.settimeout(0)
  return socket
}
