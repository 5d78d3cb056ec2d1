// What the system refuses, interrupts or does by halves: errors come out as they are, nothing is lost, nothing stays open
// and nothing stays waiting.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { rmSync, writeFileSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import {
  AF_INET,
  AF_UNIX,
  ECONNREFUSED,
  ECONNRESET,
  EINPROGRESS,
  EIO,
  type Listening,
  MSG_WAITALL,
  SOCK_DGRAM,
  type Socket,
} from 'berkeley'
import { type BaseSocket, HANDLE } from '#base-socket.js'
import { runNode } from './child.ts'
import { leavesNothingOpen } from './descriptors.ts'
import { type Form, forms, type Library } from './forms.ts'
import { type CallName, type Code, type Faults, type Instead, oneByte, withFaults } from './switch.ts'

type Stream = Socket<typeof AF_UNIX>
type Server = Listening<'async', typeof AF_INET>

/** Longer than anything here takes: what hangs, fails. */
const LONG = 10

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

/** What the call fails with, whether it throws or rejects. */
async function codeOf(call: () => unknown): Promise<unknown> {
  try {
    await call()
  } catch (error) {
    return (error as { code?: unknown }).code
  }
  return 'no error'
}

function waits(socket: BaseSocket): boolean {
  const { reading, writing } = socket[HANDLE]
  return reading !== null || writing !== null
}

async function withPair(
  form: Form,
  type: number,
  use: (left: Stream, right: Stream) => unknown,
): Promise<void> {
  const [left, right] = form.library.socketpair(AF_UNIX, type)
  try {
    left.settimeout(LONG)
    right.settimeout(LONG)
    await use(left, right)
    assert.deepEqual([left, right].map(waits), [false, false])
  } finally {
    left.close()
    right.close()
  }
}

async function withServer(form: Form, use: (server: Server, client: Socket) => unknown): Promise<void> {
  using server = form.library.createServer(['127.0.0.1', 0])
  using client = new form.library.Socket(AF_INET)
  await use(server, client)
  assert.deepEqual([server, client].map(waits), [false, false])
}

for (const form of forms) {
  const { library } = form
  const { Socket, createServer, dup, fromfd, socketpair } = library

  describe(`${form.name}: what cannot be made`, () => {
    const withSocket = (use: (socket: Socket) => unknown) => async () => {
      using socket = new Socket()
      await use(socket)
    }
    const server = () => createServer(['127.0.0.1', 0])
    const makers: [name: string, denied: CallName, make: () => unknown][] = [
      ['new Socket', 'socket', () => new Socket()],
      ['socketpair', 'socketpair', () => socketpair()],
      ['socket.dup', 'dup', withSocket((socket) => socket.dup())],
      ['dup', 'dup', withSocket((socket) => dup(socket.fileno()))],
      ['fromfd', 'dup', withSocket((socket) => fromfd(socket.fileno()))],
      ['fromfd, family', 'getsockopt_int', withSocket((socket) => fromfd(socket.fileno()))],
      ['fromfd, flags', 'get_status_flags', withSocket((socket) => fromfd(socket.fileno()))],
      ['createServer', 'socket', server],
      ['createServer, options', 'setsockopt_int', server],
      ['createServer, bind', 'bind', server],
      ['createServer, listen', 'listen', server],
    ]
    for (const [name, denied, make] of makers) {
      for (const code of ['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM', 'EADDRINUSE'] as const) {
        test(`${name}: ${code}`, () =>
          leavesNothingOpen(() =>
            withFaults({ [denied]: [code] }, async () => assert.equal(await codeOf(make), code)),
          ))
      }
    }
  })

  describe(`${form.name}: accept`, () => {
    for (const code of ['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM', 'EPERM'] as const) {
      test(`${code} is told, and the connection stays in the backlog`, () =>
        withServer(form, async (server, client) => {
          await client.connect(server.getsockname())
          await withFaults({ accept: [code] }, async () => {
            assert.equal(await codeOf(() => server.accept()), code)
            const [connection, address] = await server.accept()
            assert.deepEqual(address, client.getsockname())
            connection.close()
          })
        }))
    }

    const unreachable = ['ENETDOWN', 'EHOSTDOWN', 'ENONET', 'EHOSTUNREACH', 'ENETUNREACH'] as const
    const dead = ['ECONNABORTED', 'EPROTO', ...unreachable] as const
    test('connections that died in the backlog are passed over', () =>
      withServer(form, async (server, client) => {
        await client.connect(server.getsockname())
        await withFaults({ accept: dead }, async () => {
          const [connection, address] = await server.accept()
          assert.deepEqual(address, client.getsockname())
          connection.close()
        })
      }))
  })

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

  describe(`${form.name}: connect`, () => {
    const begun: Instead<'connect'> = (real) => (fd, length) => {
      real(fd, length)
      return -EINPROGRESS
    }

    test('that is under way', () =>
      withServer(form, async (server, client) => {
        await withFaults({ connect: [begun] }, () => client.connect(server.getsockname()))
        assert.deepEqual(client.getpeername(), server.getsockname())
      }))

    test('that fails while it is under way', () =>
      withServer(form, async (server, client) => {
        const address = server.getsockname()
        server.close()
        const call = () => withFaults({ connect: [begun] }, () => client.connect(address))
        assert.match(`${await codeOf(call)}`, /^E(CONNREFUSED|CONNRESET)$/)
      }))

    test('whose result cannot be asked', () =>
      withServer(form, async (server, client) => {
        const call = () => client.connect(server.getsockname())
        const faults: Faults = { connect: ['EINPROGRESS', 'ENOBUFS'] }
        assert.equal(await withFaults(faults, () => codeOf(call)), 'ENOBUFS')
      }))

    test('connectEx gives the number of what it was told', () =>
      withServer(form, async (server, client) => {
        await withFaults({ connect: ['ECONNREFUSED'] }, async () => {
          assert.equal(await client.connectEx(server.getsockname()), ECONNREFUSED)
        })
      }))
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

  describe(`${form.name}: close`, () => {
    const closing = (errno: number): Faults => ({ close: [(real) => (fd) => real(fd) || -errno] })

    test('tells what the system says, once, and the descriptor is gone', () =>
      leavesNothingOpen(() =>
        withFaults(closing(EIO), async () => {
          const socket = new Socket()
          assert.equal(await codeOf(() => socket.close()), 'EIO')
          assert.equal(socket.fileno(), -1)
          socket.close()
        }),
      ))

    test('a connection that was broken off anyway is closed', () =>
      leavesNothingOpen(() => withFaults(closing(ECONNRESET), () => new Socket().close())))
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

describe('no descriptors left', () => {
  const cases: [name: string, program: string, said: RegExp][] = [
    ['the first wait is told EMFILE, the second one works', 'no-descriptor-to-wait', /^EMFILE hello$/],
    ...forms.map(({ name }): [string, string, RegExp] => {
      return [
        `${name}: a connection stays in the backlog until there is one`,
        `no-descriptor-to-accept ${name}`,
        /^EMFILE hello$/,
      ]
    }),
  ]
  for (const [name, program, said] of cases) {
    test(name, async () => {
      const { output, ...ended } = await runNode(program, { descriptors: 64 })
      assert.deepEqual({ ...ended }, { status: 0, signal: null, errors: '' })
      assert.match(output.trim(), said)
    })
  }
})
