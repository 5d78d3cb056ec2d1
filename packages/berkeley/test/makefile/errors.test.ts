// Everything that can be wrong with what makefile and its files are given: the class and the text of the error.
import assert from 'node:assert/strict'
import { before, describe } from 'node:test'
import { forms } from '../forms.ts'
import { type Scope, socketTest } from '../scope.ts'
import { warmUp } from '../worlds.ts'
import { type AnyFile, fileOf, pairOf, type Stream } from './opened.ts'

type Wrong = readonly [title: string, error: typeof TypeError | typeof RangeError, message: RegExp]
type Make = (...args: unknown[]) => unknown

const badMakes: readonly (readonly [...Wrong, ...args: unknown[]])[] = [
  [
    'mode: another letter',
    RangeError,
    /^makefile\(\): mode must be made of 'r', 'w' and 'b', got 'rw\+'$/,
    'rw+',
  ],
  ['mode: append', RangeError, /mode .* got 'a'$/, 'a'],
  ['mode: no string', TypeError, /^makefile\(\): mode must be a string, got 5$/, 5],
  ['mode: null', TypeError, /mode must be a string, got null/, null],
  ['options: a number', TypeError, /options must be an object, got 0/, 'rb', 0],
  ['options: null', TypeError, /options must be an object, got null/, 'rb', null],
  ['buffering: none for text', RangeError, /buffering must be other than 0/, 'r', { buffering: 0 }],
  ['buffering: a fraction', TypeError, /buffering must be a whole number, got 1.5/, 'rb', { buffering: 1.5 }],
  [
    'buffering: a string',
    TypeError,
    /buffering must be a whole number, got '8192'/,
    'rb',
    { buffering: '8192' },
  ],
  ['buffering: negative', RangeError, /buffering must be -1 to 2147483647, got -2/, 'rb', { buffering: -2 }],
  ['buffering: NaN', RangeError, /buffering .* got NaN/, 'rb', { buffering: Number.NaN }],
  ['buffering: too large', RangeError, /buffering .* got 2147483648/, 'rb', { buffering: 2 ** 31 }],
  ['encoding: unknown', RangeError, /encoding must be .* got 'klingon'/, 'r', { encoding: 'klingon' }],
  ['encoding: empty', RangeError, /encoding must be .* got ''$/, 'r', { encoding: '' }],
  [
    'encoding: of both byte orders',
    RangeError,
    /encoding must be .* got 'utf-16'$/,
    'r',
    { encoding: 'utf-16' },
  ],
  [
    'encoding: a property',
    RangeError,
    /encoding must be .* got 'constructor'$/,
    'r',
    { encoding: 'constructor' },
  ],
  ['encoding: no string', TypeError, /encoding must be a string, got 8/, 'r', { encoding: 8 }],
  [
    'encoding: only readable',
    RangeError,
    /encoding must be one of utf-8, .* for writing, got 'gbk'/,
    'rw',
    { encoding: 'gbk' },
  ],
  [
    'errors: unknown',
    RangeError,
    /errors must be one of "strict", .* got 'surrogateescape'/,
    'r',
    { errors: 'surrogateescape' },
  ],
  ['errors: no string', TypeError, /errors must be a string or null, got true/, 'r', { errors: true }],
  [
    'newline: another',
    RangeError,
    /newline must be one of null, "", .*got '\\n\\r'/,
    'r',
    { newline: '\n\r' },
  ],
  ['newline: no string', TypeError, /newline must be a string or null, got 10/, 'r', { newline: 10 }],
]

type Call = (file: AnyFile) => unknown
const bytes = (text: string) => Buffer.from(text) as never

