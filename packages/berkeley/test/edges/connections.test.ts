// How TCP connections begin and end at the edges: at the same time, with themselves, too many, and broken off.
import assert from 'node:assert/strict'
import {
  type Address,
  BrokenPipeError,
  ConnectionRefusedError,
  ConnectionResetError,
  MSG_WAITALL,
  SHUT_RD,
  SHUT_WR,
} from 'berkeley'
import { socketTest } from '../scope.ts'
import { assertSameBytes, everybodyIsTold, fill, pattern, receive } from '../traffic.ts'
import { type AnySocket, closing, type World } from '../worlds.ts'
import { breakOff, inWorlds, isTcp, State, stateOf } from './tcp-worlds.ts'

inWorlds(isTcp, (world) => {
  const { call, begin, pair, open, bound, listening } = world
  const addressOf = (socket: AnySocket) => socket.getsockname() as Address

  const assertEnd = async (socket: AnySocket): Promise<void> =>
    assert.equal((await call(socket, 'recv', 10)).length, 0)

  // RFC 9293, 3.6: each end says that it has no more to send before it has heard so of the other.
  socketTest('both ends close at the same time, with data under way', async (t) => {
    const [left, right] = await pair(t)
    const toRight = await fill(world, left, right)
    const toLeft = await fill(world, right, left)
    // Both windows are closed: the ends stand behind the data, and cross.
    left.shutdown(SHUT_WR)
    right.shutdown(SHUT_WR)
    assert.deepEqual([stateOf(left), stateOf(right)], [State.FIN_WAIT1, State.FIN_WAIT1])
    await receive(world, left, toLeft)
    await assertEnd(left)
    // The other's end has come, ours has not been acknowledged: only a simultaneous close gets here.
    assert.equal(stateOf(left), State.CLOSING)
    await receive(world, right, toRight)
    await assertEnd(right)
    assert.deepEqual([stateOf(left), stateOf(right)], [State.CLOSE, State.CLOSE])
    for (const socket of [left, right]) await assert.rejects(call(socket, 'send', 'x'), BrokenPipeError)
  })

  socketTest('one direction moves on after the other has ended', async (t) => {
    const [left, right] = await pair(t)
    const early = begin(right, 'recv', 10)
    await early.waiting
    left.shutdown(SHUT_WR)
    assert.equal((await early.result).length, 0)
    const data = pattern(3_000_000)
    const sending = begin(right, 'sendall', data)
    assertSameBytes(await receive(world, left, data.length), data)
    await sending.result
    const late = begin(left, 'recv', 10)
    await late.waiting
    right.shutdown(SHUT_WR)
    assert.equal((await late.result).length, 0)
  })

  // shutdown(2) says "further receptions will be disallowed"; Linux's TCP stops waiting for them, but acknowledges and keeps
  // what comes, and shows it before it tells the end.
  socketTest('who has shut down reading still gets what comes', async (t) => {
    const [left, right] = await pair(t)
    const early = begin(left, 'recv', 10)
    await early.waiting
    left.shutdown(SHUT_RD)
    assert.equal((await early.result).length, 0)
    await call(right, 'send', 'all the same')
    assert.equal(String(await call(left, 'recv', 100)), 'all the same')
    await assertEnd(left)
    await call(left, 'send', 'still')
    assert.equal(String(await call(right, 'recv', 100)), 'still')
  })

  resetTests(world)

  // accept(2) on Linux gives connections that ended while they were in the backlog; their sockets tell how.
  socketTest('a connection that was broken off in the backlog is accepted, with its data', async (t) => {
    const [server, client] = [listening(t), bound(t)]
    const address = addressOf(client)
    // The address of `bound` has port 0 until now, and is known before the socket is gone.
    await call(client, 'connect', addressOf(server))
    await call(client, 'send', 'last words')
    breakOff(client)
    const [connection, peer] = await call(server, 'accept')
    closing(t, connection)
    assert.deepEqual(peer, address)
    assert.throws(() => connection.getpeername(), { code: 'ENOTCONN' })
    assert.equal(String(await call(connection, 'recv', 100)), 'last words')
    await assert.rejects(call(connection, 'recv', 100), ConnectionResetError)
  })

  // RFC 9293, 3.5: the SYN meets the socket that sent it, which is a simultaneous open with itself.
  socketTest('a socket can be connected with itself', async (t) => {
    const socket = bound(t)
    await call(socket, 'connect', addressOf(socket))
    assert.deepEqual(socket.getpeername(), socket.getsockname())
    const early = begin(socket, 'recv', 100)
    await early.waiting
    await call(socket, 'send', 'soliloquy')
    assert.equal(String(await early.result), 'soliloquy')
    socket.shutdown(SHUT_WR)
    await assertEnd(socket)
  })

  // listen(2), tcp(7): a full backlog drops what comes, whose sender asks again after a second.
  socketTest('who found the backlog full connects once there is room', async (t) => {
    const server = listening(t, 0)
    await call(open(t), 'connect', addressOf(server))
    const client = open(t)
    const { waiting, result } = begin(client, 'connect', addressOf(server))
    await waiting
    closing(t, (await call(server, 'accept'))[0])
    await result
    assert.deepEqual(client.getpeername(), server.getsockname())
    const [connection, peer] = await call(server, 'accept')
    closing(t, connection)
    assert.deepEqual(peer, client.getsockname())
  })

  socketTest('connections in a backlog are reset when the listening socket closes', async (t) => {
    const [server, client] = [listening(t), open(t)]
    const address = addressOf(server)
    await call(client, 'connect', address)
    const { waiting, result } = begin(client, 'recv', 10)
    await waiting
    server.close()
    await assert.rejects(result, ConnectionResetError)
    await assert.rejects(call(open(t), 'connect', address), ConnectionRefusedError)
  })
})

