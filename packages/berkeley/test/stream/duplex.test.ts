// toDuplex: both directions, back-pressure, every way to end, and who closes the socket.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Duplex, Readable } from 'node:stream'
import { finished, pipeline } from 'node:stream/promises'
import { before, describe, test } from 'node:test'
import {
  AF_INET,
  AF_UNIX,
  BrokenPipeError,
  ConnectionResetError,
  createServer,
  type OSError,
  SO_LINGER,
  SOCK_DGRAM,
  SOCK_SEQPACKET,
  SOL_SOCKET,
  Socket,
  TimeoutError,
} from 'berkeley'
import { Socket as BlockingSocket } from 'berkeley/blocking'
import { SocketDuplex, toDuplex } from 'berkeley/stream'
import { runNode } from '../child.ts'
import { socketTest } from '../scope.ts'
import { assertSameBytes, everybodyIsTold, pattern } from '../traffic.ts'
import { closing, warmUp } from '../worlds.ts'
import { connectionWith, everything, MiB, tcpPair, unixPair } from './peers.ts'

before(warmUp)

/** The stream's error, once it is closed. */
async function failureOf(stream: Duplex): Promise<unknown> {
  const failure = new Promise((resolve) => stream.once('error', resolve))
  await new Promise((resolve) => stream.once('close', resolve))
  return failure
}

for (const family of [AF_INET, AF_UNIX] as const) {
  describe(`with CPython, over ${family === AF_INET ? 'TCP' : 'a Unix socket'}`, () => {
    socketTest('everything comes back after end(), and then the socket is closed', async (t) => {
      const socket = await connectionWith(t, 'echo', { family })
      const stream = toDuplex(socket)
      const sent = pattern(5 * MiB)
      stream.write(sent.subarray(0, 100))
      stream.write('')
      stream.end(sent.subarray(100))
      assertSameBytes(await everything(stream), sent)
      assert.ok(stream.destroyed)
      assert.equal(socket.fileno(), -1)
    })

    socketTest('pipeline through it', async (t) => {
      const sent = pattern(3 * MiB, 2)
      const pieces = Array.from({ length: 3072 }, (_, i) => sent.subarray(i * 1024, (i + 1) * 1024))
      const stream = toDuplex(await connectionWith(t, 'echo', { family }))
      const received: Buffer[] = []
      await pipeline(Readable.from(pieces), stream, async (source: AsyncIterable<Buffer>) => {
        for await (const piece of source) received.push(piece)
      })
      assertSameBytes(Buffer.concat(received), sent)
    })

    socketTest('what is written while it is busy goes in few calls, in order and whole', async (t) => {
      const stream = toDuplex(await connectionWith(t, 'echo', { family }))
      const pieces = Array.from({ length: 5000 }, (_, i) => pattern(1 + (i % 700), i + 1))
      stream.cork()
      for (const piece of pieces) stream.write(piece)
      stream.end()
      assertSameBytes(await everything(stream), Buffer.concat(pieces))
    })

    socketTest('256 MiB pass in bounded memory', async (t) => {
      const count = 256 * MiB
      const stream = toDuplex(await connectionWith(t, 'source', { family, count }))
      const before = process.memoryUsage.rss()
      let most = 0
      let length = 0
      for await (const chunk of stream) {
        length += chunk.length
        most = Math.max(most, process.memoryUsage.rss() - before)
      }
      assert.equal(length, count)
      assert.ok(most < 128 * MiB, `${most} bytes more`)
    })
  })
}