const badCalls: readonly (readonly [...Wrong, mode: string, call: Call, options?: object])[] = [
  [
    'read: a fraction',
    TypeError,
    /^read\(\): size must be a whole number, got 1.5$/,
    'r',
    (file) => file.read(1.5),
  ],
  ['read: a string', TypeError, /^read\(\): size must be/, 'rb', (file) => file.read('1' as never)],
  ['read: below -1', RangeError, /^read\(\): size must be -1 to/, 'rb', (file) => file.read(-2)],
  [
    'readline: a bigint',
    TypeError,
    /^readline\(\): limit .* got 5n/,
    'r',
    (file) => file.readline(5n as never),
  ],
  [
    'readlines: Infinity',
    RangeError,
    /^readlines\(\): hint/,
    'r',
    (file) => file.readlines(Number.POSITIVE_INFINITY),
  ],
  [
    'readInto: a string',
    TypeError,
    /^readInto\(\): buffer must be a buffer/,
    'rb',
    (file) => file.readInto('x' as never),
  ],
  [
    'readInto: text',
    TypeError,
    /^readInto\(\): mode must be a binary one, got 'r'$/,
    'r',
    (file) => file.readInto(Buffer.alloc(1)),
  ],
  [
    'readInto: detached',
    TypeError,
    /^readInto\(\): buffer must be a buffer that still/,
    'rb',
    (file) => file.readInto(detached()),
  ],
  ['read1: text', TypeError, /^read1\(\): mode must be a binary one/, 'r', (file) => file.read1()],
  ['peek: text', TypeError, /^peek\(\): mode must be a binary one/, 'r', (file) => file.peek()],
  [
    'peek: unbuffered',
    RangeError,
    /^peek\(\): buffering must be other than 0/,
    'rb',
    (file) => file.peek(),
    { buffering: 0 },
  ],
  [
    'read: of a file for writing',
    RangeError,
    /^read\(\): mode must be one that reads, got 'w'$/,
    'w',
    (file) => file.read(),
  ],
  [
    'readline: of a file for writing',
    RangeError,
    /^readline\(\): mode must be one that reads, got 'wb'/,
    'wb',
    (file) => file.readline(),
  ],
  [
    'write: to a file for reading',
    RangeError,
    /^write\(\): mode must be one that writes, got 'r'$/,
    'r',
    (file) => file.write('x'),
  ],
  [
    'write: bytes as text',
    TypeError,
    /^write\(\): data must be a string, got a buffer/,
    'w',
    (file) => file.write(bytes('x')),
  ],
  ['write: text as bytes', TypeError, /^write\(\): data must be a buffer/, 'wb', (file) => file.write('x')],
  [
    'write: nothing',
    TypeError,
    /^write\(\): data must be a string, got undefined/,
    'w',
    (file) => file.write(undefined as never),
  ],
  [
    'write: half a pair',
    RangeError,
    /^write\(\): data must be text that utf-8 can encode, got 'U\+D83D at index 1'$/,
    'w',
    (file) => file.write('x\ud83d'),
  ],
  [
    'write: not ASCII',
    RangeError,
    /that ascii can encode, got 'U\+00E9 at index 1/,
    'w',
    (file) => file.write('xé'),
    { encoding: 'ascii' },
  ],
  [
    'write: not Latin-1',
    RangeError,
    /that latin1 can encode, got 'U\+1F600 at/,
    'w',
    (file) => file.write('é😀'),
    { encoding: 'latin1' },
  ],
  [
    'writelines: not iterable',
    TypeError,
    /^writelines\(\): lines must be iterable/,
    'w',
    (file) => file.writelines(5 as never),
  ],
  [
    'writelines: a line of bytes',
    TypeError,
    /^writelines\(\): data must be a string/,
    'w',
    (file) => file.writelines([bytes('x')]),
  ],
  [
    'read: options',
    TypeError,
    /^read\(\): options must be an object, got 5/,
    'r',
    (file) => file.read(1, 5 as never),
  ],
  [
    'flush: signal',
    TypeError,
    /^flush\(\): signal must be an AbortSignal/,
    'w',
    (file) => file.flush({ signal: 5 as never }),
  ],
]

const methods: readonly (readonly [name: string, call: Call])[] = [
  ['read', (file) => file.read()],
  ['readInto', (file) => file.readInto(Buffer.alloc(1))],
  ['read1', (file) => file.read1()],
  ['peek', (file) => file.peek()],
  ['readline', (file) => file.readline()],
  ['readlines', (file) => file.readlines()],
  ['write', (file) => file.write(bytes('x'))],
  ['writelines', (file) => file.writelines([])],
  ['flush', (file) => file.flush()],
  ['fileno', (file) => file.fileno()],
  ['readable', (file) => file.readable()],
  ['writable', (file) => file.writable()],
  ['iterator', (file) => (file[Symbol.asyncIterator] ?? (file as never)[Symbol.iterator]).call(file)],
]

function detached(): Uint8Array {
  const memory = new Uint8Array(8)
  structuredClone(memory, { transfer: [memory.buffer] })
  return memory
}

/** Over a socket whose other end is closed: what should not read, and does, finds the end. */
function lonely(form: (typeof forms)[number], t: Scope): Stream {
  const [socket, peer] = pairOf(form, t)
  peer.close()
  return socket
}

before(warmUp)

