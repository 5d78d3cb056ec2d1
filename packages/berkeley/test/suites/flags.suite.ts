// The flags of sending and receiving: each does what recv(2) and send(2) say, in every method that takes it.
import assert from 'node:assert/strict'
import {
  BrokenPipeError,
  MSG_MORE,
  MSG_NOSIGNAL,
  MSG_OOB,
  MSG_PEEK,
  MSG_TRUNC,
  MSG_WAITALL,
  SHUT_WR,
  TimeoutError,
} from 'berkeley'
import { socketTest } from '../scope.ts'
import { assertNothingToReceive, drain, everybodyIsTold } from '../traffic.ts'
import type { AnySocket, Method, World } from '../worlds.ts'

interface Receiving {
  readonly method: Method
  /** Receives with flags; gives what came, cut off at the count. */
  receive(socket: AnySocket, size: number, flags: unknown): Promise<{ count: number; text: string }>
}

function receivingMethods({ call }: World): readonly Receiving[] {
  const into = (buffer: Buffer, count: number) => ({ count, text: String(buffer.subarray(0, count)) })
  const whole = (data: Buffer) => ({ count: data.length, text: String(data) })
  return [
    {
      method: 'recv',
      receive: async (socket, size, flags) => whole(await call(socket, 'recv', size, flags as number)),
    },
    {
      method: 'recvInto',
      async receive(socket, size, flags) {
        const buffer = Buffer.alloc(size)
        return into(buffer, await call(socket, 'recvInto', buffer, size, flags as number))
      },
    },
    {
      method: 'recvfrom',
      receive: async (socket, size, flags) =>
        whole((await call(socket, 'recvfrom', size, flags as number))[0]),
    },
    {
      method: 'recvfromInto',
      async receive(socket, size, flags) {
        const buffer = Buffer.alloc(size)
        return into(buffer, (await call(socket, 'recvfromInto', buffer, size, flags as number))[0])
      },
    },
    {
      method: 'recvmsg',
      receive: async (socket, size, flags) =>
        whole((await call(socket, 'recvmsg', size, 0, flags as number))[0]),
    },
    {
      method: 'recvmsgInto',
      async receive(socket, size, flags) {
        const buffer = Buffer.alloc(size)
        return into(buffer, (await call(socket, 'recvmsgInto', [buffer], 0, flags as number))[0])
      },
    },
  ]
}

