// send, sendall and recv: sizes, kinds of data, pieces, and what a result may not be.
import assert from 'node:assert/strict'
import { socketTest } from '../scope.ts'
import { assertNothingToReceive, assertSameBytes, fill, pattern, receive } from '../traffic.ts'
import type { World } from '../worlds.ts'

const MEBIBYTE = 1024 * 1024

function sizesFor({ can }: World): number[] {
  // UDP takes at most 65507 bytes, the others what fits into the sender's buffer.
  if (can.datagram && can.internet) return [0, 1, 1472, 65507]
  const around64KiB = [65535, 65536, 65537]
  return can.stream ? [0, 1, ...around64KiB, MEBIBYTE] : [0, 1, ...around64KiB]
}

export function transferSuite(world: World): void {
  const { can, call, begin, pair } = world

  for (const size of sizesFor(world)) {
    socketTest(`${size} bytes arrive as they were sent`, async (t) => {
      const [sender, receiver] = await pair(t)
      const data = pattern(size)
      if (can.stream) {
        const sending = call(sender, 'sendall', data)
        assertSameBytes(await receive(world, receiver, size), data)
        assert.equal(await sending, undefined)
        await assertNothingToReceive(world, receiver)
      } else {
        assert.equal(await call(sender, 'send', data), size)
        assertSameBytes(await call(receiver, 'recv', size + 1), data)
        assert.equal(await call(sender, 'sendall', data), undefined)
        assertSameBytes(await call(receiver, 'recv', size + 1), data)
      }
    })
  }

  const letters = new Uint16Array([0x4142, 0x4344, 0x4546])
  const shared = new SharedArrayBuffer(3)
  new Uint8Array(shared).set([7, 8, 9])
  const kinds: readonly [string, string | ArrayBufferView | ArrayBuffer | SharedArrayBuffer, Buffer][] = [
    ['text', 'grüße, 世界', Buffer.from('grüße, 世界', 'utf8')],
    ['a Buffer', Buffer.from('abc'), Buffer.from('abc')],
    ['a part of a Uint8Array', new Uint8Array([1, 2, 3, 4]).subarray(1, 3), Buffer.from([2, 3])],
    ['a part of a Uint16Array', letters.subarray(1), Buffer.from(letters.buffer, 2)],
    ['a Float64Array', new Float64Array([Math.PI]), Buffer.from(new Float64Array([Math.PI]).buffer)],
    ['a part of a DataView', new DataView(letters.buffer, 1, 3), Buffer.from(letters.buffer, 1, 3)],
    ['an ArrayBuffer', letters.buffer, Buffer.from(letters.buffer)],
    ['a SharedArrayBuffer', shared, Buffer.from([7, 8, 9])],
  ]
  for (const [kind, data, bytes] of kinds) {
    socketTest(`send and sendall take ${kind}`, async (t) => {
      const [sender, receiver] = await pair(t)
      assert.equal(await call(sender, 'send', data), bytes.length)
      assert.deepEqual(await call(receiver, 'recv', 100), bytes)
      await call(sender, 'sendall', data)
      assert.deepEqual(await call(receiver, 'recv', 100), bytes)
    })
  }

  if (can.stream) {
    socketTest('no bytes are there at once, also after a read that emptied the socket', async (t) => {
      const [sender, receiver] = await pair(t)
      const { waiting, result } = begin(receiver, 'recv', 100)
      await waiting
      await call(sender, 'send', 'x')
      assert.equal(String(await result), 'x')
      receiver.settimeout(1)
      assert.equal((await call(receiver, 'recv', 0)).length, 0)
      assert.equal(await call(receiver, 'recvInto', new Uint8Array(0)), 0)
    })
  }

  socketTest('recv takes at most bufsize', async (t) => {
    const [sender, receiver] = await pair(t)
    await call(sender, 'send', 'hello')
    await call(sender, 'send', 'world')
    assert.equal(String(await call(receiver, 'recv', 2)), 'he')
    // A stream keeps the rest; of a message it is lost.
    assert.equal(String(await call(receiver, 'recv', 100)), can.stream ? 'lloworld' : 'world')
  })

  socketTest('recv of no bytes takes nothing', async (t) => {
    const [sender, receiver] = await pair(t)
    assert.equal((await call(receiver, 'recv', 0)).length, 0)
    await call(sender, 'send', 'x')
    assert.equal((await call(receiver, 'recv', 0)).length, 0)
    assert.equal(String(await call(receiver, 'recv', 1)), 'x')
  })

  socketTest('recv waits for what comes', async (t) => {
    const [sender, receiver] = await pair(t)
    for (const text of ['one', 'two', 'three']) {
      const receiving = begin(receiver, 'recv', 100)
      await receiving.waiting
      await call(sender, 'send', text)
      assert.equal(String(await receiving.result), text)
    }
  })

  for (const size of [3, 1000, 65536, 65537, 200_000]) {
    if (size > 65507 && !can.stream) continue
    socketTest(`two results of ${size} bytes are not the same memory`, async (t) => {
      const [sender, receiver] = await pair(t)
      const [first, second] = [pattern(size, 1), pattern(size, 2)]
      // Into room for three times as much, since a short result may come out of longer memory.
      const results: Buffer[] = []
      for (const data of [first, second]) {
        const sending = call(sender, 'sendall', data)
        results.push(await receive(world, receiver, size))
        await sending
      }
      for (const data of [first, second]) {
        const sending = call(sender, 'send', data.subarray(0, 3))
        results.push(await call(receiver, 'recv', size * 3))
        await sending
      }
      assertSameBytes(results[0]!, first)
      assertSameBytes(results[1]!, second)
      assertSameBytes(results[2]!, first.subarray(0, 3))
      assertSameBytes(results[3]!, second.subarray(0, 3))
    })
  }

  socketTest('sends in both directions do not meet', async (t) => {
    const [left, right] = await pair(t)
    await Promise.all([call(left, 'send', 'to the right'), call(right, 'send', 'to the left')])
    assert.equal(String(await call(left, 'recv', 100)), 'to the left')
    assert.equal(String(await call(right, 'recv', 100)), 'to the right')
  })

  if (can.stream) {
    socketTest('sendall of 8 MiB waits for a slow reader', async (t) => {
      const [sender, receiver] = await pair(t)
      const data = pattern(8 * MEBIBYTE)
      const sending = begin(sender, 'sendall', data)
      await sending.waiting
      assertSameBytes(await receive(world, receiver, data.length), data)
      assert.equal(await sending.result, undefined)
    })

    socketTest('send may be short, and says how much it sent', async (t) => {
      const [sender, receiver] = await pair(t)
      const data = pattern(8 * MEBIBYTE)
      const sent = await call(sender, 'send', data)
      assert.ok(sent > 0 && sent < data.length, `${sent}`)
      assertSameBytes(await receive(world, receiver, sent), data.subarray(0, sent))
      await assertNothingToReceive(world, receiver)
    })
  }

  if (can.fill) {
    socketTest('send waits for room', async (t) => {
      const [sender, receiver] = await pair(t)
      const filled = await fill(world, sender, receiver)
      const sending = begin(sender, 'send', 'late')
      await sending.waiting
      assert.equal((await receive(world, receiver, filled)).length, filled)
      assert.equal(await sending.result, 4)
      assert.equal(String(await call(receiver, 'recv', 100)), 'late')
    })
  }
}
