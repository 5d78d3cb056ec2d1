// Datagrams at the edges: none of the bytes, and errors that come back by ICMP.
import assert from 'node:assert/strict'
import {
  type Address,
  AF_INET,
  ConnectionRefusedError,
  decodeAncillary,
  ECONNREFUSED,
  IP_RECVERR,
  IPV6_RECVERR,
  MSG_ERRQUEUE,
  MSG_PEEK,
  SOL_IP,
  SOL_IPV6,
} from 'berkeley'
import { socketTest } from '../scope.ts'
import { assertNothingToReceive, everybodyIsTold } from '../traffic.ts'
import type { AnySocket, World } from '../worlds.ts'
import { inWorlds, isUdp } from './tcp-worlds.ts'

const addressOf = (socket: AnySocket) => socket.getsockname() as Address

inWorlds(({ can }) => !can.stream, emptyTests)
inWorlds(isUdp, icmpTests)

// ---- recv(2): "if a zero-length datagram is pending, recv() returns 0" ----------------------------------------------

function emptyTests(world: World): void {
  const { can, call, begin, pair } = world

  socketTest('an empty message is one: each method takes exactly one', async (t) => {
    const [sender, receiver] = await pair(t)
    const methods: Record<string, () => Promise<number>> = {
      recv: async () => (await call(receiver, 'recv', 100)).length,
      recvInto: () => call(receiver, 'recvInto', new Uint8Array(100)),
      recvfrom: async () => (await call(receiver, 'recvfrom', 100))[0].length,
      recvfromInto: async () => (await call(receiver, 'recvfromInto', new Uint8Array(100)))[0],
      recvmsg: async () => (await call(receiver, 'recvmsg', 100))[0].length,
      recvmsgInto: async () => (await call(receiver, 'recvmsgInto', [new Uint8Array(100)]))[0],
    }
    for (const [method, count] of Object.entries(methods)) {
      await call(sender, 'send', '')
      await call(sender, 'send', 'next')
      assert.equal((await call(receiver, 'recv', 100, MSG_PEEK)).length, 0)
      assert.equal(await count(), 0, method)
      assert.equal(await count(), 4, method)
      await assertNothingToReceive(world, receiver)
    }
  })

  socketTest('empty messages end one wait each', async (t) => {
    const [sender, receiver] = await pair(t)
    for (let round = 0; round < 3; round++) {
      const { waiting, result } = begin(receiver, 'recv', 100)
      await waiting
      await call(sender, 'send', '')
      assert.equal((await result).length, 0)
      await assertNothingToReceive(world, receiver)
    }
  })

  socketTest('no room at all takes a message with recvfrom and recvmsg', async (t) => {
    const [sender, receiver] = await pair(t)
    for (const text of ['lost', 'lost, too', 'kept']) await call(sender, 'send', text)
    assert.equal((await call(receiver, 'recvfrom', 0))[0].length, 0)
    assert.equal((await call(receiver, 'recvmsg', 0))[0].length, 0)
    assert.equal(String(await call(receiver, 'recv', 100)), 'kept')
  })

  socketTest('a batch keeps empty messages', async (t) => {
    const [sender, receiver] = await pair(t)
    const texts = ['', 'one', '', '', 'two', '']
    // Of SOCK_SEQPACKET the last one could be the end as well.
    if (!can.datagram) texts.push('last')
    for (const text of texts) await call(sender, 'send', text)
    const messages = await call(receiver, 'recvmmsg', 10, 100)
    assert.deepEqual(
      messages.map(({ data }) => Buffer.from(data).toString()),
      texts,
    )
  })
}

// ---- udp(7): errors that come back ----------------------------------------------------------------------------------

