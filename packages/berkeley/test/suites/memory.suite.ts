// recvInto and recvfromInto: whose memory is written, where, and how much of it.
import assert from 'node:assert/strict'
import { socketTest } from '../scope.ts'
import { pattern } from '../traffic.ts'
import type { AnySocket, World } from '../worlds.ts'

const kinds = {
  Buffer,
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
  DataView,
} as unknown as Record<string, { new (memory: ArrayBufferLike, at: number, length: number): ArrayBufferView }>

/** A view of 16 bytes over memory of 48, which is 0xee all over. */
function viewOf(kind: string, memory: ArrayBufferLike): ArrayBufferView {
  new Uint8Array(memory).fill(0xee)
  if (kind === 'Buffer') return Buffer.from(memory, 16, 16)
  const View = kinds[kind]! as (typeof kinds)[string] & { BYTES_PER_ELEMENT?: number }
  return new View(memory, 16, 16 / (View.BYTES_PER_ELEMENT ?? 1))
}

/** What 0xee all over becomes when `data` is written at `at`. */
function written(length: number, at: number, data: Uint8Array): Buffer {
  const expected = Buffer.alloc(length, 0xee)
  expected.set(data, at)
  return expected
}

export function memorySuite(world: World): void {
  const { call, pair } = world

  const methods = [
    ['recvInto', (result: unknown) => result],
    ['recvfromInto', (result: unknown) => (result as [number, unknown])[0]],
  ] as const

  for (const [method, countOf] of methods) {
    const receive = async (socket: AnySocket, ...args: unknown[]): Promise<unknown> =>
      countOf(await call(socket, method, ...(args as [ArrayBufferView])))

    for (const kind of Object.keys(kinds)) {
      socketTest(`${method} writes into a ${kind} and not beside it`, async (t) => {
        const [sender, receiver] = await pair(t)
        const data = pattern(20)
        for (const memory of [new ArrayBuffer(48), new SharedArrayBuffer(48)]) {
          await call(sender, 'send', data)
          assert.equal(await receive(receiver, viewOf(kind, memory)), 16)
          assert.deepEqual(Buffer.from(memory), written(48, 16, data.subarray(0, 16)))
          if (world.can.stream) await call(receiver, 'recv', 4)
        }
      })
    }

    socketTest(`${method} writes into an ArrayBuffer and a SharedArrayBuffer`, async (t) => {
      const [sender, receiver] = await pair(t)
      for (const memory of [new ArrayBuffer(8), new SharedArrayBuffer(8)]) {
        new Uint8Array(memory).fill(0xee)
        await call(sender, 'send', 'abc')
        assert.equal(await receive(receiver, memory), 3)
        assert.deepEqual(Buffer.from(memory), written(8, 0, Buffer.from('abc')))
      }
    })

    socketTest(`${method} takes at most nbytes; 0 and none mean all of the buffer`, async (t) => {
      const [sender, receiver] = await pair(t)
      for (const [args, count] of [
        [[3], 3],
        [[0], 8],
        [[], 8],
        [[8], 8],
        [[undefined], 8],
      ] as const) {
        await call(sender, 'send', 'abcdefghij')
        const buffer = Buffer.alloc(8, 0xee)
        assert.equal(await receive(receiver, buffer, ...args), count)
        assert.deepEqual(buffer, written(8, 0, Buffer.from('abcdefgh').subarray(0, count)))
        if (world.can.stream) await call(receiver, 'recv', 10 - count)
      }
    })

    socketTest(`${method} refuses more nbytes than the buffer has`, async (t) => {
      const [, receiver] = await pair(t)
      await assert.rejects(receive(receiver, new Uint8Array(8).subarray(4), 5), (error: Error) => {
        assert.ok(error instanceof RangeError)
        assert.match(error.message, new RegExp(`${method}.*nbytes.*5`))
        return true
      })
    })

    socketTest(`${method} into more memory than passes through scratch`, async (t) => {
      const [sender, receiver] = await pair(t)
      const data = pattern(65507)
      const buffer = Buffer.alloc(300_000, 0xee)
      await call(sender, 'sendall', data)
      for (let at = 0; at < data.length; ) at += (await receive(receiver, buffer.subarray(at))) as number
      assert.ok(buffer.equals(written(buffer.length, 0, data)))
    })

    socketTest(`${method} into no memory takes nothing of a stream`, async (t) => {
      const [sender, receiver] = await pair(t)
      await call(sender, 'send', 'x')
      if (method === 'recvInto' || world.can.stream) {
        assert.equal(await receive(receiver, new Uint8Array(0)), 0)
      }
      assert.equal(await receive(receiver, new Uint8Array(8)), 1)
    })
  }
}
