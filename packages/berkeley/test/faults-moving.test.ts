// What moves data, when the system interrupts it, does it by halves or asks to wait for nothing: all comes through,
// once.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { rmSync, writeFileSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { AF_INET, AF_UNIX, MSG_WAITALL, SOCK_DGRAM } from 'berkeley'
import { codeOf, type Stream, waits, withPair, withServer } from './fault-sockets.ts'
import { forms, type Library } from './forms.ts'
import { type Code, type Faults, type Instead, oneByte, withFaults } from './switch.ts'

// Short enough for a Unix socket to take it byte by byte, each of which costs the kernel a buffer.
const content = randomBytes(250)
const path = join(tmpdir(), `berkeley-faults-${process.pid}`)
let file: FileHandle

before(async () => {
  writeFileSync(path, content)
  file = await open(path)
})
after(async () => {
  await file.close()
  rmSync(path)
})

for (const form of forms) {
  const { Socket } = form.library

  describe(`${form.name}: asked to wait although there is no need`, () => {
    // On the event loop once only: an event tells of something new, so the kernel would not take it back.
    const again: Code[] = form.name === 'async' ? ['EAGAIN'] : ['EAGAIN', 'EAGAIN']
    const interrupted: Instead<'recv'>[] =
      form.name === 'async' ? [...again, oneByte, oneByte] : [...again, oneByte, 'EAGAIN', oneByte, ...again]
    const operations: [
      name: string,
      faults: Faults,
      type: number,
      use: (left: Stream, right: Stream) => unknown,
    ][] = [
      [
        'recv',
        { recv_pooled: again },
        1,
        async (_left, right) => assert.equal(`${await right.recv(10)}`, 'hello'),
      ],
      [
        'recvInto',
        { recv: again },
        1,
        async (_left, right) => assert.equal(await right.recvInto(Buffer.alloc(9)), 5),
      ],
      [
        'recv of all',
        { recv: interrupted },
        1,
        async (_left, right) => assert.equal(`${await right.recv(5, MSG_WAITALL)}`, 'hello'),
      ],
      [
        'recvfrom',
        { recvfrom_pooled: again },
        SOCK_DGRAM,
        async (_left, right) => assert.deepEqual(await right.recvfrom(10), [Buffer.from('hello'), null]),
      ],
      [
        'recvfromInto',
        { recvfrom: again },
        SOCK_DGRAM,
        async (_left, right) => assert.deepEqual(await right.recvfromInto(Buffer.alloc(9)), [5, null]),
      ],
      [
        'recvmsg',
        { recvmsg: again },
        SOCK_DGRAM,
        async (_left, right) => {
          assert.deepEqual(await right.recvmsg(10), [Buffer.from('hello'), [], 0, null])
        },
      ],
      [
        'sendmsg',
        { sendmsg: again },
        1,
        async (left) => assert.equal(await left.sendmsg(['more', ' of it']), 10),
      ],
      ['send', { send: again }, 1, async (left) => assert.equal(await left.send('more'), 4)],
      [
        'sendall',
        { send: interrupted },
        1,
        async (left, right) => {
          await left.sendall(' world')
          assert.equal(`${await right.recv(11, MSG_WAITALL)}`, 'hello world')
        },
      ],
      [
        'sendfile',
        { sendfile: again },
        1,
        async (left, right) => {
          assert.equal(await left.sendfile(file, 1, 100), 100)
          assert.deepEqual((await right.recv(105, MSG_WAITALL)).subarray(5), content.subarray(1, 101))
        },
      ],
    ]
    for (const [name, faults, type, use] of operations) {
      test(name, () =>
        withPair(form, type, async (left, right) => {
          await left.send('hello')
          await withFaults(faults, () => use(left, right) as Promise<void>)
        }),
      )
    }

    test('sendto a Unix socket whose queue is full', () =>
      withPair(form, SOCK_DGRAM, async (left) => {
        using other = new Socket(AF_UNIX, SOCK_DGRAM)
        other.bind('')
        await withFaults({ sendto: again }, async () =>
          assert.equal(await left.sendto('hello', other.getsockname()), 5),
        )
        assert.equal(`${await other.recv(10)}`, 'hello')
      }))

    test('accept', () =>
      withServer(form, async (server, client) => {
        await client.connect(server.getsockname())
        await withFaults({ accept: again }, async () => (await server.accept())[0].close())
      }))

    test('connect to a Unix socket whose backlog is full', async () => {
      using server = new Socket(AF_UNIX)
      server.bind('')
      server.listen()
      using client = new Socket(AF_UNIX)
      await withFaults({ connect: again }, () => client.connect(server.getsockname()))
      assert.deepEqual(client.getpeername(), server.getsockname())
    })
  })

  describe(`${form.name}: by halves`, () => {
    test('sendall, one byte at a time', () =>
      withPair(form, 1, async (left, right) => {
        await withFaults({ send: oneByte }, () => left.sendall(content))
        assert.deepEqual(await right.recv(content.length, MSG_WAITALL), content)
      }))

    test('recv of all, one byte at a time', () =>
      withPair(form, 1, async (left, right) => {
        await left.sendall(content)
        const memory = Buffer.alloc(content.length)
        await withFaults({ recv: oneByte }, () => right.recvInto(memory, content.length, MSG_WAITALL))
        assert.deepEqual(memory, content)
      }))

    const oneByteOfFile: Instead<'sendfile'> = (real) => (to, from, offset) => real(to, from, offset, 1)
    const oneByteRead: Instead<'pread'> = (real) => (fd, bytes, at, _length, position) =>
      real(fd, bytes, at, 1, position)
    const transfers: [name: string, faults: Faults][] = [
      ['one byte at a time', { sendfile: oneByteOfFile }],
      ['copied, for EINVAL', { sendfile: 'EINVAL' }],
      ['copied, for ENOSYS', { sendfile: 'ENOSYS' }],
      ['copied, for EOVERFLOW', { sendfile: 'EOVERFLOW' }],
      ['copied, one byte read at a time', { sendfile: 'EINVAL', pread: oneByteRead }],
      ['copied, one byte sent at a time', { sendfile: 'EINVAL', send: oneByte }],
      ['copied from where the kernel gave up', { sendfile: [oneByteOfFile, 'EINVAL'] }],
    ]
    for (const [name, faults] of transfers) {
      test(`sendfile, ${name}`, () =>
        withPair(form, 1, async (left, right) => {
          const count = await withFaults(faults, () => left.sendfile(file, 5, 200))
          assert.equal(count, 200)
          assert.deepEqual(await right.recv(200, MSG_WAITALL), content.subarray(5, 205))
        }))
    }

    const failures: [name: string, faults: Faults][] = [
      ['sendfile', { sendfile: ['EIO'] }],
      ['sendfile in the middle', { sendfile: [oneByteOfFile, 'EIO'] }],
      ['reading', { sendfile: ['EINVAL'], pread: ['EIO'] }],
    ]
    for (const [name, faults] of failures) {
      test(`sendfile, of which ${name} fails`, () =>
        withPair(form, 1, async (left) => {
          assert.equal(await withFaults(faults, () => codeOf(() => left.sendfile(file))), 'EIO')
          assert.equal(await left.send('as good as before'), 17)
        }))
    }
  })
}

