// What the system refuses: errors come out as they are, nothing is lost, nothing stays open and nothing stays waiting.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ECONNREFUSED, ECONNRESET, EINPROGRESS, EIO, type Socket } from 'berkeley'
import { runNode } from './child.ts'
import { leavesNothingOpen } from './descriptors.ts'
import { codeOf, withServer } from './fault-sockets.ts'
import { forms } from './forms.ts'
import { type CallName, type Faults, type Instead, withFaults } from './switch.ts'

/** The connection is begun, and the system does not say more of it than that. */
const begun: Instead<'connect'> = (real) => (fd, length) => {
  real(fd, length)
  return -EINPROGRESS
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

  describe(`${form.name}: connect`, () => {
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

  describe(`${form.name}: createConnection`, () => {
    const ANY = ['127.0.0.1', 0] as const
    // [what is denied, whether there is a socket by then that must be closed]
    const denied: [faults: Faults, code: string, options?: object][] = [
      [{ getaddrinfo: ['EMFILE'] }, 'EMFILE'],
      [{ getaddrinfo: ['ENOMEM'] }, 'ENOMEM'],
      [{ lookup_answer: ['ENOMEM'] }, 'ENOMEM'],
      [{ socket: ['EMFILE'] }, 'EMFILE'],
      [{ bind: ['EADDRINUSE'] }, 'EADDRINUSE', { sourceAddress: ANY }],
      [{ connect: ['ENETUNREACH'] }, 'ENETUNREACH'],
      [{ connect: ['EINPROGRESS', 'ECONNREFUSED'] }, 'ECONNREFUSED'],
      [{ connect: ['EINPROGRESS', 'ENOBUFS'] }, 'ENOBUFS'],
    ]
    for (const [faults, code, options] of denied) {
      test(`${Object.keys(faults)}: ${code}`, () =>
        withServer(form, (server) =>
          leavesNothingOpen(async () => {
            const call = () => library.createConnection(server.getsockname(), options)
            assert.equal(await withFaults(faults, () => codeOf(call)), code)
          }),
        ))
    }

    test('that is under way is waited for, also when a signal interrupts that', () =>
      withServer(form, async (server) => {
        const faults: Faults = {
          connect: [begun],
          ...(form.name === 'blocking' ? { poll: ['EINTR', 'EINTR'] } : {}),
        }
        const connection = await withFaults(faults, () => library.createConnection(server.getsockname()))
        assert.deepEqual(connection.getpeername(), server.getsockname())
        connection.close()
      }))
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
      // Room for Node itself, which opens many modules at once.
      const { output, ...ended } = await runNode(program, { descriptors: 256 })
      assert.deepEqual({ ...ended }, { status: 0, signal: null, errors: '' })
      assert.match(output.trim(), said)
    })
  }
})