export function flagsSuite(world: World): void {
  const { can, call, begin, pair } = world
  const messages = !can.stream
  const methods = receivingMethods(world)

  for (const { method, receive } of methods) {
    socketTest(`${method} with MSG_PEEK leaves what it shows`, async (t) => {
      const [sender, receiver] = await pair(t)
      await call(sender, 'send', 'hello')
      assert.equal((await receive(receiver, 10, MSG_PEEK)).text, 'hello')
      assert.equal((await receive(receiver, 10, { flags: MSG_PEEK })).text, 'hello')
      assert.equal((await receive(receiver, 10, 0)).text, 'hello')
      await assertNothingToReceive(world, receiver)
    })

    socketTest(`${method} after a peek that was short still finds the rest`, async (t) => {
      const [sender, receiver] = await pair(t)
      const early = begin(receiver, 'recv', 9)
      await early.waiting
      await call(sender, 'send', 'first')
      await early.result
      await call(sender, 'send', 'second')
      await everybodyIsTold()
      assert.equal((await receive(receiver, 100, MSG_PEEK)).text, 'second')
      assert.equal((await receive(receiver, 100, 0)).text, 'second')
    })

    if (messages) {
      socketTest(`${method} with MSG_TRUNC`, async (t) => {
        const [sender, receiver] = await pair(t)
        await call(sender, 'send', 'hello')
        const { count, text } = await receive(receiver, 2, MSG_TRUNC)
        // The count tells the real length; bytes there are only as many as were asked for.
        assert.equal(count, method.endsWith('Into') ? 5 : 2)
        assert.equal(text, 'he')
        await assertNothingToReceive(world, receiver)
      })
    }
  }

  if (can.stream) {
    waitallTests(world)
    const results: Record<string, (receiver: AnySocket) => Promise<Uint8Array>> = {
      recv: (receiver) => call(receiver, 'recv', 4, MSG_TRUNC),
      recvAll: (receiver) => call(receiver, 'recv', 4, MSG_TRUNC | MSG_WAITALL),
      recvfrom: async (receiver) => (await call(receiver, 'recvfrom', 4, MSG_TRUNC))[0],
      recvmsg: async (receiver) => (await call(receiver, 'recvmsg', 4, 0, MSG_TRUNC))[0],
      recvmmsg: async (receiver) => (await call(receiver, 'recvmmsg', 1, 4, MSG_TRUNC))[0]!.data,
    }
    // Only TCP makes something else of it.
    const what = can.internet ? 'throws data away, and shows nobody else’s' : 'means nothing'
    for (const [method, resultOf] of Object.entries(results)) {
      socketTest(`${method} with MSG_TRUNC on a stream ${what}`, async (t) => {
        const [sender, receiver] = await pair(t)
        await call(sender, 'send', 'secret')
        assert.equal((await call(receiver, 'recvmmsg', 1, 4))[0]!.data.length, 4)
        await call(receiver, 'recv', 2)
        await call(sender, 'send', 'public')
        assert.deepEqual(
          Buffer.from(await resultOf(receiver)),
          can.internet ? Buffer.alloc(4) : Buffer.from('publ'),
        )
        assert.equal(String(await call(receiver, 'recv', 10)), 'ic')
      })
    }
    if (can.internet) {
      urgentTests(world)
    }
  }

  if (can.internet && can.datagram) {
    const sends = (address: unknown) => ({
      'send with MSG_MORE': (socket: AnySocket) => call(socket, 'send', 'one ', MSG_MORE),
      'send with { flags: MSG_MORE }': (socket: AnySocket) =>
        call(socket, 'send', 'one ', { flags: MSG_MORE }),
      'sendall with MSG_MORE': (socket: AnySocket) => call(socket, 'sendall', 'one ', MSG_MORE),
      'sendto with MSG_MORE': (socket: AnySocket) => call(socket, 'sendto', 'one ', MSG_MORE, address),
      'sendto with { flags: MSG_MORE }': (socket: AnySocket) =>
        call(socket, 'sendto', 'one ', address, { flags: MSG_MORE }),
    })
    for (const title of Object.keys(sends(null)) as (keyof ReturnType<typeof sends>)[]) {
      socketTest(`${title} makes one datagram of two`, async (t) => {
        const [sender, receiver] = await pair(t)
        await sends(receiver.getsockname())[title](sender)
        await assertNothingToReceive(world, receiver)
        await call(sender, 'send', 'datagram')
        assert.equal(String(await call(receiver, 'recv', 100)), 'one datagram')
      })
    }
  }

  if (!can.datagram) {
    for (const method of ['send', 'sendall'] as const) {
      socketTest(`${method} to who does not read any more fails, with or without MSG_NOSIGNAL`, async (t) => {
        const [sender, receiver] = await pair(t)
        sender.shutdown(SHUT_WR)
        for (const flags of [MSG_NOSIGNAL, 0]) {
          await assert.rejects(call(sender, method, 'x', flags), (error) => {
            assert.ok(error instanceof BrokenPipeError)
            assert.deepEqual([error.code, error.syscall], ['EPIPE', method])
            return true
          })
        }
        assert.equal((await call(receiver, 'recv', 1)).length, 0)
      })
    }
  }
}

