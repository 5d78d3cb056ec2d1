// Several operations at a time on one socket: who is served when, and that nothing is mixed up. Promises only, since a
// thread that blocks does one thing at a time.
import assert from 'node:assert/strict'
import { type Address, MSG_PEEK } from 'berkeley'
import { socketTest } from '../scope.ts'
import { assertSameBytes, fill, pattern, receive } from '../traffic.ts'
import { type AnySocket, closing, type World } from '../worlds.ts'

/** More than the operations in a row after which the driver lets the loop turn. */
const MANY = 40

export function queueSuite(world: World): void {
  const { can, call, begin, pair } = world
  if (!can.overlap) return

  socketTest('receiving is first come, first served', async (t) => {
    const [sender, receiver] = await pair(t)
    const memory = Buffer.alloc(1)
    const order: string[] = []
    const note = (name: string) => (value: unknown) => order.push(`${name} ${value}`)
    const underway = [
      call(receiver, 'recv', 1).then(note('recv')),
      call(receiver, 'recvInto', memory).then(note('recvInto')),
      call(receiver, 'recvfrom', 1).then(([data]) => note('recvfrom')(data)),
      call(receiver, 'recvfromInto', new Uint8Array(1)).then(([count]) => note('recvfromInto')(count)),
      call(receiver, 'recv', 1).then(note('recv')),
    ]
    for (const letter of 'abcde') await call(sender, 'send', letter)
    await Promise.all(underway)
    assert.deepEqual(order, ['recv a', 'recvInto 1', 'recvfrom c', 'recvfromInto 1', 'recv e'])
    assert.equal(String(memory), 'b')
  })

  socketTest('one that comes later does not overtake', async (t) => {
    const [sender, receiver] = await pair(t)
    const first = begin(receiver, 'recv', 1)
    await first.waiting
    // There is something to receive now, but the loop has not told yet.
    const sending = call(sender, 'send', '1')
    const second = call(receiver, 'recv', 1)
    await sending
    await call(sender, 'send', '2')
    assert.equal(String(await first.result), '1')
    assert.equal(String(await second), '2')
  })

  socketTest('one that is aborted leaves its place to the next', async (t) => {
    const [sender, receiver] = await pair(t)
    const controllers = [new AbortController(), new AbortController(), new AbortController()]
    const waiting = controllers.map(({ signal }) => call(receiver, 'recv', 10, { signal }))
    const last = call(receiver, 'recv', 10)
    controllers[1]!.abort(new Error('the middle one'))
    await assert.rejects(waiting[1]!, /the middle one/)
    controllers[0]!.abort(new Error('the first one'))
    await assert.rejects(waiting[0]!, /the first one/)
    await call(sender, 'send', 'x')
    assert.equal(String(await waiting[2]), 'x')
    await call(sender, 'send', 'y')
    assert.equal(String(await last), 'y')
  })

  socketTest('one that timed out leaves its place to the next', async (t) => {
    const [sender, receiver] = await pair(t)
    receiver.settimeout(0.01)
    const first = call(receiver, 'recv', 10)
    receiver.settimeout(null)
    const second = call(receiver, 'recv', 10)
    await assert.rejects(first, { code: 'ETIMEDOUT' })
    await call(sender, 'send', 'x')
    assert.equal(String(await second), 'x')
  })

  socketTest('whoever waits is told when the socket is closed', async (t) => {
    const [, receiver] = await pair(t)
    const all = Array.from({ length: 5 }, () => call(receiver, 'recv', 10))
    receiver.close()
    for (const one of await Promise.allSettled(all)) {
      assert.equal(one.status, 'rejected')
      assert.equal(one.status === 'rejected' && one.reason.code, 'ECANCELED')
    }
  })

  socketTest('a duplicate that gets the number of a closed socket can wait', async (t) => {
    const [left, right] = await pair(t)
    const early = begin(left, 'recv', 10)
    await early.waiting
    const second = closing(t, left.dup())
    const number = left.fileno()
    left.close()
    await assert.rejects(early.result, { code: 'ECANCELED' })
    // The open file lives on, and for the kernel this is the same descriptor of it as before.
    const third = closing(t, second.dup())
    assert.equal(third.fileno(), number)
    const { waiting, result } = begin(third, 'recv', 10)
    await waiting
    await call(right, 'send', 'x')
    assert.equal(String(await result), 'x')
  })

  socketTest('a socket that is always ready lets timers run', async (t) => {
    const [sender, receiver] = await pair(t)
    await call(sender, 'send', 'x')
    let fired = false
    setTimeout(() => {
      fired = true
    })
    const end = performance.now() + 5000
    while (!fired) {
      assert.equal((await call(receiver, 'recv', 1, MSG_PEEK)).length, 1)
      assert.ok(performance.now() < end, 'the timer starves')
    }
  })

  socketTest(`${MANY} results in a row are right, and two sockets are not mixed up`, async (t) => {
    const pairs = [await pair(t), await pair(t)]
    const letters = 'ab'
    const underway: Promise<void>[] = []
    const begun = pairs.map(([, receiver], which) =>
      Array.from({ length: MANY }, (_, index) => ({ receiver, expected: `${letters[which]}${10 + index}` })),
    )
    // In turns: one of this socket, one of that.
    for (let index = 0; index < MANY; index++) {
      for (const one of begun) {
        const { receiver, expected } = one[index]!
        underway.push(call(receiver, 'recvfrom', 3).then(([data]) => assert.equal(String(data), expected)))
      }
    }
    for (let index = 0; index < MANY; index++) {
      for (const [which, [sender]] of pairs.entries())
        await call(sender, 'send', `${letters[which]}${10 + index}`)
    }
    await Promise.all(underway)
  })

  if (can.stream) streamTests(world)
  if (can.datagram && can.name) datagramTests(world)
  if (can.connection) {
    socketTest('accepting is first come, first served', async (t) => {
      const server = world.listening(t)
      const clients = [world.bound(t), world.bound(t), world.bound(t)]
      const accepting = clients.map(() => call(server, 'accept'))
      for (const client of clients) await call(client, 'connect', server.getsockname() as Address)
      for (const [index, client] of clients.entries()) {
        const [connection, address] = await accepting[index]!
        closing(t, connection)
        assert.deepEqual(address, client.getsockname())
      }
    })
  }
}

