// What moves the border between "there is something" and "there is nothing": urgent data, low-water marks, and peeking from
// an offset. A reader that waits must be woken by exactly what the kernel counts, and by nothing else for ever.
import assert from 'node:assert/strict'
import {
  MSG_DONTWAIT,
  MSG_OOB,
  MSG_PEEK,
  MSG_WAITALL,
  SHUT_WR,
  SO_OOBINLINE,
  SO_PEEK_OFF,
  SO_RCVLOWAT,
  SOL_SOCKET,
  TimeoutError,
} from 'berkeley'
import { sockatmark } from 'berkeley/options'
import { native } from '#sys/native.js'
import { socketTest } from '../scope.ts'
import { assertNothingToReceive, everybodyIsTold } from '../traffic.ts'
import type { AnySocket, World } from '../worlds.ts'
import { inWorlds, isTcp } from './tcp-worlds.ts'

inWorlds(isTcp, (world) => {
  urgentTests(world)
  lowWaterTests(world)
})

const streams = ({ can }: World): boolean => can.stream
const isOneOfEach = ({ can, name }: World): boolean => can.internet || name.includes('socketpair')
inWorlds((world) => streams(world) && isOneOfEach(world), peekTests)

async function textOf(data: Promise<Buffer>): Promise<string> {
  return String(await data)
}

/** So that the socket is among those that rely on events. */
async function receivedWhileWaiting(world: World, receiver: AnySocket, sender: AnySocket): Promise<void> {
  const { waiting, result } = world.begin(receiver, 'recv', 100)
  await waiting
  await world.call(sender, 'send', 'early')
  assert.equal(await textOf(result), 'early')
}

// ---- tcp(7): urgent data --------------------------------------------------------------------------------------------

function urgentTests(world: World): void {
  const { call, begin, pair } = world

  socketTest('a read that ends exactly at the mark, and one that begins there', async (t) => {
    const [sender, receiver] = await pair(t)
    await receivedWhileWaiting(world, receiver, sender)
    await call(sender, 'send', 'abc')
    await call(sender, 'send', '!', MSG_OOB)
    assert.equal(sockatmark(receiver), false)
    assert.equal(await textOf(call(receiver, 'recv', 3)), 'abc')
    assert.equal(sockatmark(receiver), true)
    await assertNothingToReceive(world, receiver)
    const { waiting, result } = begin(receiver, 'recv', 3)
    await waiting
    await call(sender, 'send', 'def')
    assert.equal(await textOf(result), 'def')
    assert.equal(sockatmark(receiver), false)
  })

  socketTest('with SO_OOBINLINE the urgent byte is data, but no read crosses the mark', async (t) => {
    const [sender, receiver] = await pair(t)
    receiver.setsockopt(SOL_SOCKET, SO_OOBINLINE, true)
    await receivedWhileWaiting(world, receiver, sender)
    await call(sender, 'send', 'before')
    await call(sender, 'send', '!', MSG_OOB)
    await call(sender, 'send', 'behind')
    assert.equal(await textOf(call(receiver, 'recv', 100)), 'before')
    assert.equal(sockatmark(receiver), true)
    await assert.rejects(call(receiver, 'recv', 1, MSG_OOB), { code: 'EINVAL' })
    assert.equal(await textOf(call(receiver, 'recv', 100)), '!behind')
  })

  socketTest('with SO_OOBINLINE an urgent byte alone ends a wait', async (t) => {
    const [sender, receiver] = await pair(t)
    receiver.setsockopt(SOL_SOCKET, SO_OOBINLINE, true)
    const { waiting, result } = begin(receiver, 'recv', 100)
    await waiting
    await call(sender, 'send', '!', MSG_OOB)
    assert.equal(await textOf(result), '!')
  })

  socketTest(
    'an urgent byte alone is no data: who waits for data waits on, and gets what comes',
    async (t) => {
      const [sender, receiver] = await pair(t)
      const { waiting, result } = begin(receiver, 'recv', 100)
      await waiting
      await call(sender, 'send', '!', MSG_OOB)
      await everybodyIsTold()
      await call(sender, 'send', 'data')
      assert.equal(await textOf(result), 'data')
      // The urgent byte is kept beside, although the reader has gone past it.
      sender.shutdown(SHUT_WR)
      assert.equal((await call(receiver, 'recv', 100)).length, 0)
    },
  )

  socketTest('after an urgent byte, the end reaches who waits', async (t) => {
    const [sender, receiver] = await pair(t)
    const { waiting, result } = begin(receiver, 'recv', 100)
    await waiting
    await call(sender, 'send', '!', MSG_OOB)
    await everybodyIsTold()
    sender.shutdown(SHUT_WR)
    assert.equal((await result).length, 0)
  })

  // The kernel keeps one urgent byte: the next makes ordinary data of it.
  socketTest('of two urgent bytes the last is urgent', async (t) => {
    const [sender, receiver] = await pair(t)
    await receivedWhileWaiting(world, receiver, sender)
    for (const [text, flags] of [
      ['a', 0],
      ['1', MSG_OOB],
      ['b', 0],
      ['2', MSG_OOB],
      ['c', 0],
    ] as const) {
      await call(sender, 'send', text, flags)
    }
    assert.equal(await textOf(call(receiver, 'recv', 1, MSG_OOB)), '2')
    assert.equal(await textOf(call(receiver, 'recv', 100)), 'a1b')
    assert.equal(await textOf(call(receiver, 'recv', 100)), 'c')
  })
}

