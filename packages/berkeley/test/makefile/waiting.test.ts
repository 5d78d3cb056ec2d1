// What happens to a file's data when an operation has to wait: nothing is lost, nothing is mixed.
import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { before, describe } from 'node:test'
import { SO_LINGER, SO_SNDBUF, SOL_SOCKET } from 'berkeley'
import { HANDLE } from '#base-socket.js'
import { forms } from '../forms.ts'
import { type Scope, socketTest } from '../scope.ts'
import { pattern } from '../traffic.ts'
import { warmUp } from '../worlds.ts'
import { type AnyFile, fileOf, pairOf, received, type Stream } from './opened.ts'

before(warmUp)

const TIMEOUT = { name: 'TimeoutError', code: 'ETIMEDOUT' }
const EAGAIN = { name: 'BlockingIOError', code: 'EAGAIN' }

/** How a file is kept from waiting, and what it then says. */
const impatience = [
  { name: 'time runs out', timeout: 0.005, error: TIMEOUT },
  { name: 'it must not wait', timeout: 0, error: EAGAIN },
]

type Read = (file: AnyFile) => Promise<unknown>

/** The caller's own, who uses it for something else when a call has failed. */
const memory = Buffer.alloc(10_000)

/** Reads that need more than has come. */
const unfinished: readonly (readonly [name: string, read: Read, mode: string])[] = [
  ['read of all', (file) => file.read(), 'r'],
  ['read of many characters', (file) => file.read(20), 'r'],
  ['readline', (file) => file.readline(), 'r'],
  ['readline with a limit', (file) => file.readline(20), 'r'],
  ['readlines', (file) => file.readlines(), 'r'],
  ['read of all bytes', (file) => file.read(), 'rb'],
  ['read of many bytes', (file) => file.read(30), 'rb'],
  ['readInto', (file) => file.readInto(memory.subarray(0, 30)), 'rb'],
  ['readInto, more than the buffer', (file) => file.readInto(memory), 'rb'],
]

