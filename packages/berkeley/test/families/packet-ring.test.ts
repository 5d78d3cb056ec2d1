// The receive ring of AF_PACKET: everything comes, once and in order; what finds no room is counted; waits end; memory does.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { before, describe, test } from 'node:test'
import { Worker } from 'node:worker_threads'
import {
  AF_INET,
  AF_PACKET,
  ETH_P_8021Q,
  ETH_P_ALL,
  PACKET_HOST,
  PACKET_IGNORE_OUTGOING,
  SOCK_DGRAM,
  SOCK_RAW,
  SOL_PACKET,
  Socket,
  TP_STATUS_BLK_TMO,
  TP_STATUS_LOSING,
} from 'berkeley'
import { PacketRing as BlockingRing } from 'berkeley/blocking/rings'
import { PacketRing, type PacketRingOptions, type RingPacket } from 'berkeley/rings'
import { native } from '#sys/native.js'
import { forms } from '../forms.ts'
import { inNamespace } from '../namespace.ts'
import { type Scope, socketTest } from '../scope.ts'
import { warmUp } from '../worlds.ts'

type PacketSocket = Socket<typeof AF_PACKET>

const PROTO = 0x88b6 // For experiments, IEEE 802.
const HEADER = 14
const LO = 'lo'
const BLOCKS = 4

function frame(text: string, proto: number = PROTO): Buffer {
  const header = Buffer.alloc(HEADER)
  header.writeUInt16BE(proto, 12)
  return Buffer.concat([header, Buffer.from(text)])
}

