// CPython's own tests of makefile (test_socket, FileObjectClassTestCase and its kin), in both forms.
import assert from 'node:assert/strict'
import { before, describe } from 'node:test'
import { type Form, forms } from '../forms.ts'
import { type Scope, socketTest } from '../scope.ts'
import { warmUp } from '../worlds.ts'
import { type AnyFile, fileOf, pairOf, received, type Stream } from './opened.ts'

const MESSAGE = 'Michael Gilfix was here\u1234\r\n'

interface Kind {
  readonly name: string
  readonly buffering: number
  readonly reads: 'r' | 'rb'
  readonly writes: 'w' | 'wb'
}

const kinds: readonly Kind[] = [
  { name: 'bytes', buffering: -1, reads: 'rb', writes: 'wb' },
  { name: 'unbuffered bytes', buffering: 0, reads: 'rb', writes: 'wb' },
  { name: 'bytes, a buffer of 1', buffering: 1, reads: 'rb', writes: 'wb' },
  { name: 'bytes, a buffer of 2', buffering: 2, reads: 'rb', writes: 'wb' },
  { name: 'text from bytes', buffering: -1, reads: 'r', writes: 'wb' },
  { name: 'bytes from text', buffering: -1, reads: 'rb', writes: 'w' },
  { name: 'text', buffering: -1, reads: 'r', writes: 'w' },
]

interface Fixture {
  readonly client: Stream
  readonly server: Stream
  readonly readFile: AnyFile
  readonly writeFile: AnyFile
  readonly readMessage: string | Buffer
  readonly writeMessage: string | Buffer
}

function open(form: Form, kind: Kind, t: Scope): Fixture {
  const [client, server] = pairOf(form, t)
  const options = { buffering: kind.buffering, newline: '' } as const
  const content = (mode: string) => (mode.includes('b') ? Buffer.from(MESSAGE) : MESSAGE)
  return {
    client,
    server,
    readFile: fileOf(t, client, kind.reads, options),
    writeFile: fileOf(t, server, kind.writes, options),
    readMessage: content(kind.reads),
    writeMessage: content(kind.writes),
  }
}

async function written({ writeFile, writeMessage }: Fixture): Promise<void> {
  await writeFile.write(writeMessage)
  await writeFile.flush()
}

function joined(pieces: readonly (string | Buffer)[]): string {
  return Buffer.concat(pieces.map((piece) => Buffer.from(piece as string))).toString()
}

before(warmUp)