function waitallTests(world: World): void {
  const { call, begin, pair } = world
  const pieces = ['piece', ' by ', 'piece']
  const all = pieces.join('')

  const whole = {
    recv: (socket: AnySocket, size: number) => begin(socket, 'recv', size, MSG_WAITALL),
    recvInto: (socket: AnySocket, size: number) =>
      begin(socket, 'recvInto', new Uint8Array(size), 0, MSG_WAITALL),
  }
  const check = (result: unknown, expected: string): void => {
    if (typeof result === 'number') assert.equal(result, expected.length)
    else assert.equal(String(result), expected)
  }

  for (const [method, beginWhole] of Object.entries(whole)) {
    socketTest(`${method} with MSG_WAITALL waits for all of it`, async (t) => {
      const [sender, receiver] = await pair(t)
      const { waiting, result } = beginWhole(receiver, all.length)
      await waiting
      for (const piece of pieces) await call(sender, 'send', piece)
      await call(sender, 'send', 'more')
      check(await result, all)
      assert.equal(String(await call(receiver, 'recv', 100)), 'more')
    })

    socketTest(`${method} with MSG_WAITALL is short at the end of the stream`, async (t) => {
      const [sender, receiver] = await pair(t)
      const { waiting, result } = beginWhole(receiver, 100)
      await waiting
      await call(sender, 'send', 'only this')
      sender.close()
      check(await result, 'only this')
    })

    socketTest(`${method} with MSG_WAITALL is short when time runs out in the middle`, async (t) => {
      const [sender, receiver] = await pair(t)
      receiver.settimeout(0.02)
      await call(sender, 'send', 'half')
      const { waiting, result } = beginWhole(receiver, 100)
      await waiting
      check(await result, 'half')
      await assert.rejects(beginWhole(receiver, 100).result, TimeoutError)
    })

    socketTest(`${method} with MSG_WAITALL on a non-blocking socket takes what is there`, async (t) => {
      const [sender, receiver] = await pair(t)
      receiver.settimeout(0)
      await assert.rejects(beginWhole(receiver, 100).result, { code: 'EAGAIN' })
      await call(sender, 'send', 'half')
      check(await beginWhole(receiver, 100).result, 'half')
    })
  }

  socketTest('recvInto with MSG_WAITALL fills the memory in order', async (t) => {
    const [sender, receiver] = await pair(t)
    const buffer = Buffer.alloc(all.length + 2, '.')
    const { waiting, result } = begin(receiver, 'recvInto', buffer, all.length, MSG_WAITALL)
    await waiting
    for (const piece of pieces) await call(sender, 'send', piece)
    assert.equal(await result, all.length)
    assert.equal(String(buffer), `${all}..`)
  })

  if (world.can.overlap) {
    socketTest('recv with MSG_WAITALL is short when it is aborted in the middle', async (t) => {
      const [sender, receiver] = await pair(t)
      const controller = new AbortController()
      await call(sender, 'send', 'half')
      const { signal } = controller
      const { waiting, result } = begin(receiver, 'recv', 100, { flags: MSG_WAITALL, signal })
      await waiting
      controller.abort()
      check(await result, 'half')
    })
  }
}

function urgentTests(world: World): void {
  const { call, begin, pair } = world
  const sends = {
    send: (socket: AnySocket) => call(socket, 'send', '!', MSG_OOB),
    sendall: (socket: AnySocket) => call(socket, 'sendall', '!', MSG_OOB),
  }

  for (const [method, sendUrgent] of Object.entries(sends)) {
    socketTest(`a byte of ${method} with MSG_OOB is received with MSG_OOB`, async (t) => {
      const [sender, receiver] = await pair(t)
      await sendUrgent(sender)
      await call(sender, 'send', 'plain')
      assert.equal(String(await call(receiver, 'recv', 1, MSG_OOB)), '!')
      assert.equal(String(await call(receiver, 'recv', 100)), 'plain')
    })
  }

  socketTest('a read stops before the urgent byte, and the next goes on behind it', async (t) => {
    const [sender, receiver] = await pair(t)
    await receivedWhileWaiting(receiver, sender)
    await call(sender, 'send', 'before')
    await sends.send(sender)
    await call(sender, 'send', 'behind')
    assert.equal(String(await call(receiver, 'recv', 100)), 'before')
    assert.equal(String(await call(receiver, 'recv', 1, MSG_OOB)), '!')
    assert.equal(String(await call(receiver, 'recv', 100)), 'behind')
    assert.equal(await drain(world, receiver), 0)
  })

  /** So that the socket is among those that have waited. */
  async function receivedWhileWaiting(receiver: AnySocket, sender: AnySocket): Promise<void> {
    const { waiting, result } = begin(receiver, 'recv', 100)
    await waiting
    await call(sender, 'send', 'hello')
    await result
  }

  if (world.can.overlap) {
    socketTest('the urgent byte does not wait for those who wait for others', async (t) => {
      const [sender, receiver] = await pair(t)
      const { waiting, result } = world.begin(receiver, 'recv', 10)
      await waiting
      await call(sender, 'send', '!', MSG_OOB)
      for (;;) {
        const urgent = await call(receiver, 'recv', 1, MSG_OOB).catch(({ code }) =>
          assert.equal(code, 'EINVAL'),
        )
        if (urgent === undefined) continue
        assert.equal(String(urgent), '!')
        break
      }
      await call(sender, 'send', 'usual')
      assert.equal(String(await result), 'usual')
    })
  }

  socketTest('recv with MSG_OOB fails where nothing is urgent', async (t) => {
    const [, receiver] = await pair(t)
    await assert.rejects(call(receiver, 'recv', 1, MSG_OOB), { code: 'EINVAL', syscall: 'recv' })
  })
}
