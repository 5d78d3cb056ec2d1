// What a file costs: time and memory in proportion to the data, however it comes; and nothing that nobody needs.
// What is not in proportion takes minutes here, and so does not pass.
import assert from 'node:assert/strict'
import { before, describe } from 'node:test'
import { BlockingIOError } from 'berkeley'
import { native } from '#sys/native.js'
import { forms } from '../forms.ts'
import { socketTest } from '../scope.ts'
import { warmUp } from '../worlds.ts'
import { type AnyFile, fileOf, pairOf } from './opened.ts'
import { type Packet, withPackets } from './packets.ts'

before(warmUp)

const MiB = 2 ** 20

/** Packets of this size, all the same. */
function* repeated(size: number, count: number, fillWith = 'x'): Generator<Packet> {
  const packet = Buffer.alloc(size, fillWith)
  for (let i = 0; i < count; i++) yield packet
}

/** What V8 keeps for itself, in bytes: more with each version. An object for each byte of data would cost more. */
const NOISE = 1024 * 1024

/** Memory in use, without garbage, some of which is only found when the loop has turned. */
async function memory(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    globalThis.gc!()
    await new Promise((resolve) => setImmediate(resolve))
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

for (const form of forms) {
  for (const mode of ['r', 'rb']) {
    describe(`makefile, ${form.name}, '${mode}': what it costs`, () => {
      socketTest('a line without end', async (t) => {
        const [socket] = pairOf(form, t)
        const file = fileOf(t, socket, mode)
        await withPackets(socket, repeated(8192, 2048), async () => {
          assert.equal((await file.readline()).length, 16 * MiB)
        })
      })

      socketTest('a line without end, asked for again and again while it comes', async (t) => {
        const [socket] = pairOf(form, t)
        const file = fileOf(t, socket, mode)
        socket.setblocking(false)
        const count = 8_000
        await withPackets(socket, hesitating(repeated(1024, count)), async () => {
          for (let i = 0; i < count; i++) await assert.rejects(async () => file.readline(), BlockingIOError)
          assert.equal((await file.readline()).length, 1024 * count)
        })
      })

      socketTest('a byte at a time', async (t) => {
        const [socket] = pairOf(form, t)
        const file = fileOf(t, socket, mode)
        socket.setblocking(false)
        const count = 50_000
        await withPackets(socket, [...repeated(1, 1), 'nothing yet'], () => wouldBlock(() => file.readline()))
        const used = await memory()
        await withPackets(socket, repeatedThenNothing(count), () => wouldBlock(() => file.readline()))
        const cost = (await memory()) - used
        assert.ok(cost < 10 * count + NOISE, `${cost} bytes for ${count}`)
        await withPackets(socket, [], async () => assert.equal((await file.read()).length, count + 1))
      })

      socketTest('many lines out of a long backlog', async (t) => {
        const [socket] = pairOf(form, t)
        const file = fileOf(t, socket, mode)
        socket.setblocking(false)
        const packets = [...repeated(8192, 256, `${'x'.repeat(31)}\n`)]
        await withPackets(socket, [...packets, 'nothing yet'], async () => {
          await wouldBlock(() => file.read())
          let [lines, total] = [0, 0]
          for (let line = await file.readline(40); line.length > 0; line = await file.readline(40)) {
            lines++
            total += line.length
          }
          assert.deepEqual([lines, total], [65_536, 2 * MiB])
        })
      })

      socketTest('a limit is kept', async (t) => {
        const [socket] = pairOf(form, t)
        const file = fileOf(t, socket, mode)
        let taken = 0
        function* endless(): Generator<Packet> {
          for (;;) {
            taken++
            yield Buffer.alloc(100, 'x')
          }
        }
        await withPackets(socket, endless(), async () => {
          assert.equal((await file.readline(1000)).length, 1000)
          // One is on its way.
          assert.ok(taken <= 11, `${taken} packets`)
        })
      })

      socketTest('reading all', async (t) => {
        const [socket] = pairOf(form, t)
        const file = fileOf(t, socket, mode)
        await withPackets(socket, repeated(8192, 2048), async () => {
          assert.equal((await file.read()).length, 16 * MiB)
        })
      })
    })
  }

  describe(`makefile, ${form.name}: what it costs`, () => {
    socketTest('characters of two units', async (t) => {
      const [socket] = pairOf(form, t)
      const file = fileOf(t, socket, 'r')
      const count = 2 * MiB
      await withPackets(socket, repeated(8192, count / 2048, '😀'), async () => {
        assert.equal((await file.read(count - 10)).length, 2 * (count - 10))
        assert.equal((await file.readline(5)).length, 10)
        for (let i = 0; i < 5; i++) assert.equal(await file.read(1), '😀')
        assert.equal(await file.read(1), '')
      })
    })

    socketTest('writing a byte at a time', async (t) => {
      const [socket, peer] = pairOf(form, t)
      const file = fileOf(t, socket, 'wb', { buffering: MiB })
      const byte = Buffer.from('x')
      const count = 50_000
      await file.write(byte)
      const used = await memory()
      for (let i = 1; i < count; i++) await file.write(byte)
      const cost = (await memory()) - used
      assert.ok(cost < 10 * count + NOISE, `${cost} bytes for ${count}`)
      await flushInto(file, () => peer.recv(65536), count)
    })

    socketTest('nothing is kept of what was read or written', async (t) => {
      const files = Array.from({ length: 50 }, () => {
        const [socket, peer] = pairOf(form, t)
        return [fileOf(t, socket, 'rwb'), peer] as const
      })
      const size = 100_000
      const used = await memory()
      for (const [file, peer] of files) {
        await file.write(Buffer.alloc(size, 'x'))
        await file.write(Buffer.alloc(1, 'x'))
        await flushInto(file, () => peer.recv(65536), size + 1)
        await peer.sendall(Buffer.alloc(size, 'x'))
        assert.equal((await file.read(size)).length, size)
      }
      const cost = (await memory()) - used
      assert.ok(cost < 20 * size, `${cost} bytes for ${files.length} times ${size}`)
    })

    socketTest('a large read asks for all that it wants', async (t) => {
      const [socket] = pairOf(form, t)
      const file = fileOf(t, socket, 'rb')
      await withPackets(socket, repeated(60_000, 1), async () => {
        const { recv_pooled } = native
        let calls = 0
        native.recv_pooled = (...args) => {
          calls++
          return recv_pooled(...args)
        }
        assert.equal((await file.read(60_000)).length, 60_000)
        assert.equal(calls, 1)
      })
    })
  })
}

function* hesitating(packets: Iterable<Packet>): Generator<Packet> {
  for (const packet of packets) {
    yield packet
    yield 'nothing yet'
  }
}

function* repeatedThenNothing(count: number): Generator<Packet> {
  yield* repeated(1, count)
  yield 'nothing yet'
}

function wouldBlock(call: () => unknown): Promise<void> {
  return assert.rejects(async () => call(), BlockingIOError)
}

/** Flushes the file, and receives so many bytes of it. */
async function flushInto(file: AnyFile, receive: () => Promise<Buffer>, count: number): Promise<void> {
  const flushing = file.flush()
  for (let missing = count; missing > 0; ) missing -= (await receive()).length
  await flushing
}
