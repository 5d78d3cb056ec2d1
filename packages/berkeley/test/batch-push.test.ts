// Batches that are filled by hand, what a batch costs, and peers and memory that are not there any more; in both forms.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import {
  type Address,
  AF_INET,
  AF_INET6,
  AF_UNIX,
  IPPROTO_UDP,
  type Message,
  MSG_DONTWAIT,
  SO_RCVBUF,
  SOCK_DGRAM,
  SOCK_SEQPACKET,
  SOL_SOCKET,
  type Socket,
  UDP_GRO,
} from 'berkeley'
import { type Form, forms } from './forms.ts'
import { type Scope, socketTest } from './scope.ts'
import { type Faults, withFaults } from './switch.ts'
import { assertSameBytes, pattern } from './traffic.ts'
import { warmUp } from './worlds.ts'

type Any = Socket<number>

before(warmUp)
const folder = mkdtempSync(join(tmpdir(), 'berkeley-push-'))
after(() => rmSync(folder, { recursive: true }))

let names = 0
const free: Record<number, () => Address> = {
  [AF_INET]: () => ['127.0.0.1', 0],
  [AF_INET6]: () => ['::1', 0],
  [AF_UNIX]: () => join(folder, `${names++}`),
}

function bound(t: Scope, { library }: Form, family: number): Any {
  const socket = new library.Socket<number>(family, SOCK_DGRAM)
  t.after(() => socket.close())
  socket.bind(free[family]!())
  return socket
}

async function receiveAll(socket: Any, count: number, bufsize = 2048): Promise<Message[]> {
  const all: Message[] = []
  while (all.length < count) all.push(...(await socket.recvmmsg(64, bufsize)))
  return all
}

const texts = (messages: Message[]) => messages.map(({ data }) => `${data}`)