describe('back-pressure', () => {
  socketTest('write() says false and drain comes once the peer reads', async (t) => {
    const [left, right] = unixPair(t)
    const stream = toDuplex(left)
    const block = pattern(10_000)
    let written = 0
    while (stream.write(block)) written++
    assert.ok(written * block.length <= 65536)
    let drained = false
    stream.once('drain', () => {
      drained = true
    })
    for (let i = 0; i < 100; i++) stream.write(block) // beyond what the kernel takes
    await everybodyIsTold()
    assert.ok(!drained && stream.writableLength > 0)
    const reading = everything(right as unknown as AsyncIterable<Buffer>)
    await once(stream, 'drain')
    assert.equal(stream.writableLength, 0)
    stream.destroy()
    assert.equal((await reading).length, (written + 101) * block.length)
  })

  socketTest('who does not read stops the peer, and nothing grows', async (t) => {
    const [left, right] = unixPair(t)
    const stream = toDuplex(left)
    const sending = right.sendall(pattern(8 * MiB))
    stream.once('readable', () => {}) // begins to receive
    await once(stream, 'readable')
    for (let turn = 0; turn < 20; turn++) await everybodyIsTold()
    assert.ok(stream.readableLength <= 2 * 65536, `${stream.readableLength} bytes`)
    const reading = everything(stream)
    await sending
    right.close()
    assert.equal((await reading).length, 8 * MiB)
  })

  socketTest('nothing is received before somebody reads', async (t) => {
    const [left, right] = unixPair(t)
    const stream = toDuplex(left)
    await right.sendall('still in the kernel')
    await everybodyIsTold()
    assert.equal(stream.readableLength, 0)
    assert.equal(String(await left.recv(100)), 'still in the kernel')
    stream.destroy()
  })

  socketTest('highWaterMark is how much is received ahead', async (t) => {
    const [left, right] = unixPair(t)
    const stream = toDuplex(left, { readableHighWaterMark: 10, writableHighWaterMark: 3 })
    assert.deepEqual([stream.readableHighWaterMark, stream.writableHighWaterMark], [10, 3])
    assert.ok(!stream.write('abc'))
    stream.read(0)
    await right.sendall('0123456789')
    await once(stream, 'readable')
    await right.sendall('more')
    await everybodyIsTold()
    assert.equal(stream.readableLength, 10)
    stream.destroy()
    const both = toDuplex(unixPair(t)[0], { highWaterMark: 7 })
    assert.deepEqual([both.readableHighWaterMark, both.writableHighWaterMark], [7, 7])
    both.destroy()
  })

  socketTest('large chunks are memory of their own', async (t) => {
    const [left, right] = unixPair(t)
    const stream = toDuplex(left)
    const sent = pattern(60_000)
    const chunks: Buffer[] = []
    for (const round of [0, 1, 2]) {
      await right.sendall(sent.subarray(round * 20_000, (round + 1) * 20_000))
      chunks.push((await once(stream, 'data'))[0])
    }
    assertSameBytes(Buffer.concat(chunks), sent)
    assert.equal(new Set(chunks.map(({ buffer }) => buffer)).size, 3)
    stream.destroy()
  })
})

