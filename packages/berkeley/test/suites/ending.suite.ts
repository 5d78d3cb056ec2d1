// How connections end: shutdown of one or both directions, close, and breaking off.
import assert from 'node:assert/strict'
import {
  BrokenPipeError,
  ConnectionError,
  ConnectionResetError,
  SHUT_RD,
  SHUT_RDWR,
  SHUT_WR,
  SO_LINGER,
  SOL_SOCKET,
} from 'berkeley'
import { socketTest } from '../scope.ts'
import { assertSameBytes, fill, pattern, receive } from '../traffic.ts'
import type { AnySocket, World } from '../worlds.ts'

/** struct linger { int l_onoff, l_linger }: close(2) breaks the connection off. */
const LINGER_NOT = Buffer.from(new Int32Array([1, 0]).buffer)

export function endingSuite(world: World): void {
  const { can, call, begin, pair } = world
  if (can.datagram) return

  const assertEnd = async (socket: AnySocket): Promise<void> => {
    assert.equal((await call(socket, 'recv', 10)).length, 0)
    assert.equal(await call(socket, 'recvInto', new Uint8Array(10)), 0)
    assert.deepEqual((await call(socket, 'recvfrom', 10))[0], Buffer.alloc(0))
    assert.equal((await call(socket, 'recvfromInto', new Uint8Array(10)))[0], 0)
  }

  socketTest('who shuts down writing can still read', async (t) => {
    const [left, right] = await pair(t)
    await call(left, 'send', 'last words')
    left.shutdown(SHUT_WR)
    assert.equal(String(await call(right, 'recv', 100)), 'last words')
    await assertEnd(right)
    await call(right, 'send', 'answer')
    assert.equal(String(await call(left, 'recv', 100)), 'answer')
    await assert.rejects(call(left, 'send', 'x'), BrokenPipeError)
    right.shutdown(SHUT_WR)
    await assertEnd(left)
  })

  socketTest('who shuts down reading can still write', async (t) => {
    const [left, right] = await pair(t)
    left.shutdown(SHUT_RD)
    await assertEnd(left)
    await call(left, 'send', 'still')
    assert.equal(String(await call(right, 'recv', 100)), 'still')
  })

  socketTest('who shuts down both can do neither', async (t) => {
    const [left, right] = await pair(t)
    left.shutdown(SHUT_RDWR)
    await assertEnd(left)
    await assert.rejects(call(left, 'sendall', 'x'), BrokenPipeError)
    await assertEnd(right)
  })

  socketTest('shutdown refuses what is no direction', async (t) => {
    const [left] = await pair(t)
    assert.throws(() => left.shutdown(99), { code: 'EINVAL', syscall: 'shutdown' })
  })

  for (const [how, end] of Object.entries({
    'the peer closing': (_receiver: AnySocket, sender: AnySocket) => sender.close(),
    'the peer shutting down': (_receiver: AnySocket, sender: AnySocket) => sender.shutdown(SHUT_WR),
    'its own shutdown': (receiver: AnySocket) => receiver.shutdown(SHUT_RD),
  })) {
    socketTest(`a recv that waits is ended by ${how}`, async (t) => {
      const [receiver, sender] = await pair(t)
      const { waiting, result } = begin(receiver, 'recv', 10)
      await waiting
      end(receiver, sender)
      assert.equal((await result).length, 0)
      await assertEnd(receiver)
    })
  }

  socketTest('what was sent before closing is received, and then the end', async (t) => {
    const [receiver, sender] = await pair(t)
    // The receiver is one that has waited: its next reads rely on events.
    const early = begin(receiver, 'recv', 100)
    await early.waiting
    await call(sender, 'send', 'early')
    await early.result
    const data = pattern(60_000)
    await call(sender, 'sendall', data)
    sender.close()
    assertSameBytes(await receive(world, receiver, data.length), data)
    await assertEnd(receiver)
  })

  if (can.stream) {
    socketTest('the end that follows a short read in one turn is not missed', async (t) => {
      const [receiver, sender] = await pair(t)
      const early = begin(receiver, 'recv', 100)
      await early.waiting
      await call(sender, 'send', 'both')
      sender.shutdown(SHUT_WR)
      assert.equal(String(await early.result), 'both')
      await assertEnd(receiver)
    })
  }

  if (can.internet) {
    socketTest('closing without lingering breaks the connection off', async (t) => {
      const [left, right] = await pair(t)
      left.setsockopt(SOL_SOCKET, SO_LINGER, LINGER_NOT)
      left.close()
      await assert.rejects(call(right, 'recv', 10), isReset('recv'))
      // It is told once.
      assert.equal((await call(right, 'recv', 10)).length, 0)
      await assert.rejects(call(right, 'send', 'x'), BrokenPipeError)
    })

    for (const method of ['recv', 'recvfrom'] as const) {
      socketTest(`breaking off reaches a ${method} that waits`, async (t) => {
        const [left, right] = await pair(t)
        const { waiting, result } = begin(right, method, 10)
        await waiting
        left.setsockopt(SOL_SOCKET, SO_LINGER, LINGER_NOT)
        left.close()
        await assert.rejects(result, isReset(method))
      })
    }

    socketTest('breaking off reaches a sendall that waits', async (t) => {
      const [left, right] = await pair(t)
      const { waiting, result } = begin(left, 'sendall', Buffer.alloc(16 * 1024 * 1024))
      await waiting
      right.setsockopt(SOL_SOCKET, SO_LINGER, LINGER_NOT)
      right.close()
      await assert.rejects(result, isReset('sendall'))
    })
  } else {
    socketTest('closing with unread data tells the peer', async (t) => {
      const [left, right] = await pair(t)
      await call(left, 'send', 'never read')
      right.close()
      await assert.rejects(call(left, 'recv', 10), isReset('recv'))
    })

    socketTest('closing reaches a sendall that waits', async (t) => {
      const [left, right] = await pair(t)
      await fill(world, left, right)
      const sending = begin(left, 'sendall', 'x')
      await sending.waiting
      right.close()
      await assert.rejects(sending.result, ConnectionError)
    })
  }
}

function isReset(method: string): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof ConnectionResetError, String(error))
    assert.deepEqual([error.code, error.syscall], ['ECONNRESET', method])
    return true
  }
}