// ---- socket(7): SO_RCVLOWAT -----------------------------------------------------------------------------------------

// "select(2), poll(2), and epoll(7) indicate a socket as readable only if at least SO_RCVLOWAT bytes are available": that is
// what a wait is. A call that finds something takes it, as recv(2) of a non-blocking socket does.
function lowWaterTests(world: World): void {
  const { call, begin, pair } = world
  const LOW_WATER = 10

  const lowPair = async (t: Parameters<World['pair']>[0]): Promise<[AnySocket, AnySocket]> => {
    const [sender, receiver] = await pair(t)
    receiver.setsockopt(SOL_SOCKET, SO_RCVLOWAT, LOW_WATER)
    return [sender, receiver]
  }

  socketTest('a wait goes on until the low-water mark is reached', async (t) => {
    const [sender, receiver] = await lowPair(t)
    const { waiting, result } = begin(receiver, 'recv', 100)
    await waiting
    await call(sender, 'send', 'little')
    await everybodyIsTold()
    await call(sender, 'send', ' by little')
    assert.equal(await textOf(result), 'little by little')
  })

  socketTest('a wait that is not worth it runs out of time, and the bytes are still there', async (t) => {
    const [sender, receiver] = await lowPair(t)
    receiver.settimeout(0.05)
    const { waiting, result } = begin(receiver, 'recv', 100)
    await waiting
    await call(sender, 'send', 'little')
    await assert.rejects(result, TimeoutError)
    assert.equal(await textOf(call(receiver, 'recv', 100, MSG_DONTWAIT)), 'little')
  })

  socketTest('what is below the mark is found by who does not have to wait, each time', async (t) => {
    const [sender, receiver] = await lowPair(t)
    const early = begin(receiver, 'recv', 100)
    await early.waiting
    await call(sender, 'send', 'x'.repeat(LOW_WATER))
    await early.result
    for (const text of ['less', 'than', 'ten']) {
      await call(sender, 'send', text)
      assert.equal(await textOf(call(receiver, 'recv', 100)), text)
    }
  })

  socketTest('reads of less than the mark leave nothing behind', async (t) => {
    const [sender, receiver] = await lowPair(t)
    const { waiting, result } = begin(receiver, 'recv', 4)
    await waiting
    await call(sender, 'send', 'four and three')
    assert.equal(await textOf(result), 'four')
    for (const text of [' and', ' thr', 'ee']) assert.equal(await textOf(call(receiver, 'recv', 4)), text)
  })

  socketTest('the end is told below the mark, after the data', async (t) => {
    const [sender, receiver] = await lowPair(t)
    const { waiting, result } = begin(receiver, 'recv', 100)
    await waiting
    await call(sender, 'send', 'less')
    sender.shutdown(SHUT_WR)
    assert.equal(await textOf(result), 'less')
    assert.equal((await call(receiver, 'recv', 100)).length, 0)
  })

  socketTest('lowering the mark wakes who waits', async (t) => {
    const [sender, receiver] = await lowPair(t)
    const { waiting, result } = begin(receiver, 'recv', 100)
    await waiting
    await call(sender, 'send', 'less')
    await everybodyIsTold()
    receiver.setsockopt(SOL_SOCKET, SO_RCVLOWAT, 1)
    assert.equal(await textOf(result), 'less')
  })
}

// ---- socket(7): SO_PEEK_OFF -----------------------------------------------------------------------------------------

