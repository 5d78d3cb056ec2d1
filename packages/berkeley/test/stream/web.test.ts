// toWeb: both directions, back-pressure, every way to end, and who closes the socket.
import assert from 'node:assert/strict'
import { before, describe } from 'node:test'
import {
  AF_INET,
  AF_UNIX,
  ConnectionError,
  ConnectionResetError,
  type OSError,
  SOCK_DGRAM,
  SOCK_SEQPACKET,
  Socket,
  TimeoutError,
} from 'berkeley'
import { toWeb } from 'berkeley/stream'
import { socketTest } from '../scope.ts'
import { assertSameBytes, everybodyIsTold, pattern } from '../traffic.ts'
import { closing, warmUp } from '../worlds.ts'
import { connectionWith, everything, MiB, tcpPair, unixPair } from './peers.ts'

before(warmUp)

const failureOf = (promise: Promise<unknown>): Promise<OSError> =>
  promise.then(
    () => assert.fail('it did not fail'),
    (error) => error,
  )

for (const family of [AF_INET, AF_UNIX] as const) {
  describe(`with CPython, over ${family === AF_INET ? 'TCP' : 'a Unix socket'}`, () => {
    socketTest('everything comes back after close(), and then the socket is closed', async (t) => {
      const socket = await connectionWith(t, 'echo', { family })
      const { readable, writable } = toWeb(socket)
      const sent = pattern(5 * MiB)
      const writer = writable.getWriter()
      writer.write(sent.subarray(0, MiB))
      writer.write('text, as UTF-8: ü')
      writer.write(new DataView(sent.buffer, sent.byteOffset + MiB, MiB))
      writer.close()
      assertSameBytes(
        await everything(readable),
        Buffer.concat([sent.subarray(0, MiB), Buffer.from('text, as UTF-8: ü'), sent.subarray(MiB, 2 * MiB)]),
      )
      assert.equal(socket.fileno(), -1)
    })

    socketTest('pipeThrough it', async (t) => {
      const sent = pattern(3 * MiB, 2)
      const through = new Blob([sent])
        .stream()
        .pipeThrough(toWeb(await connectionWith(t, 'echo', { family })))
      assertSameBytes(Buffer.from(await new Response(through as never).arrayBuffer()), sent)
    })

    socketTest('256 MiB pass in bounded memory', async (t) => {
      const count = 256 * MiB
      const { readable, writable } = toWeb(await connectionWith(t, 'source', { family, count }))
      const before = process.memoryUsage.rss()
      let most = 0
      let length = 0
      for await (const chunk of readable) {
        length += chunk.length
        most = Math.max(most, process.memoryUsage.rss() - before)
      }
      assert.equal(length, count)
      assert.ok(most < 128 * MiB, `${most} bytes more`)
      await writable.close()
    })
  })
}