function icmpTests(world: World): void {
  const { call, begin, pair, bound } = world
  const v4 = world.family === AF_INET

  const nobody = (t: Parameters<World['bound']>[0]): Address => {
    const gone = bound(t)
    const address = addressOf(gone)
    gone.close()
    return address
  }

  const askForErrors = (socket: AnySocket): void =>
    socket.setsockopt(v4 ? SOL_IP : SOL_IPV6, v4 ? IP_RECVERR : IPV6_RECVERR, true)

  const queuedError = async (socket: AnySocket): Promise<[text: string, errno: number, address: unknown]> => {
    const [data, ancdata, , address] = await call(socket, 'recvmsg', 100, 512, MSG_ERRQUEUE)
    const errors = decodeAncillary(ancdata).filter((one) => one.name === 'extendedError')
    return [String(data), errors[0]!.value.errno, address]
  }

  // "All fatal errors will be passed to the user as an error return even when the socket is not connected [only if IP_RECVERR
  // is set]": without it, on an unconnected socket, nobody could tell to whom the error belongs.
  socketTest('an unconnected socket is told nothing, and its wait goes on', async (t) => {
    const [socket, friend] = [bound(t), bound(t)]
    const address = nobody(t)
    const { waiting, result } = begin(socket, 'recvfrom', 100)
    await waiting
    for (let times = 0; times < 3; times++) {
      assert.equal(await call(socket, 'sendto', 'to nobody', address), 9)
      await everybodyIsTold()
    }
    await call(friend, 'sendto', 'from a friend', addressOf(socket))
    assert.deepEqual(await result, [Buffer.from('from a friend'), addressOf(friend)])
  })

  socketTest(
    'an unconnected socket that asks for errors is told, once, and by the queue to whom it spoke',
    async (t) => {
      const [socket, friend] = [bound(t), bound(t)]
      askForErrors(socket)
      const address = nobody(t)
      const { waiting, result } = begin(socket, 'recv', 100)
      await waiting
      await call(socket, 'sendto', 'to nobody', address)
      await assert.rejects(result, ConnectionRefusedError)
      // The entry in the queue stays, and poll(2) goes on to tell POLLERR: no wait may take that for data.
      const again = begin(socket, 'recv', 100)
      await again.waiting
      await everybodyIsTold()
      await call(friend, 'sendto', 'from a friend', addressOf(socket))
      assert.equal(String(await again.result), 'from a friend')
      assert.deepEqual(await queuedError(socket), ['to nobody', ECONNREFUSED, address])
    },
  )

  socketTest(
    'of several errors each has its entry, and what is in the queue does not hide data',
    async (t) => {
      const [socket, friend] = [bound(t), bound(t)]
      askForErrors(socket)
      const address = nobody(t)
      const sent: string[] = []
      for (const text of ['first', 'second', 'third']) {
        // The error of the datagram before is told by this call, which then has sent nothing.
        while (!(await call(socket, 'sendto', text, address).then(Boolean, refused))) sent.push('refused')
        sent.push(text)
      }
      assert.deepEqual(sent, ['first', 'refused', 'second', 'refused', 'third'])
      await call(friend, 'sendto', 'data', addressOf(socket))
      for (const text of ['first', 'second', 'third']) {
        assert.deepEqual(await queuedError(socket), [text, ECONNREFUSED, address])
      }
      assert.equal(String(await call(socket, 'recv', 100)), 'data')
      await assertNothingToReceive(world, socket)
    },
  )

  socketTest(
    'the error of a connected socket comes before the data that came before it, and is told once',
    async (t) => {
      const [left, right] = await pair(t)
      await call(right, 'send', 'data')
      right.close()
      await call(left, 'send', 'to nobody')
      await assert.rejects(call(left, 'recv', 100), ConnectionRefusedError)
      assert.equal(String(await call(left, 'recv', 100)), 'data')
      await assertNothingToReceive(world, left)
    },
  )

  socketTest('an error while nobody waited is told to who would wait', async (t) => {
    const [left, right] = await pair(t)
    const early = begin(left, 'recv', 100)
    await early.waiting
    await call(right, 'send', 'early')
    await early.result
    // A batch that is not full has emptied the socket: the next read relies on events.
    await call(right, 'send', 'early')
    assert.equal((await call(left, 'recvmmsg', 8, 100)).length, 1)
    right.close()
    await call(left, 'send', 'to nobody')
    await assert.rejects(call(left, 'recvmmsg', 8, 100), ConnectionRefusedError)
  })

  socketTest('a socket can be connected with itself', async (t) => {
    const socket = bound(t)
    await call(socket, 'connect', addressOf(socket))
    const { waiting, result } = begin(socket, 'recv', 100)
    await waiting
    await call(socket, 'send', 'soliloquy')
    assert.equal(String(await result), 'soliloquy')
  })
}

function refused(error: unknown): false {
  assert.ok(error instanceof ConnectionRefusedError, String(error))
  return false
}
