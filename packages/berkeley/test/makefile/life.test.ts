// Files across threads, and files that nobody needs any more; and what their types promise.
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { socketpair } from 'berkeley'
import * as blocking from 'berkeley/blocking'
import { HANDLE } from '#base-socket.js'
import { socketTest } from '../scope.ts'
import { warmUp } from '../worlds.ts'

before(warmUp)

describe('makefile: threads', () => {
  test('a blocking file waits for a line on a thread of its own', async () => {
    const [ours, theirs] = socketpair()
    const thread = new Worker(new URL('./echo-thread.js', import.meta.url), { workerData: theirs.detach() })
    const ended = new Promise((resolve, reject) => thread.once('exit', resolve).once('error', reject))
    const answers = ours.makefile('r')
    for (const packets of [['one\n'], ['tw', 'ö', '\r\n'], ['three\nfour\n', 'five', '\n']]) {
      for (const packet of packets) {
        await ours.sendall(packet)
        await new Promise((resolve) => setImmediate(resolve))
      }
      const expected = packets
        .join('')
        .toUpperCase()
        .replace('\r', '')
        .split(/(?<=\n)/)
      for (const line of expected) assert.equal(await answers.readline(), line)
    }
    await answers.close()
    ours.close()
    assert.equal(await ended, 0)
  })

  test('a thread is ended in the middle of a readline', async () => {
    const [ours, theirs] = socketpair()
    const thread = new Worker(new URL('./echo-thread.js', import.meta.url), { workerData: theirs.detach() })
    const answers = ours.makefile('r')
    await ours.sendall('one\nbegun')
    assert.equal(await answers.readline(), 'ONE\n')
    await thread.terminate()
    assert.equal(await answers.readline(), '')
    await answers.close()
    ours.close()
  })
})

describe('makefile: garbage', () => {
  socketTest('a file keeps its socket, and with it the descriptor', async (t) => {
    const [theirs, file] = (() => {
      const [one, other] = socketpair()
      return [other, one.makefile('r')]
    })()
    t.after(() => theirs.close())
    const reading = file.readline()
    for (let i = 0; i < 5; i++) await collectGarbage()
    await theirs.sendall('still here\nand here\n')
    assert.equal(await reading, 'still here\n')
    await collectGarbage()
    assert.equal(await file.readline(), 'and here\n')
    // Of the socket there is nothing but the file.
    const { wire } = (file as unknown as { parts: { wire: { handle: { closing: boolean } } } }).parts
    wire.handle.closing = true
    await file.close()
  })

  socketTest('a file that was closed does not keep its socket', async () => {
    const [one, other] = socketpair()
    const file = one.makefile('r')
    await file.close()
    const weak = new WeakRef(one)
    one.close()
    other.close()
    await (async () => {})()
    assert.equal(weak.deref() === one, true)
    assert.equal(one[HANDLE].files, 0)
  })
})

async function collectGarbage(): Promise<void> {
  globalThis.gc!()
  await new Promise((resolve) => setImmediate(resolve))
}

// Checked by the compiler; run as well, since it costs nothing.
describe('makefile: types', () => {
  socketTest('the mode tells what is read and written', async (t) => {
    const [socket, peer] = socketpair()
    t.after(() => socket.close())
    t.after(() => peer.close())
    await peer.sendall('one\ntwo\nthree\nfour\nfive\nsix\n')

    const textFile = socket.makefile('rw')
    t.after(() => textFile.close())
    const line: string = await textFile.readline()
    const lines: string[] = await textFile.readlines(1)
    assert.deepEqual([line, lines], ['one\n', ['two\n']])
    await textFile.write('x')
    // @ts-expect-error bytes into a text file
    await assert.rejects(textFile.write(Buffer.from('x')), TypeError)
    // @ts-expect-error bytes out of a text file
    await assert.rejects(textFile.readInto(Buffer.alloc(1)), TypeError)
    for await (const each of textFile) {
      const another: string = each
      assert.equal(another, 'three\n')
      break
    }

    const usual = socket.makefile()
    t.after(() => usual.close())
    const text: () => Promise<string> = () => usual.read()
    assert.equal(typeof text, 'function')

    const byteFile = socket.makefile('rwb')
    t.after(() => byteFile.close())
    const bytes: () => Promise<Buffer> = () => byteFile.read(4)
    assert.equal(typeof bytes, 'function')
    const count: number = await byteFile.write(new Uint8Array(2))
    assert.equal(count, 2)
    // @ts-expect-error text into a binary file
    await assert.rejects(byteFile.write('x'), TypeError)

    const mode = 'rb' as string
    const anyFile = socket.makefile(mode)
    t.after(() => anyFile.close())
    const either: () => Promise<string | Buffer> = () => anyFile.read()
    assert.equal(typeof either, 'function')
  })

  socketTest('the form tells whether there is a promise', (t) => {
    const [socket, peer] = blocking.socketpair()
    t.after(() => socket.close())
    t.after(() => peer.close())
    peer.sendall('one\ntwo\n')
    using file = socket.makefile('r')
    const line: string = file.readline()
    assert.equal(line, 'one\n')
    for (const each of file) {
      const another: string = each
      assert.equal(another, 'two\n')
      break
    }
    using bytes = socket.makefile('rb')
    const count: number = bytes.readInto(new Uint8Array(0))
    assert.equal(count, 0)
    // @ts-expect-error a blocking call cannot be aborted
    assert.throws(() => file.readline(-1, { signal: AbortSignal.abort() }), TypeError)
  })
})