for (const form of forms) {
  describe(`makefile, ${form.name}: reading that fails`, () => {
    for (const { name, timeout, error } of impatience) {
      for (const [title, read, mode] of unfinished) {
        socketTest(`${title}, and ${name}: nothing is lost`, async (t) => {
          const [socket, peer] = pairOf(form, t)
          const file = fileOf(t, socket, mode)
          socket.settimeout(timeout)
          // The last character comes in halves.
          const [whole, half] = [Buffer.from('begun, no end é'), 1]
          await peer.sendall(whole.subarray(0, -half))
          for (let i = 0; i < 3; i++) {
            await assert.rejects(async () => read(file), error)
            memory.fill(0)
          }
          await peer.sendall(whole.subarray(-half))
          await peer.sendall('\nsecond\n')
          assert.equal((await file.readline()).toString(), 'begun, no end é\n')
          assert.equal((await file.read(6)).toString(), 'second')
        })
      }
    }

    socketTest('what was given out is its own', async (t) => {
      const [socket, peer] = pairOf(form, t)
      const file = fileOf(t, socket, 'rb')
      await peer.sendall('one\ntwo\nthree\n')
      const spoil = (data: unknown): void => void (data as Buffer).fill(0)
      const again = await file.peek()
      spoil(again)
      spoil(await file.readline())
      spoil(await file.read(1))
      assert.equal((await file.read(9)).toString(), 'wo\nthree\n')
    })

    socketTest('readlines that fails gives its lines back', async (t) => {
      const [socket, peer] = pairOf(form, t)
      const file = fileOf(t, socket, 'r')
      socket.settimeout(0)
      await peer.sendall('one\ntwo\n😀\nfour')
      await assert.rejects(async () => file.readlines(), EAGAIN)
      assert.equal(await file.read(2), 'on')
      await assert.rejects(async () => file.readlines(), EAGAIN)
      assert.deepEqual(await file.readlines(3), ['e\n', 'two\n'])
      peer.close()
      assert.deepEqual(await file.readlines(), ['😀\n', 'four'])
    })

    socketTest('an error of the socket comes after the data before it', async (t) => {
      const [server, port] = tcpServer(t)
      const client = await form.library.createConnection(['127.0.0.1', port])
      t.after(() => client.close())
      const [connection] = await server.accept()
      const file = fileOf(t, client as never, 'r')
      await connection.sendall('last words\nand')
      assert.equal(await file.readline(), 'last words\n')
      connection.setsockopt(SOL_SOCKET, SO_LINGER, LINGER_NOT)
      connection.close()
      await assert.rejects(async () => file.readline(), { name: 'ConnectionResetError' })
      assert.equal(await file.read(3), 'and')
    })
  })

  describe(`makefile, ${form.name}: writing that fails`, () => {
    for (const { name, timeout, error } of impatience) {
      for (const [title, sizes] of [
        ['small pieces', Array.from({ length: 500 }, (_, index) => index % 200)],
        ['large pieces', [100_000, 5, 300_000, 70_000, 0, 8192, 8193, 200_000]],
      ] as const) {
        socketTest(`${title}, and ${name}: nothing is lost`, async (t) => {
          const [socket, peer] = pairOf(form, t)
          socket.setsockopt(SOL_SOCKET, SO_SNDBUF, 4096)
          socket.settimeout(timeout)
          const file = fileOf(t, socket, 'wb')
          const expected = pattern(sizes.reduce((sum, size) => sum + size, 0))
          const memory = Buffer.alloc(Math.max(...sizes))
          let [failures, at] = [0, 0]
          for (const size of sizes) {
            // The caller's memory is used again for each piece.
            const piece = memory.subarray(0, size)
            piece.set(expected.subarray(at, at + size))
            at += size
            failures += await failing(() => file.write(piece), error)
          }
          assert.ok(failures > 0, 'the peer did not read')
          const pieces: Buffer[] = []
          while ((await failing(() => file.flush(), error)) > 0) pieces.push(await received(peer))
          pieces.push(await received(peer))
          assert.ok(Buffer.concat(pieces).equals(expected))
        })
      }
    }

    socketTest('a line that cannot be sent at once is kept', async (t) => {
      const [socket, peer] = pairOf(form, t)
      await fillUp(socket)
      socket.settimeout(0)
      const file = fileOf(t, socket, 'w', { buffering: 1 })
      await assert.rejects(async () => file.write('a line\n'), EAGAIN)
      await received(peer)
      await file.flush()
      assert.equal((await peer.recv(100)).toString(), 'a line\n')
    })
  })
}

/** 1 if the call fails in this way, 0 if it does not fail. */
async function failing(call: () => unknown, error: object): Promise<0 | 1> {
  try {
    await call()
    return 0
  } catch (thrown) {
    assert.throws(() => {
      throw thrown
    }, error)
    return 1
  }
}

async function fillUp(socket: Stream): Promise<void> {
  const { timeout } = socket
  socket.settimeout(0)
  const block = Buffer.alloc(65536)
  while ((await failing(() => socket.send(block), EAGAIN)) === 0);
  socket.settimeout(timeout)
}

const promises = forms[0]!.library

function tcpServer(t: Scope) {
  const server = promises.createServer(['127.0.0.1', 0])
  t.after(() => server.close())
  return [server, (server.getsockname() as [string, number])[1]] as const
}

/** struct linger { 1, 0 }: closing breaks the connection off. */
const LINGER_NOT = Int32Array.of(1, 0)

const form = forms[0]!

