// Descriptors that Node owns: options and `fromfd` work on them, and Node's own sockets go on working.
import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createConnection, createServer, type Socket as NodeSocket, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { before, describe } from 'node:test'
import {
  AF_INET,
  AF_UNIX,
  IPPROTO_TCP,
  IPPROTO_UDP,
  linger,
  SO_ACCEPTCONN,
  SO_LINGER,
  SO_RCVBUF,
  SOCK_DGRAM,
  SOCK_STREAM,
  SOL_SOCKET,
  TCP_CONGESTION,
  TCP_NODELAY,
  TCP_USER_TIMEOUT,
} from 'berkeley'
import { getTcpInfo, inq } from 'berkeley/options'
import { forms } from '../forms.ts'
import { type Scope, socketTest } from '../scope.ts'
import { warmUp } from '../worlds.ts'

before(warmUp)

/** What Node keeps to itself. */
const handleOf = (owner: object) => (owner as { _handle: { fd: number } })._handle

async function echoServer(t: Scope, path?: string): Promise<Server> {
  const server = createServer((connection) => connection.pipe(connection))
  if (path === undefined) server.listen(0, '127.0.0.1')
  else server.listen(path)
  await once(server, 'listening')
  t.after(async () => {
    server.close()
    await once(server, 'close')
  })
  return server
}

async function connected(t: Scope, server: Server): Promise<NodeSocket> {
  const address = server.address()
  const client = createConnection(
    typeof address === 'string' ? { path: address } : { port: address!.port, host: '127.0.0.1' },
  )
  await once(client, 'connect')
  t.after(async () => {
    client.destroy()
    if (!client.closed) await once(client, 'close')
  })
  return client
}

async function echoes(client: NodeSocket, text: string): Promise<void> {
  client.write(text)
  assert.equal(String((await once(client, 'data'))[0]), text)
}

for (const { name, library } of forms) {
  describe(name, () => {
    socketTest('a connection of node:net', async (t) => {
      const client = await connected(t, await echoServer(t))
      const { fd } = handleOf(client)
      await echoes(client, 'before')
      const socket = library.fromfd<typeof AF_INET>(fd)
      t.after(() => socket.close())
      assert.deepEqual([socket.family, socket.type, socket.proto], [AF_INET, SOCK_STREAM, IPPROTO_TCP])
      assert.notEqual(socket.fileno(), fd)
      assert.deepEqual(socket.getsockname(), [client.localAddress, client.localPort])
      assert.deepEqual(socket.getpeername(), ['127.0.0.1', client.remotePort])
      socket.setsockopt(IPPROTO_TCP, TCP_USER_TIMEOUT, 5000)
      socket.setsockopt(IPPROTO_TCP, TCP_CONGESTION, 'reno')
      client.setNoDelay(true)
      assert.equal(socket.getsockopt(IPPROTO_TCP, TCP_NODELAY), 1)
      assert.equal(getTcpInfo(handleOf(client)).bytesReceived, 6)
      await echoes(client, 'while')
      socket.close()
      const second = library.fromfd(fd)
      t.after(() => second.close())
      assert.equal(second.getsockopt(IPPROTO_TCP, TCP_USER_TIMEOUT), 5000)
      assert.match(String(second.getsockopt(IPPROTO_TCP, TCP_CONGESTION, 16)), /^reno\0/)
      second.close()
      await echoes(client, 'after')
      assert.equal(inq(fd), 0)
    })

    socketTest('what is received through the duplicate, Node does not get', async (t) => {
      const server = createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1')
      await once(server, 'listening')
      const client = new library.Socket()
      t.after(() => client.close())
      const accepted = once(server, 'connection')
      await client.connect(['127.0.0.1', (server.address() as { port: number }).port])
      const [connection] = (await accepted) as [NodeSocket]
      server.close()
      t.after(async () => {
        connection.destroy()
        await once(connection, 'close')
      })
      const socket = library.fromfd(handleOf(connection).fd)
      t.after(() => socket.close())
      socket.settimeout(5)
      await client.sendall('by hand')
      assert.equal(String(await socket.recv(100)), 'by hand')
      await socket.sendall('answer')
      assert.equal(String(await client.recv(100)), 'answer')
      connection.resume()
      await client.sendall('by Node')
      assert.equal(String((await once(connection, 'data'))[0]), 'by Node')
    })

    socketTest('a server of node:net', async (t) => {
      const server = await echoServer(t)
      const socket = library.fromfd<typeof AF_INET>(handleOf(server).fd)
      t.after(() => socket.close())
      assert.equal(socket.getsockopt(SOL_SOCKET, SO_ACCEPTCONN), 1)
      assert.deepEqual(socket.getsockname(), ['127.0.0.1', (server.address() as { port: number }).port])
      socket.setsockopt(SOL_SOCKET, SO_LINGER, linger.encode({ onoff: true, linger: 3 }))
      socket.close()
      await echoes(await connected(t, server), 'still served')
    })

    socketTest('a Unix connection of node:net', async (t) => {
      const folder = mkdtempSync(join(tmpdir(), 'berkeley-node-'))
      t.after(() => rmSync(folder, { recursive: true }))
      const path = join(folder, 'socket')
      const client = await connected(t, await echoServer(t, path))
      const socket = library.fromfd(handleOf(client).fd)
      t.after(() => socket.close())
      assert.deepEqual([socket.family, socket.type], [AF_UNIX, SOCK_STREAM])
      socket.setsockopt(SOL_SOCKET, SO_RCVBUF, 10_000)
      assert.equal(socket.getsockopt(SOL_SOCKET, SO_RCVBUF), 20_000)
      await echoes(client, 'both')
    })

    socketTest('a socket of node:dgram', async (t) => {
      const owner = createSocket('udp4').bind(0, '127.0.0.1')
      await once(owner, 'listening')
      t.after(async () => {
        owner.close()
        await once(owner, 'close')
      })
      const state = Object.getOwnPropertySymbols(owner).find((symbol) => String(symbol).includes('state'))!
      const { handle } = (owner as unknown as Record<symbol, { handle: { fd: number } }>)[state]!
      const socket = library.fromfd<typeof AF_INET>(handle.fd)
      t.after(() => socket.close())
      assert.deepEqual([socket.type, socket.proto], [SOCK_DGRAM, IPPROTO_UDP])
      socket.setsockopt(SOL_SOCKET, SO_RCVBUF, 30_000)
      assert.equal(owner.getRecvBufferSize(), 60_000)
      await socket.sendto('to myself', socket.getsockname())
      socket.close()
      assert.equal(String((await once(owner, 'message'))[0]), 'to myself')
    })

    socketTest('closing what Node closed is no harm to others', async (t) => {
      const client = await connected(t, await echoServer(t))
      const socket = library.fromfd<typeof AF_INET>(handleOf(client).fd)
      t.after(() => socket.close())
      client.destroy()
      await once(client, 'close')
      assert.equal(socket.getpeername()[0], '127.0.0.1')
      await assert.doesNotReject(async () => socket.sendall('lives on'))
    })
  })
}