// tcp(7) and RFC 9293, 3.10.7.4: a reset flushes what was to be sent. What has been received already is for the reader, and
// only then comes the error, once, and then the end.
function resetTests({ call, begin, pair }: World): void {
  const assertResetThenEnd = async (socket: AnySocket): Promise<void> => {
    await assert.rejects(call(socket, 'recv', 10), ConnectionResetError)
    assert.equal((await call(socket, 'recv', 10)).length, 0)
    await assert.rejects(call(socket, 'send', 'x'), BrokenPipeError)
  }

  const texts: Record<string, (socket: AnySocket) => Promise<string>> = {
    recv: async (socket) => String(await call(socket, 'recv', 100)),
    'recv with MSG_WAITALL': async (socket) => String(await call(socket, 'recv', 100, MSG_WAITALL)),
    async recvInto(socket) {
      const bytes = Buffer.alloc(100)
      return String(bytes.subarray(0, await call(socket, 'recvInto', bytes)))
    },
    async 'recvInto with MSG_WAITALL'(socket) {
      const bytes = Buffer.alloc(100)
      return String(bytes.subarray(0, await call(socket, 'recvInto', bytes, 0, MSG_WAITALL)))
    },
    recvfrom: async (socket) => String((await call(socket, 'recvfrom', 100))[0]),
    recvmsg: async (socket) => String((await call(socket, 'recvmsg', 100))[0]),
    'recv of exactly that much': async (socket) => String(await call(socket, 'recv', 'queued'.length)),
  }

  for (const waited of [false, true]) {
    const who = waited ? 'who has waited before' : 'who never waited'
    for (const [method, receiveText] of Object.entries(texts)) {
      socketTest(`${method} by ${who}: first what was queued, then the reset`, async (t) => {
        const [left, right] = await pair(t)
        if (waited) {
          const early = begin(right, 'recv', 100)
          await early.waiting
          await call(left, 'send', 'early')
          await early.result
        }
        await call(left, 'send', 'queued')
        breakOff(left)
        assert.equal(await receiveText(right), 'queued')
        await assertResetThenEnd(right)
      })
    }
  }

  for (const flags of [0, MSG_WAITALL]) {
    const how = flags === 0 ? '' : ' with MSG_WAITALL'
    socketTest(`a recv${how} that waits gets data and reset of one turn, in order`, async (t) => {
      const [left, right] = await pair(t)
      const { waiting, result } = begin(right, 'recv', 100, flags)
      await waiting
      await call(left, 'send', 'queued')
      breakOff(left)
      assert.equal(String(await result), 'queued')
      await assertResetThenEnd(right)
    })
  }

  socketTest('a reset after a short read, before anybody waits, is not missed', async (t) => {
    const [left, right] = await pair(t)
    const early = begin(right, 'recv', 100)
    await early.waiting
    await call(left, 'send', 'short')
    await early.result
    breakOff(left)
    await everybodyIsTold()
    await assertResetThenEnd(right)
  })

  // Unlike all others, recvmmsg(2) asks for the error first. Nothing is lost: the data comes after it.
  socketTest('recvmmsg: first the reset, then what was queued', async (t) => {
    const [left, right] = await pair(t)
    await call(left, 'send', 'queued')
    breakOff(left)
    await assert.rejects(call(right, 'recvmmsg', 8, 100), ConnectionResetError)
    assert.equal(String(await call(right, 'recv', 100)), 'queued')
    assert.equal((await call(right, 'recv', 100)).length, 0)
  })

  socketTest('the rest that MSG_WAITALL waits for comes with the reset: all of it is received', async (t) => {
    const [left, right] = await pair(t)
    await call(left, 'send', 'half')
    const { waiting, result } = begin(right, 'recv', 8, MSG_WAITALL)
    await waiting
    await everybodyIsTold()
    await call(left, 'send', 'rest')
    breakOff(left)
    assert.equal(String(await result), 'halfrest')
    await assertResetThenEnd(right)
  })

  socketTest('the reset is told to whoever asks first, be it a sender', async (t) => {
    const [left, right] = await pair(t)
    await call(left, 'send', 'queued')
    breakOff(left)
    await assert.rejects(call(right, 'send', 'x'), ConnectionResetError)
    await assert.rejects(call(right, 'send', 'x'), BrokenPipeError)
    assert.equal(String(await call(right, 'recv', 100)), 'queued')
    assert.equal((await call(right, 'recv', 100)).length, 0)
  })
}