describe('makefile: several at the same time', () => {
  socketTest('reads are served in their order', async (t) => {
    const [socket, peer] = pairOf(form, t)
    const file = fileOf(t, socket, 'r')
    const reads = [
      file.readline(),
      file.read(3),
      file.readline(2),
      file.readline(),
      file.readlines(1),
      file.read(),
    ]
    for (const byte of Buffer.from('öne\nabcdefg\nlast line\nand more')) {
      await peer.sendall(Buffer.of(byte))
      // Each byte is a packet of its own.
      await turnOfTheLoop()
    }
    peer.close()
    assert.deepEqual(await Promise.all(reads), ['öne\n', 'abc', 'de', 'fg\n', ['last line\n'], 'and more'])
  })

  socketTest('one that fails does not hinder the next', async (t) => {
    const [socket, peer] = pairOf(form, t)
    const file = fileOf(t, socket, 'r')
    const reads = [file.readline(), file.readline(), file.readline()]
    await peer.sendall(Buffer.from('one\ntwo\xff\nthree\n', 'latin1'))
    const [one, two, rest] = await Promise.allSettled(reads)
    assert.deepEqual(one, { status: 'fulfilled', value: 'one\n' })
    assert.equal(two!.status, 'rejected')
    assert.deepEqual(rest, { status: 'fulfilled', value: 'two\n' })
    assert.equal(await file.readline(), 'three\n')
  })

  socketTest('each has its own time limit', async (t) => {
    const [socket, peer] = pairOf(form, t)
    const file = fileOf(t, socket, 'r')
    socket.settimeout(0.02)
    const reads = [file.readline(), file.readline()]
    await peer.sendall('be')
    await assert.rejects(reads[0]!, TIMEOUT)
    await peer.sendall('gun\n')
    assert.equal(await reads[1], 'begun\n')
  })

  socketTest('writes do not mix, and come in their order', async (t) => {
    const [socket, peer] = pairOf(form, t)
    const file = fileOf(t, socket, 'wb')
    const pieces = Array.from({ length: 60 }, (_, index) => Buffer.alloc((index * 7919) % 90_000, index))
    const expected = Buffer.concat(pieces)
    const writes = pieces.map((piece, index) =>
      index % 10 === 9 ? file.writelines([piece]) : file.write(piece),
    )
    const closing = file.close()
    assert.ok(file.closed)
    await assert.rejects(file.write(Buffer.of(1)), RangeError)
    socket.close()
    const came: Buffer[] = []
    for (let piece = await peer.recv(65536); piece.length > 0; piece = await peer.recv(65536))
      came.push(piece)
    assert.ok(Buffer.concat(came).equals(expected))
    const counts = await Promise.all(writes)
    assert.deepEqual(
      counts,
      pieces.map(({ length }, index) => (index % 10 === 9 ? undefined : length)),
    )
    await closing
  })

  socketTest('reading and writing do not wait for each other', async (t) => {
    const [socket, peer] = pairOf(form, t)
    const file = fileOf(t, socket, 'rw')
    const answer = file.readline()
    await file.write('question\n')
    await file.flush()
    assert.equal((await peer.recv(100)).toString(), 'question\n')
    // CPython forgets what it has read when it writes to a text file.
    await peer.sendall('answer\nmore\n')
    assert.equal(await answer, 'answer\n')
    await file.write('next\n')
    assert.equal(await file.readline(), 'more\n')
  })

  socketTest('who waits when the file is closed is told', async (t) => {
    for (const isSocketClosed of [false, true]) {
      const [socket, peer] = pairOf(form, t)
      const file = fileOf(t, socket, 'r')
      const [waits, queued] = [file.readline(), file.readline()]
      const iterated = (async () => {
        for await (const _line of file) assert.fail('there is none')
      })()
      if (isSocketClosed) socket.close()
      await file.close()
      await assert.rejects(waits, { code: 'ECANCELED' })
      await assert.rejects(queued, { name: 'RangeError', message: /^readline\(\): file must be open/ })
      await iterated
      assert.equal(socket.fileno() < 0, isSocketClosed)
      if (isSocketClosed) continue
      // Nobody reads for the closed file any more.
      await peer.sendall('for the socket')
      assert.equal((await socket.recv(100)).toString(), 'for the socket')
    }
  })

  socketTest('close waits for its turn, and is done when all is sent', async (t) => {
    const [socket, peer] = pairOf(form, t)
    const file = fileOf(t, socket, 'wb')
    const big = Buffer.alloc(1 << 20, 'x')
    const writing = file.write(big)
    const closings = [file.close(), file.close()]
    let total = 0
    while (total < big.length) total += (await peer.recv(65536)).length
    await Promise.all([writing, ...closings])
    assert.equal(socket[HANDLE].files, 0)
  })
})