/** Regions of sockets' memory that this process has mapped. */
function mapped(): number {
  return readFileSync('/proc/self/maps', 'utf8').match(/socket:\[/g)?.length ?? 0
}

async function collected(): Promise<void> {
  const { gc } = globalThis
  assert.ok(gc !== undefined, 'needs --expose-gc')
  for (let i = 0; i < 100 && mapped() > 0; i++) {
    gc()
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

const ip = (command: string) => execFileSync('ip', command.split(' '))

inNamespace(import.meta.url, ['link set lo up'], () => {
  before(warmUp)

  for (const { name, library } of forms) {
    const Ring = (name === 'async' ? PacketRing : BlockingRing) as typeof PacketRing

    describe(name, () => {
      function packetSocket(t: Scope, type: number = SOCK_RAW): PacketSocket {
        const socket = new library.Socket(AF_PACKET, type)
        t.after(() => socket.close())
        socket.settimeout(8)
        socket.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, true)
        return socket
      }

      function ringOf(
        t: Scope,
        options: PacketRingOptions = {},
        { type = SOCK_RAW, proto = PROTO }: { type?: number; proto?: number } = {},
      ) {
        const socket = packetSocket(t, type)
        const ring = new Ring(socket, options)
        t.after(() => ring.close())
        socket.bind([LO, proto])
        return { socket, ring, sender: packetSocket(t) }
      }

      async function receive(ring: PacketRing, count: number): Promise<RingPacket[]> {
        const packets: RingPacket[] = []
        while (packets.length < count) packets.push(...(await ring.next()).packets)
        return packets
      }

      socketTest('ten thousand packets of all sizes, several times around the ring', async (t) => {
        // Where sending is slow, blocks are handed over when they have waited, not when they are full: there have to be enough.
        const { ring, sender } = ringOf(t, { blockSize: 65_536, blocks: 32, timeout: 0.2 })
        const began = BigInt(Date.now() - 1000) * 1_000_000n
        let latest = 0n
        const text = (i: number) => `${i} ${'x'.repeat((i * 7919) % 1400)}`
        for (let sent = 0; sent < 10_000; sent += 1000) {
          for (let i = sent; i < sent + 1000; i++) await sender.sendto(frame(text(i)), [LO, PROTO])
          const packets = await receive(ring, 1000)
          packets.forEach(({ data, length, timestamp, address }, at) => {
            assert.equal(data.toString('latin1', HEADER), text(sent + at))
            assert.equal(length, data.length)
            assert.deepEqual(address.slice(0, 3), [LO, PROTO, PACKET_HOST])
            assert.ok(timestamp >= began && timestamp >= latest)
            latest = timestamp
          })
          assert.equal(packets.length, 1000)
        }
        assert.deepEqual(ring.statistics(), { packets: 10_000, drops: 0, freezeQCnt: 0 })
      })

      socketTest('what is kept stays as it is, whatever comes later', async (t) => {
        const { ring, sender } = ringOf(t, { blockSize: 4096, blocks: 2 })
        await sender.sendto(frame('kept'), [LO, PROTO])
        const { packets, number, status } = await ring.next()
        assert.equal(number, 1)
        assert.ok(status & TP_STATUS_BLK_TMO)
        for (let i = 0; i < 10; i++) {
          await sender.sendto(frame('other'), [LO, PROTO])
          assert.equal((await ring.next()).number, 2 + i)
        }
        assert.equal(packets[0]!.data.toString('latin1', HEADER), 'kept')
      })

      socketTest('what finds no room is counted, and told by the next block', async (t) => {
        const { ring, sender } = ringOf(t, { blockSize: 4096, blocks: BLOCKS })
        for (let i = 0; i < 100; i++) await sender.sendto(frame(`${i} ${'x'.repeat(1000)}`), [LO, PROTO])
        const left: number[] = []
        for (let number = 1; number <= BLOCKS; number++) {
          const block = await ring.next()
          assert.equal(block.number, number)
          for (const { data } of block.packets)
            left.push(Number.parseInt(data.toString('latin1', HEADER), 10))
        }
        assert.deepEqual(
          left,
          left.map((_, i) => i),
        )
        await sender.sendto(frame('after'), [LO, PROTO])
        const { status, packets: after } = await ring.next()
        assert.equal(after[0]!.data.toString('latin1', HEADER), 'after')
        assert.ok(status & TP_STATUS_LOSING)
        const { packets, drops, freezeQCnt } = ring.statistics()
        assert.deepEqual([packets, drops], [101, 100 - left.length])
        assert.ok(left.length > 0 && drops > 0 && freezeQCnt! > 0)
        assert.deepEqual(ring.statistics(), { packets: 0, drops: 0, freezeQCnt: 0 })
      })

      socketTest('without the header of the link', async (t) => {
        const { ring, sender } = ringOf(t, {}, { type: SOCK_DGRAM })
        await sender.sendto(frame('cooked'), [LO, PROTO])
        const [{ data, address }] = (await receive(ring, 1)) as [RingPacket]
        assert.equal(String(data), 'cooked')
        assert.equal(address[1], PROTO)
      })

      socketTest('the tag of a virtual LAN', async (t) => {
        const { ring, sender } = ringOf(t, {}, { proto: ETH_P_ALL })
        const tag = Buffer.from([0xa0, 0x2a, 0x88, 0xb6])
        const tagged = Buffer.concat([frame('', ETH_P_8021Q), tag, Buffer.from('tagged')])
        await sender.sendto(tagged, [LO, ETH_P_8021Q])
        for (;;) {
          const found = (await ring.next()).packets.find(({ data }) => String(data).endsWith('tagged'))
          if (found === undefined) continue
          assert.deepEqual(found.vlan, { tci: 0xa02a, tpid: ETH_P_8021Q })
          break
        }
      })

      socketTest(
        'once closed, packets come to the socket again, and there may be another ring',
        async (t) => {
          const { socket, ring, sender } = ringOf(t)
          assert.throws(() => new Ring(socket), { code: 'EBUSY' })
          assert.equal(mapped(), 1)
          ring.close()
          ring.close()
          assert.deepEqual([ring.closed, mapped()], [true, 0])
          await assert.rejects(async () => ring.next(), { code: 'ECANCELED' })
          await sender.sendto(frame('by recv'), [LO, PROTO])
          assert.equal((await socket.recv(100)).toString('latin1', HEADER), 'by recv')
          {
            using second = new Ring(socket)
            await sender.sendto(frame('by the ring'), [LO, PROTO])
            assert.equal((await second.next()).packets.length, 1)
          }
          assert.equal(mapped(), 0)
        },
      )

      socketTest('time limits, and an interface that goes down', async (t) => {
        const { socket, ring } = ringOf(t)
        socket.settimeout(0)
        await assert.rejects(async () => ring.next(), { name: 'BlockingIOError', code: 'EAGAIN' })
        socket.settimeout(0.05)
        await assert.rejects(async () => ring.next(), { name: 'TimeoutError' })
        socket.settimeout(8)
        ip('link set lo down')
        try {
          await assert.rejects(async () => ring.next(), { code: 'ENETDOWN' })
        } finally {
          ip('link set lo up')
        }
      })

      socketTest('what is no ring, or none of packets', (t) => {
        const socket = packetSocket(t)
        const bad: [options: object, message: RegExp][] = [
          [{ blockSize: 5000 }, /blockSize must be a multiple of 4096/],
          [{ blockSize: 2 ** 31 }, /blockSize/],
          [{ blocks: 0 }, /blocks/],
          [{ timeout: 0 }, /timeout/],
          [{ timeout: Number.NaN }, /timeout/],
        ]
        for (const [options, message] of bad)
          assert.throws(() => new Ring(socket, options), { name: 'RangeError', message })
        assert.throws(() => new Ring(socket, { timeout: '1' } as never), TypeError)
        assert.throws(() => new Ring(7 as never), TypeError)
        const udp = new library.Socket(AF_INET, SOCK_DGRAM)
        t.after(() => udp.close())
        assert.throws(() => new Ring(udp as never), { name: 'OSError', syscall: 'setsockopt' })
        new Ring(socket).close() // Nothing of all that is left behind.
      })
    })
  }

  socketTest('async: a wait is given up, ended by close, and ended by the socket', async (t) => {
    const socket = new Socket(AF_PACKET, SOCK_RAW)
    t.after(() => socket.close())
    const ring = new PacketRing(socket)
    t.after(() => ring.close())
    socket.bind([LO, PROTO])
    const reason = new Error('enough')
    const controller = new AbortController()
    const given = assert.rejects(ring.next({ signal: controller.signal }), reason)
    controller.abort(reason)
    await given
    const cancelled = assert.rejects(ring.next(), { code: 'ECANCELED' })
    socket.close()
    await cancelled
    await assert.rejects(ring.next(), { code: 'EBADF' })
  })

  socketTest('async: a loop over blocks ends when the ring is closed', async () => {
    using socket = new Socket(AF_PACKET, SOCK_RAW)
    const ring = new PacketRing(socket)
    socket.bind([LO, PROTO])
    await socket.sendto(frame('one'), [LO, PROTO])
    const texts: string[] = []
    for await (const { packets } of ring) {
      for (const { data } of packets) texts.push(data.toString('latin1', HEADER))
      setImmediate(() => ring.close())
    }
    assert.equal(texts.includes('one'), true)
  })

  test('a ring that is forgotten gives its memory back', async () => {
    ;(() => {
      using socket = new Socket(AF_PACKET, SOCK_RAW)
      assert.equal(new PacketRing(socket).closed, false)
      assert.equal(mapped(), 1)
    })()
    await collected()
    assert.equal(mapped(), 0)
  })

  test('a worker that is ended in the middle of it leaves nothing mapped', async () => {
    const from = new URL('./ring-thread.js', import.meta.url)
    for (let i = 0; i < 3; i++) {
      const worker = new Worker(from)
      await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject))
      assert.equal(mapped(), 1)
      await worker.terminate()
      assert.equal(mapped(), 0)
    }
  })

  test('mapped memory that was moved elsewhere is not unmapped under it', () => {
    const fd = openSync('/dev/zero', 'r+')
    try {
      let memory = native.map(fd, 4096) as ArrayBuffer
      const view = new Uint8Array(memory)
      assert.equal(native.unmap(memory), 0)
      assert.deepEqual([view.length, native.unmap(memory), native.unmap(new ArrayBuffer(8))], [0, -22, -22])
      memory = native.map(fd, 4096) as ArrayBuffer
      if (!('transfer' in memory)) return // Node 20
      const moved = new Uint8Array((memory as { transfer(): ArrayBuffer }).transfer())
      assert.equal(native.unmap(memory), -22)
      moved.fill(7)
      assert.deepEqual([moved.length, moved[4095]], [4096, 7])
    } finally {
      closeSync(fd)
    }
  })
})