function streamTests(world: World): void {
  const { call, begin, pair } = world

  socketTest('two sendall at a time do not mix their bytes', async (t) => {
    const [sender, receiver] = await pair(t)
    const parts = [pattern(5_000_000, 1), pattern(3_000_000, 2), pattern(10, 3)]
    const sending = parts.map((part) => call(sender, 'sendall', part))
    assertSameBytes(await receive(world, receiver, 8_000_010), Buffer.concat(parts))
    await Promise.all(sending)
  })

  socketTest('sendall and send at a time are in their order', async (t) => {
    const [sender, receiver] = await pair(t)
    const filled = await fill(world, sender, receiver)
    const all = ['one ', 'two ', 'three'].map((text, index) =>
      call(sender, index === 1 ? 'send' : 'sendall', text),
    )
    await receive(world, receiver, filled)
    await Promise.all(all)
    assert.equal(String(await receive(world, receiver, 13)), 'one two three')
  })

  socketTest('a send that must not wait does not go in between the bytes of a sendall', async (t) => {
    const [sender, receiver] = await pair(t)
    const data = pattern(8_000_000)
    const { waiting, result } = begin(sender, 'sendall', data)
    await waiting
    for (const socket of [sender, receiver]) socket.settimeout(0)
    // Both in one turn: there is room now, and the sendall has not been told of it yet.
    const receiving = call(receiver, 'recv', 1_000_000)
    const refused = call(sender, 'send', 'intruder')
    await assert.rejects(refused, { code: 'EAGAIN' })
    const early = await receiving
    receiver.settimeout(null)
    const late = await receive(world, receiver, data.length - early.length)
    assertSameBytes(Buffer.concat([early, late]), data)
    await result
  })

  socketTest('one that waits to send does not hinder receiving, and the other way round', async (t) => {
    const [left, right] = await pair(t)
    const toRight = pattern(5_000_000, 1)
    const toLeft = pattern(5_000_000, 2)
    const sending = [call(left, 'sendall', toRight), call(right, 'sendall', toLeft)]
    const [atLeft, atRight] = await Promise.all([
      receive(world, left, toLeft.length),
      receive(world, right, toRight.length),
    ])
    assertSameBytes(atLeft, toLeft)
    assertSameBytes(atRight, toRight)
    await Promise.all(sending)
  })

  socketTest('a sendall that fails half-way lets the next fail, too', async (t) => {
    const [sender, receiver] = await pair(t)
    const sending = [call(sender, 'sendall', pattern(8_000_000)), call(sender, 'sendall', 'x')]
    await call(receiver, 'recv', 10)
    receiver.close()
    for (const one of await Promise.allSettled(sending)) assert.equal(one.status, 'rejected')
  })

  socketTest('the data of a sendall that waits is not copied', async (t) => {
    const [sender, receiver] = await pair(t)
    const data = new SharedArrayBuffer(8_000_000)
    const { waiting, result } = begin(sender, 'sendall', data)
    await waiting
    new Uint8Array(data).fill(7, 7_999_999)
    const received = await receive(world, receiver, 8_000_000)
    await result
    assert.equal(received[7_999_999], 7)
  })

  socketTest('many connections at a time each get their own', async (t) => {
    const pairs: [AnySocket, AnySocket][] = []
    for (let i = 0; i < 50; i++) pairs.push(await pair(t))
    const receiving = pairs.map(([, receiver]) => call(receiver, 'recv', 100))
    for (const [index, [sender]] of pairs.entries()) await call(sender, 'send', `to ${index}`)
    const texts = (await Promise.all(receiving)).map(String)
    assert.deepEqual(
      texts,
      pairs.map((_, index) => `to ${index}`),
    )
  })
}

function datagramTests({ can, call, bound }: World): void {
  socketTest('recvfrom of two sockets at a time tells each its own sender', async (t) => {
    const receivers = [bound(t), bound(t)]
    const senders = [bound(t), bound(t)]
    // The queue of a Unix socket holds ten; beyond those, receiving has to be under way.
    const count = can.internet ? MANY : 10
    for (let index = 0; index < count; index++) {
      for (const [which, sender] of senders.entries()) {
        await call(sender, 'sendto', `${which} ${index}`, receivers[which]!.getsockname())
      }
    }
    const underway: Promise<void>[] = []
    for (let index = 0; index < count; index++) {
      for (const [which, receiver] of receivers.entries()) {
        const expected = [Buffer.from(`${which} ${index}`), senders[which]!.getsockname()]
        underway.push(call(receiver, 'recvfrom', 100).then((result) => assert.deepEqual(result, expected)))
      }
    }
    await Promise.all(underway)
  })
}