describe('back-pressure', () => {
  socketTest('write() waits until the kernel has it, and ready until there is room', async (t) => {
    const [left, right] = unixPair(t)
    const { writable, readable } = toWeb(left)
    const writer = writable.getWriter()
    assert.equal(writer.desiredSize, 65536)
    const writing = writer.write(pattern(8 * MiB))
    let taken = false
    writing.then(() => {
      taken = true
    })
    for (let turn = 0; turn < 5; turn++) await everybodyIsTold()
    assert.ok(!taken && writer.desiredSize! < 0)
    let received = 0
    while (received < 8 * MiB) received += (await right.recv(MiB)).length
    await writing
    await writer.ready
    assert.equal(writer.desiredSize, 65536)
    await readable.cancel()
  })

  socketTest('nothing is received before somebody reads, and no more than one chunk ahead', async (t) => {
    const [left, right] = unixPair(t)
    const { readable } = toWeb(left)
    await right.sendall('first')
    await everybodyIsTold()
    const reader = readable.getReader()
    assert.equal(String(Buffer.from((await reader.read()).value!)), 'first')
    await right.sendall('still in the kernel')
    await everybodyIsTold()
    assert.equal(String(await left.recv(100)), 'still in the kernel')
    await reader.cancel()
  })

  socketTest('into memory of the caller (BYOB)', async (t) => {
    const stream = toWeb(await connectionWith(t, 'source', { count: 10_000 }))
    const reader = stream.readable.getReader({ mode: 'byob' })
    const received: Uint8Array[] = []
    let memory = new ArrayBuffer(777)
    for (;;) {
      const { done, value } = await reader.read(new Uint8Array(memory))
      if (done) break
      assert.equal(value.buffer.byteLength, 777)
      received.push(Uint8Array.from(value))
      memory = value.buffer as ArrayBuffer
    }
    const block = Buffer.from(Array.from({ length: 251 }, (_, i) => i))
    assertSameBytes(Buffer.concat(received), Buffer.alloc(10_000, block))
    await stream.writable.close()
  })

  socketTest('chunks are memory of their own, short ones too', async (t) => {
    const [left, right] = unixPair(t)
    const { readable } = toWeb(left)
    const reader = readable.getReader()
    const chunks: Uint8Array[] = []
    for (const text of ['one', 'two', 'three']) {
      await right.sendall(text)
      chunks.push((await reader.read()).value!)
    }
    assert.deepEqual(
      chunks.map((chunk) => chunk.buffer.byteLength),
      [3, 3, 5],
    )
    structuredClone(chunks[0], { transfer: [chunks[0]!.buffer as ArrayBuffer] })
    assert.equal(String(Buffer.from(chunks[1]!)), 'two')
    await reader.cancel()
  })

  socketTest('tee gives the same to both', async (t) => {
    const stream = toWeb(await connectionWith(t, 'source', { count: 3 * MiB }))
    const [one, two] = stream.readable.tee()
    const [first, second] = await Promise.all([everything(one), everything(two)])
    assert.equal(first.length, 3 * MiB)
    assertSameBytes(first, second)
    await stream.writable.close()
  })
})

describe('how it ends', () => {
  socketTest('close() is the end for the peer, who may go on', async (t) => {
    const [left, right] = await tcpPair(t)
    const { readable, writable } = toWeb(left)
    const writer = writable.getWriter()
    await writer.write('question')
    await writer.close()
    assert.equal(String(await right.recv(100)), 'question')
    assert.equal((await right.recv(100)).length, 0)
    assert.notEqual(left.fileno(), -1)
    await right.sendall('answer')
    right.close()
    assert.equal(await new Response(readable as never).text(), 'answer')
    assert.equal(left.fileno(), -1)
  })

  socketTest("the peer's end leaves writing open", async (t) => {
    const [left, right] = unixPair(t)
    const { readable, writable } = toWeb(left)
    right.shutdown(1)
    assert.deepEqual(await readable.getReader().read(), { value: undefined, done: true })
    const writer = writable.getWriter()
    await writer.write('still')
    assert.equal(String(await right.recv(100)), 'still')
    assert.notEqual(left.fileno(), -1)
    await writer.close()
    assert.equal(left.fileno(), -1)
  })

  socketTest('cancel closes the socket, and writing fails with its reason', async (t) => {
    const [left, right] = await tcpPair(t)
    const { readable, writable } = toWeb(left)
    const reason = new Error('enough')
    const reader = readable.getReader()
    const reading = reader.read() // a recv waits
    await everybodyIsTold()
    await reader.cancel(reason)
    assert.deepEqual(await reading, { value: undefined, done: true })
    assert.equal(left.fileno(), -1)
    assert.equal(await failureOf(writable.getWriter().write('x')), reason)
    assert.equal((await right.recv(1)).length, 0)
  })

  socketTest('abort closes the socket, and reading fails with its reason', async (t) => {
    const [left] = await tcpPair(t)
    const { readable, writable } = toWeb(left)
    const reading = failureOf(readable.getReader().read())
    const writer = writable.getWriter()
    const writing = failureOf(writer.write(pattern(8 * MiB)))
    await everybodyIsTold()
    const reason = new Error('enough')
    const aborting = writer.abort(reason) // although nobody reads
    assert.equal(left.fileno(), -1)
    await aborting
    assert.equal(await reading, reason)
    assert.equal((await writing).code, 'ECANCELED')
  })

  socketTest('breaking out of for await closes the socket', async (t) => {
    const [left, right] = unixPair(t)
    await right.sendall('x')
    for await (const chunk of toWeb(left).readable) {
      assert.equal(String(Buffer.from(chunk)), 'x')
      break
    }
    assert.equal(left.fileno(), -1)
  })

  socketTest('the socket is closed once', async (t) => {
    const [left] = unixPair(t)
    let closed = 0
    const close = left.close
    left.close = () => {
      closed++
      close.call(left)
    }
    const { readable, writable } = toWeb(left)
    await readable.cancel()
    await writable.abort().catch(() => {})
    await readable.cancel()
    assert.equal(closed, 1)
  })
})