describe('how it ends', () => {
  socketTest('end() is the end for the peer, who may go on', async (t) => {
    const [left, right] = await tcpPair(t)
    const stream = toDuplex(left)
    stream.end('question')
    assert.equal(String(await right.recv(100)), 'question')
    assert.equal((await right.recv(100)).length, 0)
    assert.ok(!stream.destroyed)
    await right.sendall('answer')
    right.close()
    assert.equal(String(await everything(stream)), 'answer')
    assert.equal(left.fileno(), -1)
  })

  socketTest("the peer's end leaves writing open", async (t) => {
    const stream = toDuplex(await connectionWith(t, 'source', { count: 10 }))
    let ended = false
    stream.on('end', () => {
      ended = true
    })
    stream.resume()
    await once(stream, 'end')
    assert.ok(ended && stream.writable && !stream.destroyed)
    stream.end()
    await once(stream, 'close')
  })

  socketTest('allowHalfOpen: false ends writing with it', async (t) => {
    const [left, right] = unixPair(t)
    const stream = toDuplex(left, { allowHalfOpen: false })
    stream.resume()
    right.close()
    await once(stream, 'close')
    assert.equal(left.fileno(), -1)
  })

  socketTest('the end is noticed by who has nothing left to read', async (t) => {
    const [left, right] = unixPair(t)
    const stream = toDuplex(left, { allowHalfOpen: false })
    stream.read(0)
    right.close()
    await once(stream, 'close')
  })

  socketTest('destroy() closes the socket at once and without an error', async (t) => {
    const [left, right] = await tcpPair(t)
    const stream = toDuplex(left)
    const errors: unknown[] = []
    stream.on('error', (error) => errors.push(error))
    stream.resume() // a recv waits
    await everybodyIsTold()
    stream.destroy()
    assert.equal(left.fileno(), -1)
    await once(stream, 'close')
    await everybodyIsTold()
    assert.deepEqual(errors, [])
    assert.equal((await right.recv(1)).length, 0)
  })

  socketTest('destroy(error) while writing gives that error', async (t) => {
    const [left] = unixPair(t)
    const stream = toDuplex(left)
    const reason = new Error('enough')
    let told: unknown
    stream.write(pattern(8 * MiB), (error) => {
      told = error
    })
    await everybodyIsTold()
    stream.destroy(reason)
    assert.equal(await failureOf(stream), reason)
    assert.ok(told instanceof Error)
  })

  socketTest(
    'the socket is closed once, and its number is not closed again for who has it next',
    async (t) => {
      const [left] = unixPair(t)
      let closed = 0
      const close = left.close
      left.close = () => {
        closed++
        close.call(left)
      }
      const stream = toDuplex(left)
      stream.destroy()
      stream.destroy(new Error('again'))
      stream.end()
      await once(stream, 'close')
      assert.equal(closed, 1)
    },
  )

  socketTest('{ signal } destroys it', async (t) => {
    const controller = new AbortController()
    const [left] = unixPair(t)
    const stream = toDuplex(left, { signal: controller.signal })
    const failure = failureOf(stream)
    stream.resume()
    controller.abort(new Error('cause'))
    assert.deepEqual([((await failure) as Error).name, left.fileno()], ['AbortError', -1])
  })

  socketTest('breaking out of for await closes the socket', async (t) => {
    const [left, right] = unixPair(t)
    await right.sendall('x')
    for await (const chunk of toDuplex(left)) {
      assert.equal(String(chunk), 'x')
      break
    }
    assert.equal(left.fileno(), -1)
  })
})

describe('failures', () => {
  socketTest('a reset by the peer is a ConnectionResetError', async (t) => {
    const socket = await connectionWith(t, 'reset')
    const stream = toDuplex(socket)
    stream.resume()
    stream.write('x')
    const error = await failureOf(stream)
    assert.ok(error instanceof ConnectionResetError, String(error))
    assert.deepEqual([error.syscall, socket.fileno()], ['recv', -1])
  })

  socketTest('a peer that is killed is the end for who reads, and EPIPE for who writes on', async (t) => {
    const stream = toDuplex(await connectionWith(t, 'vanish'))
    stream.write('x')
    stream.resume()
    await once(stream, 'end')
    const failure = failureOf(stream)
    const writing = setInterval(() => stream.write('y'), 1)
    const error = await failure
    clearInterval(writing)
    assert.ok(error instanceof BrokenPipeError, String(error))
  })

  socketTest('pipeline rejects with it', async (t) => {
    const stream = toDuplex(await connectionWith(t, 'reset'))
    const endless = Readable.from(
      (function* () {
        for (;;) yield pattern(65536)
      })(),
    )
    await assert.rejects(pipeline(endless, stream), (error) => {
      assert.ok(error instanceof ConnectionResetError || error instanceof BrokenPipeError, String(error))
      return true
    })
    assert.ok(endless.destroyed)
  })

  socketTest('end() after a reset tells why there is nothing to end', async (t) => {
    const [left, right] = await tcpPair(t)
    const stream = toDuplex(left)
    right.setsockopt(SOL_SOCKET, SO_LINGER, Buffer.from(new Int32Array([1, 0]).buffer))
    right.close()
    await everybodyIsTold()
    const failure = failureOf(stream)
    stream.end()
    const error = await failure
    assert.ok(error instanceof ConnectionResetError, String(error))
    assert.equal(error.syscall, 'shutdown')
  })

  socketTest('a socket that was never connected fails with ENOTCONN', async (t) => {
    for (const use of [(stream: Duplex) => stream.resume(), (stream: Duplex) => stream.end()]) {
      const stream = toDuplex(closing(t, new Socket()))
      const failure = failureOf(stream)
      use(stream)
      assert.equal(((await failure) as OSError).code, 'ENOTCONN')
    }
  })

  socketTest('the time limit of the socket is one for each operation', async (t) => {
    const [left, right] = unixPair(t)
    left.settimeout(0.05)
    const stream = toDuplex(left)
    const failure = failureOf(stream)
    stream.resume()
    assert.ok((await failure) instanceof TimeoutError)
    assert.equal((await right.recv(1)).length, 0)
  })

  socketTest('a socket that its former owner closes is an error of the stream', async (t) => {
    const [left] = unixPair(t)
    const stream = toDuplex(left)
    const failure = failureOf(stream)
    stream.resume()
    await everybodyIsTold()
    left.close()
    assert.equal(((await failure) as OSError).code, 'ECANCELED')
  })

  test('what a listener throws is an uncaught exception, not an error of the stream', async () => {
    const { status, output, errors } = await runNode('throwing-listener')
    assert.deepEqual([status, output, errors], [0, 'uncaughtException thrown by the listener\n', ''])
  })
})

