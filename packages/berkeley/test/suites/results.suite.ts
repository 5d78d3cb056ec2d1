// What recv and its kin give away: memory that nobody else will ever write to, pooled if it is little, the result's own if
// it is much, and accounted to V8, which otherwise would not know when to collect it.
import assert from 'node:assert/strict'
import { AF_INET } from 'berkeley'
import { native } from '#sys/native.js'
import { socketTest } from '../scope.ts'
import { assertSameBytes, pattern } from '../traffic.ts'
import type { AnySocket, World } from '../worlds.ts'

type Pending<Value> = Value | Promise<Value>

/** The methods of either form, called on this thread: nothing here has to wait, and what crosses threads is copied. */
interface Direct {
  sendall(data: Uint8Array): Pending<void>
  recv(bufsize: number): Pending<Buffer>
  recvfrom(bufsize: number): Pending<[Buffer, unknown]>
  recvmsg(bufsize: number): Pending<[Buffer, ...unknown[]]>
  recvmmsg(vlen: number, bufsize: number): Pending<{ data: Buffer }[]>
}
const direct = (socket: AnySocket) => socket as unknown as Direct

const methods: Record<string, (socket: Direct, bufsize: number) => Promise<Buffer[]>> = {
  recv: async (socket, bufsize) => [await socket.recv(bufsize)],
  recvfrom: async (socket, bufsize) => [(await socket.recvfrom(bufsize))[0]],
  recvmsg: async (socket, bufsize) => [(await socket.recvmsg(bufsize))[0]],
  recvmmsg: async (socket, bufsize) => (await socket.recvmmsg(3, bufsize)).map(({ data }) => data),
}

const LONGEST_POOLED = 4096
const SIZES = [1, 100, LONGEST_POOLED, LONGEST_POOLED + 1, 30_000]
const ROUNDS = 30
const MEBIBYTE = 2 ** 20

/** Each begins where another ends, in every memory that they share. */
function assertApart(results: readonly Buffer[]): void {
  const byMemory = new Map<ArrayBufferLike, Buffer[]>()
  for (const result of results) byMemory.set(result.buffer, [...(byMemory.get(result.buffer) ?? []), result])
  for (const together of byMemory.values()) {
    together.sort((a, b) => a.byteOffset - b.byteOffset)
    for (const [index, { byteOffset }] of together.entries()) {
      const before = together[index - 1]
      assert.ok(before === undefined || before.byteOffset + before.length <= byteOffset, 'they overlap')
    }
  }
}

/** Ours, or Node's own, which is larger since Node 24. */
const LARGEST_POOL = Math.max(16_384, Buffer.from('x').buffer.byteLength)

export function resultsSuite(world: World): void {
  const { can, pair } = world

  for (const [method, receive] of Object.entries(methods)) {
    socketTest(`${method} gives memory that nobody else writes to`, async (t) => {
      const [left, right] = await pair(t)
      const kept: { result: Buffer; expected: Buffer }[] = []
      for (let round = 0; round < ROUNDS; round++) {
        for (const size of SIZES) {
          const sent = pattern(size, round * SIZES.length + size + 1)
          await direct(left).sendall(sent)
          for (let received = 0; received < size; ) {
            const results = (await receive(direct(right), 65_536)).filter(({ length }) => length > 0)
            for (const result of results) {
              const expected = sent.subarray(received, received + result.length)
              assertSameBytes(result, expected)
              // What its owner does with it must not be seen by anybody else, either.
              const changed = kept.length % 3 === 0
              if (changed) result.fill(0xa5)
              kept.push({ result, expected: changed ? Buffer.alloc(result.length, 0xa5) : expected })
              received += result.length
            }
          }
        }
      }
      for (const { result, expected } of kept) assertSameBytes(result, expected)
      const results = kept.map(({ result }) => result)
      assertApart(results)
      const shared = [native.scratch, native.address, native.numbers].map(({ buffer }) => buffer)
      for (const { buffer } of results) assert.ok(!shared.includes(buffer as ArrayBuffer), 'shared memory')
    })
  }

  for (const method of ['recv', 'recvfrom', 'recvmsg'] as const) {
    socketTest(`${method} pools what is little, and gives memory of its own to what is much`, async (t) => {
      const [left, right] = await pair(t)
      const resultOf = async (size: number, bufsize: number): Promise<Buffer> => {
        await direct(left).sendall(pattern(size))
        return (await methods[method]!(direct(right), bufsize))[0]!
      }
      for (const bufsize of [65_536, 300_000]) {
        const little = [await resultOf(10, bufsize), await resultOf(10, bufsize)]
        for (const { buffer } of little) assert.ok(buffer.byteLength <= LARGEST_POOL, `${buffer.byteLength}`)
        const much = [await resultOf(30_000, bufsize), await resultOf(30_000, bufsize)]
        for (const { buffer, length } of much) assert.ok(buffer.byteLength <= 2 * length)
        assert.notEqual(much[0]!.buffer, much[1]!.buffer)
      }
    })
  }

  // Elsewhere it would be the same once more.
  if (!can.stream || (can.name && world.family !== AF_INET)) return

  socketTest('large results are accounted to V8 while they are kept', async (t) => {
    const [left, right] = await pair(t)
    const block = pattern(60_000)
    const kept: Buffer[] = []
    const accounted = (): number => {
      for (let times = 0; times < 3; times++) globalThis.gc!() // What others have left.
      return process.memoryUsage().arrayBuffers
    }
    const before = accounted()
    let total = 0
    while (total < 32 * MEBIBYTE) {
      await direct(left).sendall(block)
      for (let missing = block.length; missing > 0; missing -= kept.at(-1)!.length) {
        kept.push(await direct(right).recv(missing))
      }
      total += block.length
    }
    const growth = accounted() - before
    assert.ok(growth > total * 0.9, `${growth} of ${total} bytes`)
    assert.ok(kept.length > 0)
  })

  socketTest('large results that are dropped are collected in time', async (t) => {
    const [left, right] = await pair(t)
    const block = pattern(65_536)
    const resident = process.memoryUsage.rss()
    let highest = 0
    for (let round = 0; round < 10_000; round++) {
      const sending = direct(left).sendall(block)
      for (let missing = block.length; missing > 0; ) missing -= (await direct(right).recv(65_536)).length
      await sending
      if (round % 100 === 0) highest = Math.max(highest, process.memoryUsage.rss() - resident)
    }
    // 625 MiB went through it.
    assert.ok(highest < 200 * MEBIBYTE, `${highest}`)
  })
}