describe('failures', () => {
  socketTest('a reset by the peer fails both directions, and closes the socket', async (t) => {
    const socket = await connectionWith(t, 'reset')
    const { readable, writable } = toWeb(socket)
    const writer = writable.getWriter()
    await writer.write('x')
    const error = await failureOf(everything(readable))
    assert.ok(error instanceof ConnectionResetError, String(error))
    assert.equal(socket.fileno(), -1)
    assert.equal(await failureOf(writer.write('y')), error)
  })

  socketTest('a peer that is killed is the end for who reads, and fails who writes on', async (t) => {
    const { readable, writable } = toWeb(await connectionWith(t, 'vanish'))
    const writer = writable.getWriter()
    await writer.write('x')
    assert.equal((await everything(readable)).length, 0)
    const error = await failureOf(
      (async () => {
        for (;;) await writer.write('y')
      })(),
    )
    assert.ok(error instanceof ConnectionError, String(error))
  })

  socketTest('a chunk that cannot be sent is a TypeError', async (t) => {
    const [left] = unixPair(t)
    const { writable } = toWeb(left)
    const error = await failureOf(writable.getWriter().write({ no: 'bytes' } as never))
    assert.match(String(error), /^TypeError: sendall\(\): data must be/)
    assert.equal(left.fileno(), -1)
  })

  socketTest('the time limit of the socket', async (t) => {
    const [left] = unixPair(t)
    left.settimeout(0.05)
    assert.ok((await failureOf(toWeb(left).readable.getReader().read())) instanceof TimeoutError)
    assert.equal(left.fileno(), -1)
  })
})

describe('messages (SOCK_SEQPACKET)', () => {
  socketTest('each is a chunk, read and written', async (t) => {
    const how = { family: AF_UNIX, type: SOCK_SEQPACKET } as const
    const { readable, writable } = toWeb(await connectionWith(t, 'messages', how))
    const writer = writable.getWriter()
    for (const text of ['one', 'two', 'three']) writer.write(text)
    writer.close()
    const received: string[] = []
    for await (const message of readable) received.push(String(Buffer.from(message)))
    assert.deepEqual(received, ['one!', 'two!', 'three!'])
  })

  socketTest('one that is longer than maxMessageSize is an error, never cut off', async (t) => {
    const how = { family: AF_UNIX, type: SOCK_SEQPACKET, count: 1001 } as const
    const { readable } = toWeb(await connectionWith(t, 'long', how), { maxMessageSize: 1000 })
    assert.equal((await failureOf(readable.getReader().read())).code, 'EMSGSIZE')
  })
})

describe('what it is given', () => {
  socketTest('a socket that is no connected stream of promises is refused', (t) => {
    const message = /^toWeb\(\): socket must be of SOCK_STREAM or SOCK_SEQPACKET, got 2/
    assert.throws(() => toWeb(closing(t, new Socket(AF_INET, SOCK_DGRAM))), { message })
    assert.throws(() => toWeb({} as never), { message: /^toWeb\(\): socket must be a Socket of 'berkeley'/ })
    assert.throws(() => toWeb(closing(t, new Socket()), null as never), TypeError)
  })
})