describe('makefile: aborting', () => {
  const reason = new Error('enough')

  socketTest('a read that waits gives up, and nothing is lost', async (t) => {
    const [socket, peer] = pairOf(form, t)
    const file = fileOf(t, socket, 'r')
    const controller = new AbortController()
    await peer.sendall('be')
    const reading = file.readline(null, { signal: controller.signal })
    await turnOfTheLoop()
    controller.abort(reason)
    await assert.rejects(reading, reason)
    await peer.sendall('gun\n')
    assert.equal(await file.readline(), 'begun\n')
  })

  socketTest('a read in the queue gives up at once, the others go on', async (t) => {
    const [socket, peer] = pairOf(form, t)
    const file = fileOf(t, socket, 'r')
    const controller = new AbortController()
    const { signal } = controller
    const reads = [
      file.readline(),
      file.readline(-1, { signal }),
      file.readline(-1, { signal: new AbortController().signal }),
    ]
    controller.abort(reason)
    await assert.rejects(reads[1]!, reason)
    await peer.sendall('one\ntwo\n')
    assert.deepEqual([await reads[0], await reads[2]], ['one\n', 'two\n'])
  })

  socketTest('a signal that lives long is not held on to', async (t) => {
    const [socket, peer] = pairOf(form, t)
    const file = fileOf(t, socket, 'r')
    const { signal } = new AbortController()
    const reads = [
      file.readline(-1, { signal }),
      file.readline(-1, { signal }),
      file.readline(-1, { signal }),
    ]
    assert.equal(getEventListeners(signal, 'abort').length, 3)
    await peer.sendall('one\ntwo\nthree\n')
    assert.deepEqual(await Promise.all(reads), ['one\n', 'two\n', 'three\n'])
    assert.equal(getEventListeners(signal, 'abort').length, 0)
  })

  socketTest('an aborted signal, even where no waiting is needed', async (t) => {
    const [socket, peer] = pairOf(form, t)
    const file = fileOf(t, socket, 'rw')
    await peer.sendall('one\ntwo\n')
    assert.equal(await file.readline(), 'one\n')
    const signal = AbortSignal.abort(reason)
    await assert.rejects(file.readline(-1, { signal }), reason)
    await assert.rejects(file.write('x', { signal }), reason)
    assert.equal(await file.readline(), 'two\n')
    await file.close()
    assert.equal((await received(peer)).length, 0)
  })

  socketTest('a flush gives up, and nothing is lost', async (t) => {
    const [socket, peer] = pairOf(form, t)
    const file = fileOf(t, socket, 'wb', { buffering: 1 << 21 })
    const expected = pattern(1 << 20)
    await file.write(expected)
    const controller = new AbortController()
    const flushing = file.flush({ signal: controller.signal })
    await turnOfTheLoop()
    controller.abort(reason)
    await assert.rejects(flushing, reason)
    const closing = file.close()
    const came: Buffer[] = []
    for (let missing = expected.length; missing > 0; missing -= came.at(-1)!.length)
      came.push(await peer.recv(65536))
    await closing
    assert.ok(Buffer.concat(came).equals(expected))
  })

  socketTest('the iteration over lines goes on after an error', async (t) => {
    const [socket, peer] = pairOf(form, t)
    const file = fileOf(t, socket, 'r')
    const lines = file[Symbol.asyncIterator]()
    socket.settimeout(0.01)
    await peer.sendall('one\ntw')
    assert.deepEqual(await lines.next(), { done: false, value: 'one\n' })
    await assert.rejects(lines.next(), TIMEOUT)
    await peer.sendall('o\n')
    assert.deepEqual(await lines.next(), { done: false, value: 'two\n' })
    await peer.sendall('three\n')
    const others = file[Symbol.asyncIterator]()
    await others.return?.()
    assert.deepEqual(await others.next(), { done: true, value: undefined })
    assert.deepEqual(await lines.next(), { done: false, value: 'three\n' })
    peer.close()
    assert.deepEqual(await lines.next(), { done: true, value: undefined })
    assert.deepEqual(await lines.next(), { done: true, value: undefined })
  })
})

function turnOfTheLoop(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