function peekTests(world: World): void {
  const { call, begin, pair } = world

  // A peek does not take anything out, so what was seen stays where it is.
  for (const end of ['all of it', 'the end', 'its time']) {
    socketTest(`a peek with MSG_WAITALL waits for ${end}, and shows nothing twice`, async (t) => {
      const [sender, receiver] = await pair(t)
      await call(sender, 'send', 'abc')
      if (end === 'its time') receiver.settimeout(0.05)
      const { waiting, result } = begin(receiver, 'recv', 6, MSG_PEEK | MSG_WAITALL)
      await waiting
      if (end === 'all of it') await call(sender, 'send', 'defg')
      if (end === 'the end') sender.shutdown(SHUT_WR)
      assert.equal(await textOf(result), end === 'all of it' ? 'abcdef' : 'abc')
      assert.equal(await textOf(call(receiver, 'recv', 100)), end === 'all of it' ? 'abcdefg' : 'abc')
    })
  }

  const peeking = (socket: AnySocket, offset: number): boolean => {
    try {
      socket.setsockopt(SOL_SOCKET, SO_PEEK_OFF, offset)
      return true
    } catch {
      return false // TCP has it since Linux 6.9.
    }
  }

  socketTest('who has peeked at all there is waits for more', async (t) => {
    const [sender, receiver] = await pair(t)
    if (!peeking(receiver, 0)) return
    await call(sender, 'send', 'abc')
    assert.equal(await textOf(call(receiver, 'recv', 100, MSG_PEEK)), 'abc')
    const { waiting, result } = begin(receiver, 'recv', 100, MSG_PEEK)
    await waiting
    await call(sender, 'send', 'def')
    assert.equal(await textOf(result), 'def')
    assert.equal(await textOf(call(receiver, 'recv', 100)), 'abcdef')
  })

  // poll(2) tells of what was peeked at already, again and again.
  if (!world.can.overlap) {
    socketTest('who waits to peek at more does not keep the processor busy', async (t) => {
      const [sender, receiver] = await pair(t)
      if (!peeking(receiver, 0)) return
      await call(sender, 'send', 'abc')
      assert.equal(await textOf(call(receiver, 'recv', 100, MSG_PEEK)), 'abc')
      receiver.settimeout(0.1)
      const { recv_pooled } = native
      let attempts = 0
      native.recv_pooled = (...args) => {
        attempts++
        return recv_pooled(...args)
      }
      t.after(() => {
        native.recv_pooled = recv_pooled
      })
      const here = receiver as unknown as { recv(bufsize: number, flags: number): Buffer }
      assert.throws(() => here.recv(100, MSG_PEEK), TimeoutError)
      assert.ok(attempts < 50, `${attempts} attempts in a tenth of a second`)
    })
  }

  socketTest('with an offset, a peek with MSG_WAITALL goes on behind what it has seen', async (t) => {
    const [sender, receiver] = await pair(t)
    if (!peeking(receiver, 1)) return
    await call(sender, 'send', 'abc')
    const { waiting, result } = begin(receiver, 'recv', 4, MSG_PEEK | MSG_WAITALL)
    await waiting
    await call(sender, 'send', 'defg')
    assert.equal(await textOf(result), 'bcde')
    assert.equal(await textOf(call(receiver, 'recv', 100)), 'abcdefg')
  })

  socketTest('what is taken moves the offset back', async (t) => {
    const [sender, receiver] = await pair(t)
    if (!peeking(receiver, 2)) return
    await call(sender, 'send', 'abcdef')
    assert.equal(await textOf(call(receiver, 'recv', 2, MSG_PEEK)), 'cd')
    assert.equal(receiver.getsockopt(SOL_SOCKET, SO_PEEK_OFF), 4)
    assert.equal(await textOf(call(receiver, 'recv', 3)), 'abc')
    assert.equal(receiver.getsockopt(SOL_SOCKET, SO_PEEK_OFF), 1)
    assert.equal(await textOf(call(receiver, 'recv', 100, MSG_PEEK)), 'ef')
  })

  socketTest('the end is seen by who peeks past the data', async (t) => {
    const [sender, receiver] = await pair(t)
    if (!peeking(receiver, 0)) return
    await call(sender, 'send', 'abc')
    assert.equal(await textOf(call(receiver, 'recv', 100, MSG_PEEK)), 'abc')
    const { waiting, result } = begin(receiver, 'recv', 100, MSG_PEEK)
    await waiting
    sender.shutdown(SHUT_WR)
    assert.equal((await result).length, 0)
    assert.equal(await textOf(call(receiver, 'recv', 100)), 'abc')
  })
}