for (const form of forms) {
  const { library } = form
  const { Batch } = library

  for (const family of [AF_INET, AF_INET6, AF_UNIX]) {
    describe(`${form.name}, family ${family}: push`, () => {
      socketTest('each goes to its own address, as it was when it was pushed', async (t) => {
        const [from, one, other] = [bound(t, form, family), bound(t, form, family), bound(t, form, family)]
        const batch = new Batch(8, 20)
        const bytes = Buffer.from('bytes')
        assert.equal(batch.push(bytes, one.getsockname()), 1)
        bytes.fill(0)
        assert.equal(batch.push('grün', other.getsockname()), 2)
        assert.equal(batch.push(new Uint16Array([0x6161]), one.getsockname()), 3)
        assert.equal(batch.push('', one.getsockname()), 4)
        assert.deepEqual(batch.address(1), other.getsockname())
        assert.deepEqual([batch.length(1), batch.flags(1), batch.ancdata(1)], [5, 0, []])
        assert.equal(await from.sendmmsg(batch), 4)
        assert.deepEqual(texts(await receiveAll(one, 3)), ['bytes', 'aa', ''])
        const [message] = await receiveAll(other, 1)
        assert.deepEqual([`${message!.data}`, message!.address], ['grün', from.getsockname()])
        assert.equal(await from.sendmmsg(batch), 4, 'once more')
        assert.deepEqual(texts(await receiveAll(one, 3)), ['bytes', 'aa', ''])
      })

      socketTest('without an address on a connected socket', async (t) => {
        const [from, to] = [bound(t, form, family), bound(t, form, family)]
        await from.connect(to.getsockname())
        const batch = new Batch(2, 20)
        batch.push('first')
        batch.push('second', null)
        assert.deepEqual([batch.address(0), batch.address(1)], [null, null])
        assert.equal(await from.sendmmsg(batch), 2)
        assert.deepEqual(texts(await receiveAll(to, 2)), ['first', 'second'])
      })

      socketTest('behind what was received, and after clear', async (t) => {
        const [from, to] = [bound(t, form, family), bound(t, form, family)]
        const batch = new Batch(4, 20)
        batch.push('gone', from.getsockname())
        await from.sendto('received', to.getsockname())
        await to.recvmmsgInto(batch)
        batch.push('pushed', from.getsockname())
        assert.deepEqual(
          [...batch].map(({ data, address }) => [`${data}`, address]),
          [
            ['received', from.getsockname()],
            ['pushed', from.getsockname()],
          ],
        )
        assert.equal(await to.sendmmsg(batch), 2)
        assert.deepEqual(texts(await receiveAll(from, 2)), ['received', 'pushed'])
        batch.clear()
        assert.equal(batch.count, 0)
        assert.equal(await to.sendmmsg(batch), 0)
        batch.push('new', from.getsockname())
        assert.equal(await to.sendmmsg(batch), 1)
        assert.deepEqual(texts(await receiveAll(from, 1)), ['new'])
        await from.sendto('again', to.getsockname())
        await to.recvmmsgInto(batch)
        assert.deepEqual([batch.count, batch.address(0)], [1, from.getsockname()])
      })

      socketTest('where some were discarded, there is room again', async (t) => {
        const [from, to] = [bound(t, form, family), bound(t, form, family)]
        const batch = new Batch(3, 20)
        for (const text of ['a', 'b', 'c']) batch.push(text, to.getsockname())
        const full = {
          name: 'RangeError',
          message: /^push\(\): batch must be one that is not full, got .3 messages/,
        }
        assert.throws(() => batch.push('d', to.getsockname()), full)
        batch.discard(2)
        batch.push('d', to.getsockname())
        batch.push('e')
        assert.throws(() => batch.push('f', to.getsockname()), full)
        assert.deepEqual([batch.address(0), batch.address(2)], [to.getsockname(), null])
        batch.discard(0)
        assert.equal(await from.sendmmsg(batch), 2, 'the third has no address')
        assert.deepEqual(texts(await receiveAll(to, 2)), ['c', 'd'])
        assert.throws(() => batch.push('x'.repeat(21)), {
          message: /^push\(\): data must be at most 20 bytes/,
        })
      })
    })
  }

  describe(`${form.name}: what a batch is sent with`, () => {
    socketTest('addresses are the sending socket’s matter', async (t) => {
      const [inet, inet6, to] = [bound(t, form, AF_INET), bound(t, form, AF_INET6), bound(t, form, AF_INET6)]
      const batch = new Batch(1, 20)
      batch.push('x', to.getsockname())
      const wrong = { name: 'TypeError', message: /^sendmmsg\(\): address must be/ }
      await assert.rejects(async () => await inet.sendmmsg(batch), wrong)
      assert.equal(await inet6.sendmmsg(batch), 1)
      await assert.rejects(async () => await inet.sendmmsg(batch), wrong)
      assert.deepEqual(texts(await receiveAll(to, 1)), ['x'])
      batch.clear()
      batch.push('x', ['localhost', 7])
      await assert.rejects(async () => await inet.sendmmsg(batch), {
        name: 'RangeError',
        message: /host must be a numeric/,
      })
    })

    for (const denied of [false, true]) {
      socketTest(`segments${denied ? ', where nothing can be cut' : ''}`, async (t) => {
        const [from, to] = [bound(t, form, AF_INET), bound(t, form, AF_INET)]
        to.setsockopt(SOL_SOCKET, SO_RCVBUF, 2 ** 20)
        const batch = new Batch(2, 100_000)
        const data = pattern(5500)
        batch.push(data, to.getsockname(), 1000)
        batch.push('whole', to.getsockname())
        assert.deepEqual(
          batch.segments(0).map(({ length }) => length),
          [1000, 1000, 1000, 1000, 1000, 500],
        )
        assert.deepEqual([batch.segmentSize(0), batch.segments(1).length], [1000, 1])
        const faults: Faults = denied ? { sendmmsg_batch: ['EIO'] } : {}
        assert.equal(await withFaults(faults, async () => await from.sendmmsg(batch)), 2)
        const got = await receiveAll(to, 7)
        assertSameBytes(Buffer.concat(got.slice(0, 6).map((one) => one.data)), data)
        assert.deepEqual([got[0]!.data.length, `${got[6]!.data}`], [1000, 'whole'])
        batch.clear()
        // More than the kernel cuts at a time.
        const much = pattern(100_000)
        batch.push(much, to.getsockname(), 1000)
        assert.equal(await from.sendmmsg(batch), 1)
        assertSameBytes(Buffer.concat((await receiveAll(to, 100)).map((one) => one.data)), much)
        await new Promise(setImmediate) // When the warning comes.
      })
    }
  })

  describe(`${form.name}: what a batch costs`, () => {
    /** The least CPU time of many rounds: what else happens on the machine only adds to it. */
    async function least(rounds: number, calls: (() => Promise<void>)[]): Promise<number[]> {
      const best = calls.map(() => Number.POSITIVE_INFINITY)
      for (let round = 0; round < rounds; round++) {
        for (const [i, call] of calls.entries()) {
          const before = process.cpuUsage()
          for (let times = 0; times < 100; times++) await call()
          const { user, system } = process.cpuUsage(before)
          best[i] = Math.min(best[i]!, user + system)
        }
      }
      return best
    }

    socketTest('one message that comes alone costs as much in a batch for many', async (t) => {
      const [from, to] = [bound(t, form, AF_INET), bound(t, form, AF_INET)]
      const address = to.getsockname()
      const [small, large] = [new Batch(8, 512), new Batch(8192, 512)]
      const into = (batch: typeof small) => async () => {
        await from.sendto('x', address)
        assert.equal(await to.recvmmsgInto(batch), 1)
      }
      const list = (vlen: number) => async () => {
        await from.sendto('x', address)
        assert.equal((await to.recvmmsg(vlen, 512)).length, 1)
      }
      const [ofSmall, ofLarge, ofFew, ofMany] = (await least(30, [
        into(small),
        into(large),
        list(8),
        list(8192),
      ])) as [number, number, number, number]
      assert.ok(ofLarge < 2 * ofSmall, `Batch: ${ofSmall} and ${ofLarge} µs for 100`)
      assert.ok(ofMany < 2 * ofFew, `recvmmsg: ${ofFew} and ${ofMany} µs for 100`)
    })

    socketTest('one call into the system for a batch, whatever is in it', async (t) => {
      const [from, to] = [bound(t, form, AF_INET), bound(t, form, AF_INET)]
      const batch = new Batch(100, 64)
      for (let i = 0; i < 100; i++) batch.push(`${i}`, to.getsockname())
      let calls = 0
      const counted =
        <Call extends (...args: never[]) => unknown>(real: Call) =>
        (...args: Parameters<Call>) => {
          calls++
          return real(...args) as never
        }
      const faults: Faults = { sendmmsg_batch: counted, recvmmsg: counted }
      await withFaults(faults, async () => {
        assert.equal(await from.sendmmsg(batch), 100)
        assert.equal(await to.recvmmsgInto(batch), 100)
      })
      assert.equal(calls, 2)
    })

    socketTest('what a message keeps alive is the memory of its own call', async (t) => {
      const [from, to] = [bound(t, form, AF_INET), bound(t, form, AF_INET)]
      const data = pattern(1200)
      const kept: Buffer[] = []
      for (let i = 0; i < 10; i++) {
        await from.sendmmsg([
          { data, address: to.getsockname() },
          { data, address: to.getsockname() },
        ])
        const [first, second] = await to.recvmmsg(1024, 2048)
        assert.equal(first!.data.buffer, second!.data.buffer)
        // Or Node's pool, whose size depends on its version; but not the two mebibytes that were received into.
        const { byteLength } = first!.data.buffer
        assert.ok(byteLength < 2 * Buffer.poolSize, `${byteLength}`)
        kept.push(first!.data)
      }
      for (const one of kept) assertSameBytes(one, data)
    })
  })

  describe(`${form.name}: peers that vanish, and more messages than there is room for`, () => {
    socketTest('a queue that overflows loses what is behind, and only that', async (t) => {
      const [from, to] = [bound(t, form, AF_INET), bound(t, form, AF_INET)]
      to.setsockopt(SOL_SOCKET, SO_RCVBUF, 65_536)
      const messages = Array.from({ length: 3000 }, (_, i) => ({
        data: pattern(1000, i),
        address: to.getsockname(),
      }))
      assert.equal(await from.sendmmsg(messages), 3000)
      const got: Message[] = []
      to.settimeout(0)
      const all = async () => {
        for (;;) got.push(...(await to.recvmmsg(7, 1000)))
      }
      await assert.rejects(all, { code: 'EAGAIN' })
      assert.ok(got.length > 0 && got.length < 3000, `${got.length}`)
      for (const [i, { data }] of got.entries()) assertSameBytes(data, messages[i]!.data)
    })

    socketTest('more senders than one, of one batch', async (t) => {
      const [to, ...senders] = Array.from({ length: 6 }, () => bound(t, form, AF_INET)) as [Any, ...Any[]]
      const order = [0, 0, 1, 2, 2, 2, 0, 3, 4, 4]
      for (const i of order) await senders[i]!.sendto('x', to.getsockname())
      assert.deepEqual(
        (await to.recvmmsg(64, 8)).map(({ address }) => address),
        order.map((i) => senders[i]!.getsockname()),
      )
    })

    socketTest('a peer that dies between two messages of a batch: those before are there', async (t) => {
      const pair = library.socketpair(AF_UNIX, SOCK_SEQPACKET) as unknown as [Any, Any]
      for (const socket of pair) t.after(() => socket.close())
      const [left, right] = pair
      const messages = ['a', 'b', 'c'].map((data) => ({ data }))
      const dies: Faults = {
        sendmmsg: [
          (real) => (fd, pieces, records, room, first, flags) => {
            const sent = real(fd, pieces.slice(0, 2), records, room, first, flags)
            left.close()
            return sent
          },
        ],
      }
      left.settimeout(0)
      assert.equal(await withFaults(dies, async () => await right.sendmmsg(messages)), 2)
      // Two that nobody will read any more.
      await assert.rejects(async () => await right.sendmmsg(messages.slice(2)), { code: 'ECONNRESET' })
      await assert.rejects(async () => await right.sendmmsg(pushed(messages)), { code: 'EPIPE' })
    })

    function pushed(messages: { data: string }[]) {
      const batch = new Batch(8, 8)
      for (const { data } of messages) batch.push(data)
      return batch
    }

    socketTest('what a peer sent before it died is received, and then the end', async (t) => {
      const pair = library.socketpair(AF_UNIX, SOCK_SEQPACKET) as unknown as [Any, Any]
      for (const socket of pair) t.after(() => socket.close())
      const [left, right] = pair
      await left.sendmmsg(pushed([{ data: 'a' }, { data: 'b' }]))
      left.close()
      assert.deepEqual(texts(await right.recvmmsg(2, 8)), ['a', 'b'])
      const end = await right.recvmmsg(1, 8)
      assert.deepEqual(texts(end), [''])
    })

    socketTest('nobody is there: an error is told once, and takes no message with it', async (t) => {
      const [left, right] = [bound(t, form, AF_INET), bound(t, form, AF_INET)]
      await left.connect(right.getsockname())
      await right.sendmmsg(['a', 'b'].map((data) => ({ data, address: left.getsockname() })))
      right.close()
      const sent = await left.sendmmsg([{ data: 'x' }])
      assert.equal(sent, 1)
      const got: string[] = []
      let errors = 0
      while (got.length < 2) {
        try {
          got.push(...texts(await left.recvmmsg(1, 8, MSG_DONTWAIT)))
        } catch (error) {
          assert.equal((error as { code: string }).code, 'ECONNREFUSED')
          errors++
        }
      }
      assert.deepEqual([got, errors], [['a', 'b'], 1])
    })

    socketTest('memory that is given away is not written into again', async (t) => {
      const [from, to] = [bound(t, form, AF_INET), bound(t, form, AF_INET)]
      to.setsockopt(SOL_SOCKET, SO_RCVBUF, 2 ** 22)
      to.setsockopt(IPPROTO_UDP, UDP_GRO, true)
      const data = pattern(64_000)
      const once = async () => {
        for (let i = 0; i < 18; i++)
          await from.sendmmsg([{ data, address: to.getsockname(), segmentSize: 1000 }])
        return await to.recvmmsg(18, 65_535)
      }
      const first = await once()
      const second = await once()
      assert.deepEqual([first.length, second.length], [18, 18])
      assert.notEqual(first[0]!.data.buffer, second[0]!.data.buffer)
      for (const message of [...first, ...second]) assertSameBytes(message.data, data)
    })
  })

  test(`${form.name}: push says that the memory was transferred away`, () => {
    const batch = new Batch(2, 8)
    batch.push('x')
    const { buffer } = batch.data(0)
    structuredClone(buffer, { transfer: [buffer as ArrayBuffer] })
    assert.throws(() => batch.push('y'), {
      name: 'TypeError',
      message: /^push\(\): batch must be one that still/,
    })
  })
}