for (const form of forms) {
  for (const kind of kinds) {
    describe(`makefile as CPython tests it, ${form.name}, ${kind.name}`, () => {
      socketTest('small reads', async (t) => {
        const fixture = open(form, kind, t)
        await written(fixture)
        const { readFile, readMessage } = fixture
        const first = await readFile.read(readMessage.length - 3)
        const second = await readFile.read(3)
        assert.equal(joined([first, second]), MESSAGE)
        assert.equal(second.length, 3)
      })

      socketTest('a read of all', async (t) => {
        const fixture = open(form, kind, t)
        await fixture.writeFile.write(fixture.writeMessage)
        await fixture.writeFile.close()
        fixture.server.close()
        assert.deepEqual(await fixture.readFile.read(), fixture.readMessage)
      })

      socketTest('one by one', async (t) => {
        const fixture = open(form, kind, t)
        await written(fixture)
        const pieces: (string | Buffer)[] = []
        for (let i = 0; i < fixture.readMessage.length; i++) pieces.push(await fixture.readFile.read(1))
        assert.equal(joined(pieces), MESSAGE)
        assert.ok(pieces.every((piece) => piece.length === 1))
      })

      socketTest('a line', async (t) => {
        const fixture = open(form, kind, t)
        await written(fixture)
        assert.deepEqual(await fixture.readFile.readline(), fixture.readMessage)
      })

      socketTest('a file keeps the socket open', async (t) => {
        const fixture = open(form, kind, t)
        const { client, server, readFile, writeFile } = fixture
        client.close()
        await written(fixture)
        await writeFile.close()
        server.close()
        assert.deepEqual(await readFile.read(), fixture.readMessage)
        assert.ok(client.fileno() >= 0)
        await readFile.close()
        assert.equal(client.fileno(), -1)
      })

      socketTest('a file that is closed leaves the socket open', async (t) => {
        const fixture = open(form, kind, t)
        await fixture.readFile.close()
        await written(fixture)
        assert.equal((await fixture.client.recv(100)).toString(), MESSAGE)
      })

      socketTest('what it tells of itself', async (t) => {
        const { readFile, writeFile, client, server } = open(form, kind, t)
        assert.deepEqual([readFile.closed, writeFile.closed], [false, false])
        assert.deepEqual([readFile.mode, writeFile.mode], [kind.reads, kind.writes])
        assert.deepEqual([readFile.name, writeFile.name], [client.fileno(), server.fileno()])
        assert.deepEqual([readFile.fileno(), writeFile.fileno()], [client.fileno(), server.fileno()])
        assert.deepEqual([readFile.readable(), writeFile.readable()], [true, false])
        assert.deepEqual([readFile.writable(), writeFile.writable()], [false, true])
      })

      socketTest('the end', async (t) => {
        const { readFile, client } = open(form, kind, t)
        await readFile.close()
        assert.equal(readFile.closed, true)
        assert.throws(() => readFile.fileno(), RangeError)
        client.close()
        assert.throws(() => client.getsockname(), { code: 'EBADF' })
      })

      // Where ours differs: CPython's file is of no use after that.
      socketTest('a read after one that timed out', async (t) => {
        const fixture = open(form, kind, t)
        const { client, readFile, readMessage } = fixture
        await written(fixture)
        const half = readMessage.length - 5
        client.settimeout(0.02)
        const first = await readFile.read(half)
        if (kind.buffering !== 0) {
          await assert.rejects(async () => readFile.read(readMessage.length), { code: 'ETIMEDOUT' })
        }
        const second = await readFile.read(readMessage.length - half)
        assert.equal(joined([first, second]), MESSAGE)
        await assert.rejects(async () => readFile.read(1), { name: 'TimeoutError', code: 'ETIMEDOUT' })
        await written(fixture)
        assert.deepEqual(await readFile.readline(), readMessage)
      })
    })
  }

  describe(`makefile as CPython tests it, ${form.name}, unbuffered`, () => {
    const kind = kinds.find(({ buffering }) => buffering === 0)!

    socketTest('a second file reads on where the first stopped', async (t) => {
      const fixture = open(form, kind, t)
      const { client, writeFile, readFile, writeMessage } = fixture
      await writeFile.write(Buffer.from(`A. ${writeMessage}B. ${writeMessage}`))
      assert.equal((await readFile.readline()).toString(), `A. ${MESSAGE}`)
      assert.equal((await fileOf(t, client, 'rb', { buffering: 0 }).readline()).toString(), `B. ${MESSAGE}`)
    })

    socketTest('the socket can be used until the file is closed', async (t) => {
      const fixture = open(form, kind, t)
      await written(fixture)
      fixture.client.close()
      assert.equal((await fixture.client.recv(1024)).toString(), MESSAGE)
      await fixture.readFile.close()
      await assert.rejects(async () => fixture.client.recv(1024), { code: 'EBADF' })
    })

    socketTest('small reads that must not wait', async (t) => {
      const fixture = open(form, kind, t)
      const { client, readFile, readMessage } = fixture
      client.setblocking(false)
      const eagain = { name: 'BlockingIOError', code: 'EAGAIN' }
      await assert.rejects(async () => readFile.readInto(Buffer.alloc(10)), eagain)
      await assert.rejects(async () => readFile.read(readMessage.length - 3), eagain)
      await written(fixture)
      const first = await readFile.read(readMessage.length - 3)
      const buffer = Buffer.alloc(10)
      assert.equal(await readFile.readInto(buffer), 3)
      assert.equal(joined([first, buffer.subarray(0, 3)]), MESSAGE)
      await assert.rejects(async () => readFile.readInto(Buffer.alloc(16)), eagain)
      await assert.rejects(async () => readFile.read(1), eagain)
    })

    socketTest('a write takes what there is room for', async (t) => {
      const { server, client, writeFile } = open(form, kind, t)
      server.setblocking(false)
      const big = Buffer.alloc(1 << 20, 'x')
      let total = await writeFile.write(big)
      assert.ok(total > 0 && total < big.length)
      const fill = async () => {
        for (;;) total += await writeFile.write(big)
      }
      await assert.rejects(fill, { name: 'BlockingIOError', code: 'EAGAIN' })
      assert.equal((await received(client)).length, total)
    })
  })
}
