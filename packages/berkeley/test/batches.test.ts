// Batches: recvmmsg, recvmmsgInto, sendmmsg and Batch, with segmentation offload and MSG_ZEROCOPY, in both forms.
import assert from 'node:assert/strict'
import { closeSync, mkdtempSync, openSync, readFileSync, readSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import {
  type Address,
  AF_INET,
  AF_INET6,
  AF_UNIX,
  CMSG_SPACE,
  ECONNREFUSED,
  IP_PKTINFO,
  IPPROTO_IP,
  IPPROTO_IPV6,
  IPPROTO_TCP,
  IPPROTO_UDP,
  IPV6_RECVPKTINFO,
  type Message,
  MSG_CTRUNC,
  MSG_DONTWAIT,
  MSG_PEEK,
  MSG_TRUNC,
  MSG_WAITALL,
  MSG_ZEROCOPY,
  SCM_RIGHTS,
  SHUT_WR,
  SO_RCVBUFFORCE,
  SO_ZEROCOPY,
  SOCK_DGRAM,
  SOCK_STREAM,
  SOL_SOCKET,
  type Socket,
  TCP_NODELAY,
  UDP_GRO,
} from 'berkeley'
import { decodeAncillary } from '#core/ancillary.js'
import { native } from '#sys/native.js'
import { type Form, forms } from './forms.ts'
import { type Scope, socketTest } from './scope.ts'
import { type Faults, withFaults } from './switch.ts'
import { assertSameBytes, pattern } from './traffic.ts'
import { warmUp } from './worlds.ts'

type Any = Socket<number>
const SHORT = 0.05
const ROOM = 32 * 1024 * 1024

before(warmUp)
const folder = mkdtempSync(join(tmpdir(), 'berkeley-batches-'))
after(() => rmSync(folder, { recursive: true }))

let names = 0
const families: readonly [name: string, family: number, free: () => Address][] = [
  ['inet', AF_INET, () => ['127.0.0.1', 0]],
  ['inet6', AF_INET6, () => ['::1', 0]],
  ['unix', AF_UNIX, () => join(folder, `${names++}`)],
]
const internet = families.slice(0, 2)

function bound(t: Scope, { library }: Form, family: number, address: Address): Any {
  const socket = new library.Socket<number>(family, SOCK_DGRAM)
  t.after(() => socket.close())
  socket.bind(address)
  if (family !== AF_UNIX) socket.setsockopt(SOL_SOCKET, SO_RCVBUFFORCE, ROOM)
  return socket
}

/** Two bound datagram sockets. */
function two(t: Scope, form: Form, [, family, free]: (typeof families)[number]): [Any, Any] {
  return [bound(t, form, family, free()), bound(t, form, family, free())]
}

function connectedPair(t: Scope, { library }: Form, type: number): [Any, Any] {
  const pair = library.socketpair(AF_UNIX, type) as unknown as [Any, Any]
  for (const socket of pair) t.after(() => socket.close())
  return pair
}

const messagesOf = (count: number, address: Address | null, length = 20) =>
  Array.from({ length: count }, (_, i) => ({ data: pattern(length, i), address }))

/** Receives until there are `count` messages. */
async function receiveAll(socket: Any, count: number, vlen = 1024, bufsize = 2048): Promise<Message[]> {
  const all: Message[] = []
  while (all.length < count) all.push(...(await socket.recvmmsg(vlen, bufsize)))
  assert.equal(all.length, count)
  return all
}

function assertNothingThere(socket: Any): Promise<void> {
  return assert.rejects(async () => await socket.recvmmsg(1, 10, MSG_DONTWAIT), { code: 'EAGAIN' })
}

for (const form of forms) {
  const { library } = form
  const { Batch } = library

  for (const world of families) {
    describe(`${form.name}, ${world[0]}`, () => {
      socketTest('messages come one by one, with who sent them', async (t) => {
        const [left, right] = two(t, form, world)
        const third = bound(t, form, world[1], world[2]())
        const senders = [left, third, left, left, third]
        for (const [i, sender] of senders.entries()) await sender.sendto(`${i}`, right.getsockname())
        const messages = await right.recvmmsg(64, 100)
        assert.deepEqual(
          messages.map(({ data, address, flags, ancdata }) => [`${data}`, address, flags, ancdata]),
          senders.map((sender, i) => [`${i}`, sender.getsockname(), 0, []]),
        )
      })

      socketTest('a batch as large as what is there, smaller, and of one', async (t) => {
        const [left, right] = two(t, form, world)
        assert.equal(await left.sendmmsg(messagesOf(8, right.getsockname())), 8)
        const got = [
          ...(await right.recvmmsg(3, 100)),
          ...(await right.recvmmsg(1, 100)),
          ...(await right.recvmmsg(4, 100)),
        ]
        assert.deepEqual(
          got.map(({ data }) => data),
          messagesOf(8, null).map(({ data }) => data),
        )
        await assertNothingThere(right)
      })

      socketTest('datagrams without bytes, and longer ones than there is room for', async (t) => {
        const [left, right] = two(t, form, world)
        const lengths = [0, 5, 12, 13, 0, 100]
        const sent = lengths.map((length) => ({
          data: pattern(length, length),
          address: right.getsockname(),
        }))
        assert.equal(await left.sendmmsg(sent), 6)
        const peeked = await right.recvmmsg(1, 3, MSG_PEEK)
        assert.equal(peeked[0]!.data.length, 0)
        const batch = new Batch(6, 12)
        assert.equal(await right.recvmmsgInto(batch, MSG_TRUNC), 6)
        for (const [i, length] of lengths.entries()) {
          assertSameBytes(batch.data(i), sent[i]!.data.subarray(0, 12))
          assert.equal(batch.length(i), length)
          assert.equal(batch.flags(i) & MSG_TRUNC, length > 12 ? MSG_TRUNC : 0)
        }
        await left.sendmmsg(sent)
        for (const [i, { data, flags }] of (await right.recvmmsg(6, 12)).entries()) {
          assertSameBytes(data, sent[i]!.data.subarray(0, 12))
          assert.equal(flags & MSG_TRUNC, lengths[i]! > 12 ? MSG_TRUNC : 0)
        }
      })

      socketTest('what was received goes back: a Batch, and messages', async (t) => {
        const [left, right] = two(t, form, world)
        const batch = new Batch(20, 100)
        await left.sendmmsg(messagesOf(7, right.getsockname()))
        await right.recvmmsgInto(batch)
        batch.data(3)[0] = 7
        assert.equal(await right.sendmmsg(batch), 7)
        const back = await receiveAll(left, 7)
        const changed = messagesOf(7, null)
        changed[3]!.data[0] = 7
        for (const [i, { data, address }] of back.entries()) {
          assertSameBytes(data, changed[i]!.data)
          assert.deepEqual(address, right.getsockname())
        }
        assert.equal(await left.sendmmsg(back), 7)
        assert.equal((await receiveAll(right, 7)).length, 7)
        batch.discard(5)
        assert.equal(batch.count, 2)
        assertSameBytes(batch.data(1), changed[6]!.data)
        assert.equal(await right.sendmmsg(batch), 2)
        assertSameBytes((await receiveAll(left, 2))[1]!.data, changed[6]!.data)
        assert.deepEqual(
          [...batch].map(({ address }) => address),
          [left.getsockname(), left.getsockname()],
        )
      })

      socketTest(
        'it waits for the first message only, no longer than it may, and can be tried again',
        async (t) => {
          const [left, right] = two(t, form, world)
          right.settimeout(SHORT)
          const batch = new Batch(4, 10)
          for (const receive of [
            async () => await right.recvmmsg(4, 10),
            async () => await right.recvmmsgInto(batch),
          ]) {
            await assert.rejects(receive, { code: 'ETIMEDOUT', name: 'TimeoutError' })
            await left.sendto('here', right.getsockname())
            await receive()
          }
          assert.equal(`${batch.data(0)}`, 'here')
          right.settimeout(0)
          await assert.rejects(async () => await right.recvmmsg(4, 10), { code: 'EAGAIN' })
        },
      )

      if (form.name === 'async') {
        socketTest('an abort loses nothing', async (t) => {
          const [left, right] = two(t, form, world)
          const controller = new AbortController()
          const { signal } = controller
          const batch = new Batch(4, 10)
          const waiting = [
            right.recvmmsg(4, 10, { signal }),
            right.recvmmsg(4, 10, 0, 64, { signal }),
            right.recvmmsgInto(batch, 0, { signal }),
          ]
          controller.abort(new Error('enough'))
          for (const one of waiting) await assert.rejects(one, { message: 'enough' })
          const later = right.recvmmsg(4, 10)
          await left.sendmmsg(messagesOf(3, right.getsockname(), 8))
          const first = await later
          assert.equal(first.length + (await receiveAll(right, 3 - first.length)).length, 3)
        })

        socketTest('closing ends the wait', async (t) => {
          const [, right] = two(t, form, world)
          const waiting = right.recvmmsg(4, 10)
          right.close()
          await assert.rejects(waiting, { code: 'ECANCELED' })
        })
      }
    })
  }

  for (const world of internet) {
    describe(`${form.name}, ${world[0]}`, () => {
      const [, family] = world

      socketTest('more than the kernel takes in one call', async (t) => {
        const MANY = 2500
        const [left, right] = two(t, form, world)
        const sent = messagesOf(MANY, right.getsockname())
        assert.equal(await left.sendmmsg(sent), MANY)
        const batch = new Batch(4000, 100)
        assert.equal(await right.recvmmsgInto(batch), MANY)
        for (const [i, { data }] of sent.entries()) assertSameBytes(batch.data(i), data)
        assert.equal(await right.sendmmsg(batch), MANY)
        const back = await left.recvmmsg(3000, 64)
        assert.equal(back.length, MANY)
        for (const [i, { data }] of back.entries()) assertSameBytes(data, sent[i]!.data)
      })

      socketTest('control data stays with its message', async (t) => {
        const [left, right] = two(t, form, world)
        const option = family === AF_INET ? [IPPROTO_IP, IP_PKTINFO] : [IPPROTO_IPV6, IPV6_RECVPKTINFO]
        await left.sendto('without', right.getsockname())
        right.setsockopt(option[0]!, option[1]!, true)
        await left.sendto('with', right.getsockname())
        const [first, second] = await right.recvmmsg(4, 100)
        // It is noted when a message is read, in some versions when it comes.
        assert.ok(first!.ancdata.length <= 1)
        const [info] = decodeAncillary(second!.ancdata)
        assert.equal(info!.name, 'pktinfo')
        const small = new Batch(2, 10, { ancbufsize: 8 })
        await left.sendto('cut', right.getsockname())
        await right.recvmmsgInto(small)
        assert.equal(small.flags(0) & MSG_CTRUNC, MSG_CTRUNC)
        await left.sendto('none', right.getsockname())
        const [none] = await right.recvmmsg(1, 10, 0, 0)
        assert.deepEqual([none!.ancdata, none!.flags & MSG_CTRUNC], [[], MSG_CTRUNC])
      })

      socketTest('one large piece goes out as many datagrams', async (t) => {
        const [left, right] = two(t, form, world)
        const address = right.getsockname()
        const large = pattern(200_000)
        // More than the kernel cuts at a time; one that needs no cutting; one of a whole number of segments.
        const sent = await left.sendmmsg([
          { data: large, address, segmentSize: 1200 },
          { data: 'short', address, segmentSize: 1200 },
          { data: large.subarray(0, 2400), address, segmentSize: 1200 },
        ])
        assert.equal(sent, 3)
        const got = await receiveAll(right, 167 + 1 + 2)
        assertSameBytes(Buffer.concat(got.slice(0, 167).map(({ data }) => data)), large)
        assert.deepEqual(new Set(got.slice(0, 166).map(({ data }) => data.length)), new Set([1200]))
        assert.equal(`${got[167]!.data}`, 'short')
        assertSameBytes(Buffer.concat(got.slice(168).map(({ data }) => data)), large.subarray(0, 2400))
      })

      socketTest('many datagrams come as one, and go back as many', async (t) => {
        const [left, right] = two(t, form, world)
        right.setsockopt(IPPROTO_UDP, UDP_GRO, true)
        const data = pattern(60 * 1000 + 10)
        const message = { data, address: right.getsockname(), segmentSize: 1000 }
        assert.equal(await left.sendmmsg([message]), 1)
        const batch = new Batch(64, 65535)
        await right.recvmmsgInto(batch)
        assert.deepEqual([batch.count, batch.segmentSize(0), batch.length(0)], [1, 1000, data.length])
        assert.equal(batch.segments(0).length, 61)
        assert.equal(batch.segments(0)[60]!.length, 10)
        assertSameBytes(Buffer.concat(batch.segments(0)), data)
        const back = async () => Buffer.concat((await receiveAll(left, 61)).map((one) => one.data))
        assert.equal(await right.sendmmsg(batch), 1)
        assertSameBytes(await back(), data)
        assert.equal(await right.sendmmsg([...batch]), 1)
        assertSameBytes(await back(), data)

        await left.sendmmsg([message])
        const [whole] = await right.recvmmsg(2, 65535)
        assert.equal(whole!.segmentSize, 1000)
        assert.deepEqual(decodeAncillary(whole!.ancdata), [{ name: 'udpGro', value: 1000 }])
        assertSameBytes(whole!.data, data)
        await left.sendmmsg([message])
        const [short] = await right.recvmmsg(2, 2048)
        assert.deepEqual([short!.data.length, short!.flags & MSG_TRUNC], [2048, MSG_TRUNC])
        await left.sendto('alone', right.getsockname())
        await right.recvmmsgInto(batch)
        assert.deepEqual([batch.segmentSize(0), batch.segments(0).length], [0, 1])
      })

      socketTest('where nothing can be cut, the segments are sent, and a warning once', async (t) => {
        const [left, right] = two(t, form, world)
        const warnings: (Error & { code?: string })[] = []
        const listen = (warning: Error) => warnings.push(warning)
        process.on('warning', listen)
        t.after(() => process.off('warning', listen))
        const data = pattern(5500)
        const message = { data, address: right.getsockname(), segmentSize: 1000 }
        const messages = [{ data: 'before', address: message.address }, message, message]
        // What the kernel does: those before the first that it cannot cut are sent.
        const faults: Faults = { sendmmsg: [() => () => 1] }
        assert.equal(await withFaults(faults, async () => await left.sendmmsg(messages)), 1)
        const rest = messages.slice(1)
        const denied: Faults = { sendmmsg: ['EIO'] }
        assert.equal(await withFaults(denied, async () => await left.sendmmsg(rest)), 2)
        for (let i = 0; i < 2; i++) {
          const got = (await receiveAll(right, 6, 6)).map((one) => one.data)
          assertSameBytes(Buffer.concat(got), data)
        }
        // From now on without trying.
        const watched: Faults = {
          sendmmsg: [
            (real) =>
              (fd, pieces, ...others) => {
                assert.equal(pieces.length, 6)
                return real(fd, pieces, ...others)
              },
          ],
        }
        assert.equal(await withFaults(watched, async () => await left.sendmmsg([message])), 1)
        await receiveAll(right, 6)
        await new Promise(setImmediate)
        assert.deepEqual(
          warnings.map(({ code }) => code),
          ['BERKELEY_NO_SEGMENTATION'],
        )
        // A batch as well.
        left.setsockopt(IPPROTO_UDP, UDP_GRO, true)
        await right.sendmmsg([{ data, address: left.getsockname(), segmentSize: 1000 }])
        const batch = new Batch(4, 65535)
        await left.recvmmsgInto(batch)
        assert.equal(await left.sendmmsg(batch), 1)
        assertSameBytes(Buffer.concat((await receiveAll(right, 6)).map((one) => one.data)), data)
        right.setsockopt(IPPROTO_UDP, UDP_GRO, true)
        await left.sendmmsg([message])
        await right.sendmmsg([{ data, address: left.getsockname(), segmentSize: 1000 }])
        await left.recvmmsgInto(batch)
        assert.equal(batch.segmentSize(0), 1000)
      })

      socketTest('a batch that cannot be cut', async (t) => {
        const [left, right] = two(t, form, world)
        right.setsockopt(IPPROTO_UDP, UDP_GRO, true)
        const data = pattern(5500)
        for (const length of [5500, 100, 5500])
          await left.sendmmsg([
            { data: data.subarray(0, length), address: right.getsockname(), segmentSize: 1000 },
          ])
        const batch = new Batch(4, 65535)
        while (batch.count < 3) await right.recvmmsgInto(batch)
        const denied: Faults = { sendmmsg_batch: ['EIO'] }
        t.after(() => new Promise(setImmediate)) // When the warning comes.
        assert.equal(await withFaults(denied, async () => await right.sendmmsg(batch)), 3)
        const got = (await receiveAll(left, 13)).map((one) => one.data)
        assertSameBytes(Buffer.concat(got), Buffer.concat([data, data.subarray(0, 100), data]))
      })

      socketTest('an error after some messages is told by the next call', async (t) => {
        const [left, right] = two(t, form, world)
        const address = right.getsockname()
        const messages = [
          ...messagesOf(2, address),
          { data: Buffer.alloc(70_000), address },
          ...messagesOf(1, address),
        ]
        assert.equal(await left.sendmmsg(messages), 2)
        await assert.rejects(async () => await left.sendmmsg(messages.slice(2)), {
          code: 'EMSGSIZE',
          syscall: 'sendmmsg',
        })
        assert.equal(await left.sendmmsg(messages.slice(3)), 1)
        await receiveAll(right, 3)
        // In the second call for one batch.
        await left.sendmmsg(messagesOf(1024, address))
        const failing: Faults = {
          recvmmsg: [
            (real) =>
              (...args) => {
                const count = real(...args)
                native.numbers[4] = -ECONNREFUSED
                return count
              },
          ],
        }
        const batch = new Batch(2000, 64)
        assert.equal(await withFaults(failing, async () => await right.recvmmsgInto(batch)), 1024)
        await assert.rejects(async () => await right.recvmmsgInto(batch), { code: 'ECONNREFUSED' })
        await left.sendto('x', address)
        assert.equal(await right.recvmmsgInto(batch), 1)
      })
    })
  }

  describe(`${form.name}, Unix sockets`, () => {
    socketTest('descriptors stay with their message, and are close-on-exec', async (t) => {
      const path = join(folder, 'content')
      writeFileSync(path, 'content of a file')
      const [left, right] = connectedPair(t, form, SOCK_DGRAM)
      const files = [openSync(path, 'r'), openSync('/proc/version', 'r')]
      const rights = (fd: number) =>
        [SOL_SOCKET, SCM_RIGHTS, Buffer.from(new Int32Array([fd]).buffer)] as const
      const sent = await left.sendmmsg([
        { data: 'one', ancdata: [rights(files[0]!)] },
        { data: 'none' },
        { data: 'other', ancdata: [rights(files[1]!)] },
      ])
      for (const fd of files) closeSync(fd)
      assert.equal(sent, 3)
      const batch = new Batch(8, 10, { ancbufsize: CMSG_SPACE(4) })
      assert.equal(await right.recvmmsgInto(batch), 3)
      const contents = [0, 2].map((index) => {
        const [[, , data]] = batch.ancdata(index) as [[number, number, Buffer]]
        const fd = data.readInt32LE()
        assert.match(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'), /flags:\s+02\d{6}/)
        const content = Buffer.alloc(7)
        readSync(fd, content)
        closeSync(fd)
        return `${content}`
      })
      assert.deepEqual(contents, ['content', 'Linux v'])
      assert.deepEqual(batch.ancdata(1), [])
    })

    socketTest('descriptors that nobody asked for are closed, and that shows', async (t) => {
      const [left, right] = connectedPair(t, form, SOCK_DGRAM)
      const rights = Buffer.from(new Int32Array([left.fileno()]).buffer)
      const message = { data: 'x', ancdata: [[SOL_SOCKET, SCM_RIGHTS, rights] as const] }
      const batch = new Batch(1, 10)
      await left.sendmmsg([message, message])
      const [received] = await right.recvmmsg(1, 10)
      await right.recvmmsgInto(batch)
      assert.deepEqual([received!.ancdata, received!.flags & MSG_CTRUNC], [[], MSG_CTRUNC])
      assert.deepEqual([batch.ancdata(0), batch.flags(0) & MSG_CTRUNC], [[], MSG_CTRUNC])
    })

    for (const connected of [true, false]) {
      socketTest(
        `a queue that is full, ${connected ? 'connected' : 'by address'}: as many as it takes`,
        async (t) => {
          const [left, right] = two(t, form, families[2]!)
          if (connected) await left.connect(right.getsockname())
          const messages = messagesOf(1000, connected ? null : right.getsockname())
          const sent = await left.sendmmsg(messages)
          assert.ok(sent > 0 && sent < 1000, `${sent}`)
          left.settimeout(0)
          await assert.rejects(async () => await left.sendmmsg(messages.slice(sent)), { code: 'EAGAIN' })
          left.settimeout(SHORT)
          await assert.rejects(async () => await left.sendmmsg(messages.slice(sent)), { code: 'ETIMEDOUT' })
          left.settimeout(null)
          const got: Message[] = []
          for (let done = sent; got.length < 1000; ) {
            got.push(...(await right.recvmmsg(64, 64)))
            if (done < 1000) done += await left.sendmmsg(messages.slice(done))
          }
          for (const [i, { data }] of got.entries()) assertSameBytes(data, messages[i]!.data)
        },
      )
    }

    socketTest('a short return: what was sent is the result, and the rest is sent when asked', async (t) => {
      const [left, right] = connectedPair(t, form, SOCK_DGRAM)
      const messages = messagesOf(6, null)
      const short: Faults = {
        sendmmsg: [
          (real) => (fd, pieces, records, room, first, flags) =>
            real(fd, pieces.slice(0, 2), records, room, first, flags),
        ],
      }
      assert.equal(await withFaults(short, async () => await left.sendmmsg(messages)), 2)
      assert.equal(await left.sendmmsg(messages.slice(2)), 4)
      const few: Faults = {
        recvmmsg: [
          (real) => (fd, payload, memory, bufsize, room, control, _count, flags) =>
            real(fd, payload, memory, bufsize, room, control, 2, flags),
        ],
      }
      const got = await withFaults(few, async () => await right.recvmmsg(6, 20))
      got.push(...(await right.recvmmsg(6, 20)))
      for (const [i, { data }] of got.entries()) assertSameBytes(data, messages[i]!.data)
    })

    socketTest('nothing to send, and nothing in a batch', async (t) => {
      const [left] = connectedPair(t, form, SOCK_DGRAM)
      assert.equal(await left.sendmmsg([]), 0)
      assert.equal(await left.sendmmsg(new Batch(1, 1)), 0)
      left.close()
      await assert.rejects(async () => await left.sendmmsg([]), { code: 'EBADF' })
    })
  })

  describe(`${form.name}, streams`, () => {
    socketTest('the end comes once', async (t) => {
      const [left, right] = connectedPair(t, form, SOCK_STREAM)
      await left.sendmmsg([{ data: 'ab' }, { data: 'cd' }])
      left.shutdown(SHUT_WR)
      const got = await right.recvmmsg(8, 3)
      assert.deepEqual(
        got.map(({ data }) => `${data}`),
        ['abc', 'd', ''],
      )
      const batch = new Batch(8, 4)
      assert.equal(await right.recvmmsgInto(batch), 1)
      assert.equal(batch.length(0), 0)
    })

    socketTest('a message that a stream takes only in part is sent to its end', async (t) => {
      const [left, right] = connectedPair(t, form, SOCK_STREAM)
      left.settimeout(0)
      const data = pattern(3_000_000)
      const messages = [{ data: data.subarray(0, 1000) }, { data: data.subarray(1000, 2_000_000) }, { data }]
      const first = left.sendmmsg(messages)
      const total = async () => {
        const chunks: Buffer[] = []
        right.settimeout(SHORT)
        try {
          for (;;) chunks.push(...(await right.recvmmsg(16, 65536)).map((one) => one.data))
        } catch {
          return Buffer.concat(chunks)
        }
      }
      assert.equal(await first, 1)
      const rest = await total()
      assertSameBytes(rest, data.subarray(0, rest.length))
      if (form.name === 'blocking') return
      const [near, far] = connectedPair(t, form, SOCK_STREAM)
      const sending = near.sendmmsg(messages)
      far.settimeout(SHORT * 10)
      const whole = Buffer.concat(messages.map((one) => one.data))
      let got = Buffer.alloc(0)
      while (got.length < whole.length) got = Buffer.concat([got, await far.recv(whole.length)])
      assert.equal(await sending, 3)
      assertSameBytes(got, whole)
    })
  })

  describe(`${form.name}: memory`, () => {
    socketTest('a batch whose memory was transferred away says so', async (t) => {
      const [left, right] = two(t, form, families[0]!)
      const batch = new Batch(4, 100)
      await left.sendmmsg(messagesOf(4, right.getsockname()))
      await right.recvmmsgInto(batch)
      const { buffer } = batch.data(0)
      structuredClone(buffer, { transfer: [buffer as ArrayBuffer] })
      const gone = { name: 'TypeError', message: /batch must be one that still has its memory/ }
      await assert.rejects(async () => await right.recvmmsgInto(batch), gone)
      await assert.rejects(async () => await right.sendmmsg(batch), gone)
      assert.throws(() => batch.data(0), gone)
      assert.throws(() => batch.segments(0), gone)
      assert.throws(() => [...batch], gone)
      assert.deepEqual(batch.address(0), left.getsockname())
    })

    if (form.name === 'async') {
      socketTest('also while an operation waits', async (t) => {
        const [left, right] = two(t, form, families[0]!)
        const batch = new Batch(4, 100)
        await left.sendmmsg(messagesOf(1, right.getsockname()))
        await right.recvmmsgInto(batch)
        const waiting = right.recvmmsgInto(batch)
        const { buffer } = batch.data(0)
        structuredClone(buffer, { transfer: [buffer as ArrayBuffer] })
        await left.sendto('x', right.getsockname())
        await assert.rejects(waiting, { name: 'TypeError' })
        assert.equal(`${(await right.recvmmsg(1, 10))[0]!.data}`, 'x')

        const [near, far] = connectedPair(t, form, SOCK_DGRAM)
        while ((await near.sendmmsg(messagesOf(100, null), MSG_DONTWAIT).catch(() => 0)) > 0);
        const data = new Uint8Array(10)
        const sending = near.sendmmsg([{ data }])
        structuredClone(data.buffer, { transfer: [data.buffer] })
        await far.recvmmsg(1000, 100)
        await assert.rejects(sending, { code: 'EFAULT' })
      })
    }

    socketTest('what recvmmsg gives is not overwritten, however much it is', async (t) => {
      const [left, right] = two(t, form, families[0]!)
      const kept: Buffer[] = []
      const sent: Buffer[] = []
      for (let round = 0; round < 20; round++) {
        const messages = messagesOf(4, right.getsockname(), 1000 + round * 3000).map(({ data, address }) => {
          return { data: Buffer.from(data.map((byte) => byte ^ round)), address }
        })
        sent.push(...messages.map(({ data }) => data))
        await left.sendmmsg(messages)
        kept.push(...(await receiveAll(right, 4, 4, 60_001)).map(({ data }) => data))
      }
      for (const [i, data] of kept.entries()) assertSameBytes(data, sent[i]!)
      assert.ok(kept.every(({ byteOffset }) => byteOffset % 8 === 0))
    })

    test('too much is refused before anything is allocated', async (t) => {
      const before = process.memoryUsage().arrayBuffers
      const socket = new library.Socket(AF_INET, SOCK_DGRAM)
      t.after(() => socket.close())
      const sizes: [number, number, number?][] = [
        [0, 10],
        [65537, 10],
        [-1, 10],
        [1, -1],
        [1, 2 ** 31],
        [65536, 65536],
        [65536, 1, 65536],
        [1, 1, -1],
        [1, 1, 2 ** 31],
      ]
      for (const [vlen, bufsize, ancbufsize] of sizes) {
        const named = (name: string) => ({
          name: 'RangeError',
          message: new RegExp(`^${name}\\(\\): (vlen|bufsize|ancbufsize) must`),
        })
        assert.throws(
          () => new Batch(vlen, bufsize, ancbufsize === undefined ? {} : { ancbufsize }),
          named('Batch'),
        )
        await assert.rejects(
          async () => await socket.recvmmsg(vlen, bufsize, 0, ancbufsize),
          named('recvmmsg'),
        )
      }
      assert.ok(process.memoryUsage().arrayBuffers - before < 2 ** 20)
    })

    test('the memory of a batch is accounted for', () => {
      // What is garbage now must not go in between: buffers are swept some time after they were found to be dead.
      for (let times = 0; times < 3; times++) globalThis.gc!()
      const before = process.memoryUsage().arrayBuffers
      const batch = new Batch(100, 100_000)
      assert.ok(process.memoryUsage().arrayBuffers - before >= batch.vlen * batch.bufsize)
    })
  })

  describe(`${form.name}: bad arguments`, () => {
    const socket = new library.Socket(AF_INET, SOCK_DGRAM) as Any
    after(() => socket.close())
    const nothing = undefined as never
    // biome-ignore format: a table
    const calls: [name: string, call: () => unknown, error: 'TypeError' | 'RangeError', message: RegExp][] = [
      ['no sizes', () => socket.recvmmsg(nothing, nothing), 'TypeError', /vlen must be/],
      ['no bufsize', () => socket.recvmmsg(1, nothing), 'TypeError', /bufsize must be/],
      ['flags', () => socket.recvmmsg(1, 1, 'x' as never), 'TypeError', /flags must be/],
      ['ancbufsize', () => socket.recvmmsg(1, 1, 0, 'x' as never), 'TypeError', /ancbufsize must be/],
      ['options that are not last', () => socket.recvmmsg(1, 1, {}, 1 as never), 'TypeError', /options must be the last/],
      ['no batch', () => socket.recvmmsgInto(nothing), 'TypeError', /batch must be a Batch, got undefined/],
      ['an imitation', () => socket.recvmmsgInto(Object.create(Batch.prototype)), 'TypeError', /batch must be a Batch/],
      ['flags of Into', () => socket.recvmmsgInto(new Batch(1, 1), 1.5), 'TypeError', /flags must be/],
      ['no messages', () => socket.sendmmsg(nothing), 'TypeError', /messages must be/],
      ['text', () => socket.sendmmsg('text' as never), 'TypeError', /messages must be/],
      ['no message', () => socket.sendmmsg([null as never]), 'TypeError', /messages must be/],
      ['no data', () => socket.sendmmsg([{} as never]), 'TypeError', /data must be/],
      ['data', () => socket.sendmmsg([{ data: 1 as never }]), 'TypeError', /data must be/],
      ['address', () => socket.sendmmsg([{ data: '', address: ['127.0.0.1'] as never }]), 'TypeError', /address must be/],
      ['port', () => socket.sendmmsg([{ data: '', address: ['127.0.0.1', 70000] }]), 'RangeError', /port must be/],
      ['a name', () => socket.sendmmsg([{ data: '', address: ['localhost', 7] }]), 'RangeError', /host must be a numeric/],
      ['ancdata', () => socket.sendmmsg([{ data: '', ancdata: 5 as never }]), 'TypeError', /ancdata must be/],
      ['one ancdata', () => socket.sendmmsg([{ data: '', ancdata: [5 as never] }]), 'TypeError', /ancdata must be/],
      ['segmentSize', () => socket.sendmmsg([{ data: '', segmentSize: -1 }]), 'RangeError', /segmentSize must be/],
      ['large segmentSize', () => socket.sendmmsg([{ data: '', segmentSize: 65536 }]), 'RangeError', /segmentSize must be/],
      ['no segmentSize', () => socket.sendmmsg([{ data: '', segmentSize: '5' as never }]), 'TypeError', /segmentSize must be/],
      ['options of Batch', () => new Batch(1, 1, 5 as never), 'TypeError', /Batch\(\): options must be/],
      ['an index', () => new Batch(1, 1).data(0), 'RangeError', /data\(\): index must be/],
      ['discard', () => new Batch(1, 1).discard(1), 'RangeError', /discard\(\): count must be/],
      ['no socket', () => library.zerocopyCompletions(5 as never), 'TypeError', /zerocopyCompletions\(\): socket must be/],
    ]
    for (const [name, call, error, message] of calls)
      test(name, () => assert.rejects(async () => await call(), { name: error, message }))
  })

  describe(`${form.name}: MSG_ZEROCOPY`, () => {
    /** TCP over loopback, both ends. */
    async function connected(t: Scope): Promise<[Any, Any]> {
      const server = library.createServer(['127.0.0.1', 0])
      t.after(() => server.close())
      const socket = new library.Socket()
      t.after(() => socket.close())
      await socket.connect(server.getsockname())
      const [peer] = await server.accept()
      t.after(() => peer.close())
      socket.setsockopt(IPPROTO_TCP, TCP_NODELAY, true)
      socket.setsockopt(SOL_SOCKET, SO_ZEROCOPY, true)
      return [socket as Any, peer as Any]
    }

    socketTest('completions tell which sends are done', async (t) => {
      const [socket, peer] = await connected(t)
      const data = pattern(20_000)
      for (let i = 0; i < 3; i++) await socket.send(data, MSG_ZEROCOPY)
      for (let i = 0; i < 3; i++) assertSameBytes(await peer.recv(20_000, MSG_WAITALL), data)
      const done: number[] = []
      while (done.length < 3) {
        for (const [lo, hi, copied] of await library.zerocopyCompletions(socket)) {
          for (let number = lo; number <= hi; number++) done.push(number)
          assert.equal(copied, true) // As always over loopback.
        }
      }
      assert.deepEqual(done, [0, 1, 2])
      socket.settimeout(SHORT)
      await assert.rejects(async () => await library.zerocopyCompletions(socket), { code: 'ETIMEDOUT' })
      await peer.send('data is no completion')
      await assert.rejects(async () => await library.zerocopyCompletions(socket), { code: 'ETIMEDOUT' })
      socket.settimeout(0)
      await assert.rejects(async () => await library.zerocopyCompletions(socket), { code: 'EAGAIN' })
    })

    socketTest('of datagrams, too', async (t) => {
      const [left, right] = two(t, form, families[0]!)
      left.setsockopt(SOL_SOCKET, SO_ZEROCOPY, true)
      const sent = messagesOf(3, right.getsockname(), 4000)
      assert.equal(await left.sendmmsg(sent, MSG_ZEROCOPY), 3)
      await receiveAll(right, 3, 3, 4000)
      let last = -1
      while (last < 2) last = (await library.zerocopyCompletions(left)).at(-1)![1]
      assert.equal(last, 2)
    })

    if (form.name === 'async') {
      socketTest('a pending recv is not in the way', async (t) => {
        const [socket, peer] = await connected(t)
        const receiving = socket.recv(10)
        const waiting = library.zerocopyCompletions(socket)
        await socket.send(pattern(20_000), MSG_ZEROCOPY)
        await peer.recv(20_000)
        assert.equal((await waiting)[0]![0], 0)
        const controller = new AbortController()
        const aborted = library.zerocopyCompletions(socket, { signal: controller.signal })
        controller.abort(new Error('enough'))
        await assert.rejects(aborted, { message: 'enough' })
        await peer.send('later')
        assert.equal(`${await receiving}`, 'later')
      })
    }

    socketTest('a recv beside an error queue that nobody reads does not spin', async (t) => {
      const [socket, peer] = await connected(t)
      await socket.send(pattern(20_000), MSG_ZEROCOPY)
      await peer.recv(20_000, MSG_WAITALL)
      socket.settimeout(0.3)
      let attempts = 0
      const { recv_pooled } = native
      t.after(() => Object.assign(native, { recv_pooled }))
      Object.assign(native, {
        recv_pooled(...args: Parameters<typeof recv_pooled>) {
          attempts++
          return recv_pooled(...args)
        },
      })
      await assert.rejects(async () => await socket.recv(10), { code: 'ETIMEDOUT' })
      assert.ok(attempts < 100, `${attempts} attempts`)
    })
  })
}