describe('messages (SOCK_SEQPACKET)', () => {
  socketTest('each is a chunk, read and written', async (t) => {
    const socket = await connectionWith(t, 'messages', { family: AF_UNIX, type: SOCK_SEQPACKET })
    const stream = toDuplex(socket)
    stream.cork()
    for (const text of ['one', 'two', 'three']) stream.write(text)
    process.nextTick(() => stream.uncork())
    stream.end('four')
    const received: string[] = []
    for await (const message of stream) received.push(String(message))
    assert.deepEqual(received, ['one!', 'two!', 'three!', 'four!'])
  })

  socketTest('read() gives one at a time, however many there are', async (t) => {
    const [left, right] = unixPair(t, SOCK_SEQPACKET)
    const stream = toDuplex(left)
    for (const text of ['a', 'b', 'c']) await right.send(text)
    stream.read(0)
    while (stream.readableLength < 3) await everybodyIsTold()
    assert.deepEqual([String(stream.read()), String(stream.read()), String(stream.read())], ['a', 'b', 'c'])
    stream.destroy()
  })

  socketTest('one that is longer than maxMessageSize is an error, never cut off', async (t) => {
    const how = { family: AF_UNIX, type: SOCK_SEQPACKET, count: 100_000 } as const
    const stream = toDuplex(await connectionWith(t, 'long', how))
    const failure = failureOf(stream)
    stream.resume()
    const error = (await failure) as OSError
    assert.equal(error.code, 'EMSGSIZE')
    assert.match(error.message, /65536 bytes \(maxMessageSize\)/)
    const larger = toDuplex(await connectionWith(t, 'long', how), { maxMessageSize: 100_000 })
    assert.equal((await once(larger, 'data'))[0].length, 100_000)
    larger.destroy()
  })
})