describe('the blocking wait', () => {
  const { library: blocking } = forms[1]!

  test('goes on when a signal interrupts it', () =>
    withPair(forms[1]!, 1, async (left, right) => {
      left.send('hello')
      await withFaults({ recv_pooled: ['EAGAIN'], poll: ['EINTR', 'EINTR'] }, async () => {
        assert.equal(`${await right.recv(10)}`, 'hello')
      })
    }))

  test('counts its time also when a signal interrupts it', () =>
    withPair(forms[1]!, 1, async (_left, right) => {
      right.settimeout(0.05)
      assert.equal(await withFaults({ poll: 'EINTR' }, () => codeOf(() => right.recv(10))), 'ETIMEDOUT')
    }))

  test('tells when it is not possible', async () => {
    using socket = new blocking.Socket(AF_INET, SOCK_DGRAM)
    socket.bind(['127.0.0.1', 0])
    await withFaults({ poll: ['ENOMEM'] }, async () =>
      assert.equal(await codeOf(() => socket.recv(10)), 'ENOMEM'),
    )
    await socket.sendto('hello', socket.getsockname())
    assert.equal(`${await socket.recv(10)}`, 'hello')
  })
})

describe('the wait on the event loop', () => {
  const { library }: { library: Library } = forms[0]!
  const refusals: [name: string, faults: Faults, code: string][] = [
    ['a socket that cannot be watched', { ready_add: ['ENOSPC'] }, 'ENOSPC'],
    ['a socket that cannot be watched for lack of memory', { ready_add: ['ENOMEM'] }, 'ENOMEM'],
  ]
  for (const [name, faults, code] of refusals) {
    test(`${name}: told, and the next wait is as good as ever`, () =>
      withPair(forms[0]!, 1, async (left, right) => {
        const failed = withFaults(faults, () => codeOf(() => right.recv(10)))
        assert.equal(await failed, code)
        assert.ok(!waits(right))
        const data = right.recv(10)
        await left.send('hello')
        assert.equal(`${await data}`, 'hello')
      }))
  }

  test('the first of two that wait is told of an error, the second gets what came', () =>
    withPair(forms[0]!, SOCK_DGRAM, async (left, right) => {
      const both = [right.recv(10), right.recv(10)]
      const failure = assert.rejects(both[0]!, { code: 'EIO' })
      await withFaults({ recv_pooled: ['EIO'] }, async () => {
        await left.send('hello')
        assert.equal(`${await both[1]}`, 'hello')
      })
      await failure
    }))

  test('accept that waited is told EMFILE, and the connection stays in the backlog', () =>
    withServer(forms[0]!, async (server, client) => {
      const refused = assert.rejects(server.accept(), { code: 'EMFILE' })
      await withFaults({ accept: ['EMFILE'] }, async () => {
        await client.connect(server.getsockname())
        await refused
      })
      const [connection, address] = await server.accept()
      assert.deepEqual(address, client.getsockname())
      connection.close()
    }))

  test('a wake-up without a reason is not taken for data', async () => {
    using first = new library.Socket(AF_INET, SOCK_DGRAM)
    first.bind(['127.0.0.1', 0])
    using second = first.dup() // Both hear of every datagram; one of them comes too late.
    using sender = new library.Socket(AF_INET, SOCK_DGRAM)
    const received = [first.recv(10), second.recv(10)]
    for (const text of ['one', 'two']) {
      await sender.sendto(text, first.getsockname())
      await Promise.race(received)
    }
    assert.deepEqual((await Promise.all(received)).map(String).sort(), ['one', 'two'])
  })
})