for (const form of forms) {
  describe(`makefile, ${form.name}: what is wrong`, () => {
    for (const [title, error, message, ...args] of badMakes) {
      socketTest(title, (t) => {
        const socket = lonely(form, t)
        const make = () => (socket.makefile as Make).apply(socket, args)
        assert.throws(make, (thrown: Error) => thrown.constructor === error && message.test(thrown.message))
        // No file counts as open.
        const descriptor = socket.fileno()
        socket.close()
        assert.deepEqual([descriptor >= 0, socket.fileno()], [true, -1])
      })
    }

    for (const [title, error, message, mode, call, options] of badCalls) {
      socketTest(title, async (t) => {
        const file = fileOf(t, lonely(form, t), mode, options)
        const right = (thrown: Error) => {
          assert.match(thrown.message, message)
          return thrown.constructor === error
        }
        await assert.rejects(async () => call(file), right)
        if (form.name === 'async') await assert.rejects(call(file) as Promise<unknown>, right)
      })
    }

    for (const [name, call] of methods) {
      socketTest(`${name} of a closed file`, async (t) => {
        const file = fileOf(t, lonely(form, t), 'rwb')
        await file.close()
        const message = `${name}(): file must be open, got 'a closed one'`
        await assert.rejects(async () => call(file), { name: 'RangeError', message })
        assert.deepEqual([file.closed, file.name], [true, -1])
        await file.close()
      })
    }

    socketTest('a blocking call cannot be aborted', async (t) => {
      if (form.name === 'async') return
      const file = fileOf(t, lonely(form, t), 'rw')
      const { signal } = new AbortController()
      await assert.rejects(async () => file.read(1, { signal }), {
        name: 'TypeError',
        message: /^read\(\): signal/,
      })
    })

    socketTest('names of encodings', (t) => {
      const socket = lonely(form, t)
      const named = (encoding: string) => fileOf(t, socket, 'r', { encoding }).encoding
      for (const name of ['utf-8', 'UTF8', 'utf_8', 'U8']) assert.equal(named(name), 'utf-8')
      for (const name of ['latin1', 'Latin-1', 'iso-8859-1', 'ISO8859_1', 'L1'])
        assert.equal(named(name), 'latin1')
      for (const name of ['ascii', 'US-ASCII']) assert.equal(named(name), 'ascii')
      for (const name of ['utf-16le', 'utf-16-le', 'UTF_16_LE', 'ucs-2'])
        assert.equal(named(name), 'utf-16le')
      assert.equal(named('sjis'), 'shift_jis')
      const binary = fileOf(t, socket, 'rb')
      assert.deepEqual([binary.encoding, binary.errors], [null, null])
      assert.deepEqual(fileOf(t, socket, 'r', { errors: 'ignore' }).errors, 'ignore')
    })

    socketTest('names of modes', (t) => {
      const socket = lonely(form, t)
      const given = ['', 'r', 'w', 'rw', 'wr', 'b', 'br', 'bw', 'wrb', 'bwr']
      const told = ['', 'r', 'w', 'rw', 'wr', 'rb', 'rb', 'wb', 'rwb', 'rwb']
      assert.deepEqual(
        given.map((mode) => fileOf(t, socket, mode).mode),
        told,
      )
      assert.equal(fileOf(t, socket, undefined).mode, 'r')
    })

    socketTest(
      'text that cannot be decoded is reported once, after what came before it, and skipped',
      async (t) => {
        const [socket, peer] = pairOf(form, t)
        await peer.sendall(Buffer.from('one\ntw\xffo\nthr\xc3', 'latin1'))
        peer.close()
        const file = fileOf(t, socket, 'r')
        assert.equal(await file.readline(), 'one\n')
        const message = (byte: string, at: number) =>
          `readline(): data must be text in utf-8, got '${byte} at byte ${at} of the stream'`
        await assert.rejects(async () => file.readline(), { name: 'RangeError', message: message('0xff', 6) })
        assert.equal(await file.readline(), 'two\n')
        await assert.rejects(async () => file.readline(), {
          name: 'RangeError',
          message: message('0xc3', 12),
        })
        assert.deepEqual([await file.readline(), await file.readline()], ['thr', ''])
      },
    )

    socketTest('nor in an encoding of the web', async (t) => {
      const [socket, peer] = pairOf(form, t)
      await peer.sendall(Buffer.from('61ff0a', 'hex'))
      const file = fileOf(t, socket, 'r', { encoding: 'euc-jp' })
      const message = /^read\(\): data must be text in euc-jp, got '0x61ff0a at byte 0/
      await assert.rejects(async () => file.read(1), { name: 'RangeError', message })
      await peer.sendall(Buffer.from('c6fccbdc0a', 'hex'))
      assert.equal(await file.readline(), '日本\n')
    })
  })
}