describe('what it is given', () => {
  socketTest('a socket that is no connected stream of promises is refused', (t) => {
    const refused = (socket: unknown, message: RegExp) =>
      assert.throws(() => toDuplex(socket as Socket), { message })
    refused(null, /^toDuplex\(\): socket must be a Socket of 'berkeley', got null/)
    refused(closing(t, new BlockingSocket()), /socket must be a Socket of 'berkeley'/)
    refused(
      closing(t, new Socket(AF_INET, SOCK_DGRAM)),
      /socket must be of SOCK_STREAM or SOCK_SEQPACKET, got 2/,
    )
    refused(closing(t, createServer(['127.0.0.1', 0])), /socket must be connected, got 'one that listens'/)
    const impatient = closing(t, new Socket())
    impatient.settimeout(0)
    refused(impatient, /socket must be one that may wait/)
    const closed = new Socket()
    closed.close()
    refused(closed, /EBADF/)
  })

  socketTest('options that are none are refused, and the socket stays', (t) => {
    const [left] = unixPair(t)
    assert.throws(() => toDuplex(left, 7 as never), TypeError)
    assert.throws(() => toDuplex(left, { maxMessageSize: -1 }), RangeError)
    assert.throws(() => toDuplex(left, { highWaterMark: -1 }), { code: 'ERR_INVALID_ARG_VALUE' })
    assert.notEqual(left.fileno(), -1)
  })

  socketTest('it is a Duplex, and what others make of one', async (t) => {
    const [left, right] = unixPair(t)
    const stream = toDuplex(left)
    assert.ok(stream instanceof Duplex && stream instanceof SocketDuplex)
    const { readable, writable } = Duplex.toWeb(stream)
    const writer = writable.getWriter()
    await writer.write(Buffer.from('as a web stream'))
    assert.equal(String(await right.recv(100)), 'as a web stream')
    await right.sendall('and back')
    const { value } = await readable.getReader().read()
    assert.equal(String(Buffer.from(value)), 'and back')
    stream.destroy()
    await finished(stream).catch(() => {})
  })

  socketTest('datagrams: Readable.from(socket) gives each with its sender', async (t) => {
    const receiver = closing(t, new Socket(AF_INET, SOCK_DGRAM))
    receiver.bind(['127.0.0.1', 0])
    const sender = closing(t, new Socket(AF_INET, SOCK_DGRAM))
    sender.bind(['127.0.0.1', 0])
    await sender.sendto('one', receiver.getsockname())
    const stream = Readable.from(receiver)
    assert.deepEqual((await once(stream, 'data'))[0], [Buffer.from('one'), sender.getsockname()])
    stream.destroy()
    receiver.close()
  })
})

describe("node:http's methods", () => {
  socketTest('setTimeout: nothing for so long', async (t) => {
    const [left, right] = unixPair(t)
    const stream = toDuplex(left)
    stream.resume()
    let fired = 0
    stream.setTimeout(20, () => fired++)
    assert.equal(stream.timeout, 20)
    const alive = setInterval(() => {}, 1000) // the idle timer does not keep the process
    await once(stream, 'timeout')
    clearInterval(alive)
    assert.equal(fired, 1)
    assert.ok(!stream.destroyed)
    stream.setTimeout(0)
    assert.throws(() => stream.setTimeout(-1), RangeError)
    assert.throws(() => stream.setTimeout('1' as never), TypeError)
    stream.setTimeout(Number.POSITIVE_INFINITY)
    stream.destroy()
    right.close()
  })

  socketTest('setTimeout begins anew with what is received and sent', async (t) => {
    const [left, right] = unixPair(t)
    const stream = toDuplex(left)
    const alive = setInterval(() => {}, 1000)
    stream.setTimeout(20)
    await once(stream, 'timeout')
    stream.write('x')
    await once(stream, 'timeout')
    stream.resume()
    await right.sendall('y')
    await once(stream, 'timeout')
    clearInterval(alive)
    stream.destroy()
  })

  socketTest('setKeepAlive, setNoDelay, ref, unref', async (t) => {
    const [left] = await tcpPair(t)
    const stream = toDuplex(left)
    const { SO_KEEPALIVE, IPPROTO_TCP, TCP_KEEPIDLE, TCP_NODELAY } = await import('berkeley')
    stream.setKeepAlive(true, 5000).setNoDelay().unref().ref()
    const values = [
      left.getsockopt(SOL_SOCKET, SO_KEEPALIVE),
      left.getsockopt(IPPROTO_TCP, TCP_KEEPIDLE),
      left.getsockopt(IPPROTO_TCP, TCP_NODELAY),
    ]
    assert.deepEqual(values, [1, 5, 1])
    stream.setKeepAlive(false).setNoDelay(false)
    assert.equal(left.getsockopt(SOL_SOCKET, SO_KEEPALIVE), 0)
    assert.equal(left.getsockopt(IPPROTO_TCP, TCP_NODELAY), 0)
    stream.destroy()
    stream.setKeepAlive(true).setNoDelay().setTimeout(1)
    toDuplex(unixPair(t)[0]).setKeepAlive(true).setNoDelay().destroy()
  })
})
