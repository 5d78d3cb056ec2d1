// Servers that serve in their own thread: one at a time, and many at a time. What Python's test_socketserver looks at, and
// what follows from the template methods.
import assert from 'node:assert/strict'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { rmSync } from 'node:fs'
import { after, describe, test } from 'node:test'
import {
  AF_INET,
  AF_INET6,
  createConnection,
  type OSError,
  SO_REUSEADDR,
  SOCK_DGRAM,
  SOCK_STREAM,
  SOL_SOCKET,
  Socket,
} from 'berkeley'
import * as socketserver from 'berkeley/socketserver'
import {
  AsyncTCPServer,
  AsyncUnixStreamServer,
  BaseRequestHandler,
  BaseServer,
  StreamRequestHandler,
  TCPServer,
  UDPServer,
  UnixStreamServer,
} from 'berkeley/socketserver'
import { leavesNothingOpen } from '../descriptors.ts'
import { socketTest } from '../scope.ts'
import { Echo, EchoPacket, urlOf } from './handlers.ts'
import {
  type AnyServer,
  ask,
  connectTo,
  everything,
  folder,
  freePath,
  gate,
  kinds,
  LONG,
  LONG_TEST,
} from './kinds.ts'
import { pythonClients } from './python-clients.ts'

after(() => rmSync(folder, { recursive: true }))

// What is opened once stays open.
{
  await using server = new TCPServer(['127.0.0.1', 0], Echo)
  await Promise.all([server.handleRequest(), ask(kinds[0]!, server.serverAddress, 'x')])
}

type ServerClass = new (address: never, handler: unknown) => AnyServer
const classOf = (name: string) => (socketserver as unknown as Record<string, ServerClass>)[name]!
const handlerOf = (type: number) => (type === SOCK_DGRAM ? EchoPacket : Echo)

for (const prefix of ['', 'Async'] as const) {
  for (const kind of kinds) {
    const name = `${prefix}${kind.name}`
    const make = (handler: unknown = handlerOf(kind.type)) =>
      new (classOf(name))(kind.address() as never, handler)

    describe(name, () => {
      socketTest('serves until it is shut down', async () => {
        await using server = make()
        const running = server.serveForever()
        for (let i = 0; i < 3; i++) assert.equal(await ask(kind, server.serverAddress, `${i}\n`), `${i}\n`)
        await server.shutdown(LONG)
        await running
        const { accepted, active, failed, bytesReceived, bytesSent } = server.stats()
        assert.deepEqual([accepted, active, failed, bytesReceived, bytesSent], [3, 0, 0, 6, 6])
      })

      socketTest('handles one request', async () => {
        await using server = make()
        const answer = ask(kind, server.serverAddress, 'one\n')
        await server.handleRequest()
        assert.equal(await answer, 'one\n')
      })

      socketTest('serves again after it was shut down', async () => {
        await using server = make()
        for (let i = 0; i < 3; i++) {
          const running = server.serveForever()
          assert.equal(await ask(kind, server.serverAddress, 'again\n'), 'again\n')
          await server.shutdown()
          await running
        }
      })

      socketTest('takes its handler from a module', async () => {
        await using server = make(urlOf(handlerOf(kind.type).name))
        const running = server.serveForever()
        assert.equal(await ask(kind, server.serverAddress, 'module\n'), 'module\n')
        await server.shutdown(LONG)
        await running
      })

      test('serves python3', LONG_TEST, async () => {
        await using server = make()
        Object.assign(server, { requestQueueSize: 1024 })
        const running = server.serveForever()
        const count = prefix === 'Async' ? 1000 : 20
        assert.equal(await pythonClients(kind, server.serverAddress, count), count)
        await server.shutdown(LONG)
        await running
      })
    })
  }
}

describe('the template', () => {
  /** Tells which methods are called. */
  class Telling extends TCPServer {
    readonly calls: string[] = []
    accepts = true

    override verifyRequest() {
      this.calls.push('verifyRequest')
      return this.accepts
    }
    override async processRequest(...args: Parameters<TCPServer['processRequest']>) {
      this.calls.push('processRequest')
      await super.processRequest(...args)
    }
    override async finishRequest(...args: Parameters<TCPServer['finishRequest']>) {
      this.calls.push('finishRequest')
      await super.finishRequest(...args)
    }
    override shutdownRequest(...args: Parameters<TCPServer['shutdownRequest']>) {
      this.calls.push('shutdownRequest')
      return super.shutdownRequest(...args)
    }
    override closeRequest(...args: Parameters<TCPServer['closeRequest']>) {
      this.calls.push('closeRequest')
      return super.closeRequest(...args)
    }
    override handleError(_request: unknown, _address: unknown, error: unknown) {
      this.calls.push(`handleError ${(error as Error).message}`)
    }
    override serviceActions() {
      this.calls.push('serviceActions')
    }
  }

  class Fails extends BaseRequestHandler {
    override setup() {
      ;(this.server as unknown as Telling).calls.push('setup')
    }
    override async handle() {
      throw new Error('on purpose')
    }
    override finish() {
      ;(this.server as unknown as Telling).calls.push('finish')
    }
  }

  async function callsOf(server: Telling): Promise<string[]> {
    const running = server.serveForever(null)
    await using client = await createConnection(server.serverAddress)
    assert.equal((await client.recv(10)).length, 0)
    await server.shutdown()
    await running
    await server.serverClose()
    return server.calls
  }

  socketTest('is called in order', async () => {
    assert.deepEqual(await callsOf(new Telling(['127.0.0.1', 0], BaseRequestHandler)), [
      'verifyRequest',
      'processRequest',
      'finishRequest',
      'shutdownRequest',
      'closeRequest',
      'serviceActions',
    ])
  })

  socketTest('shuts down a request that is refused', async () => {
    const server = new Telling(['127.0.0.1', 0], BaseRequestHandler)
    server.accepts = false
    assert.deepEqual(await callsOf(server), [
      'verifyRequest',
      'shutdownRequest',
      'closeRequest',
      'serviceActions',
    ])
    assert.equal(server.stats().refused, 1)
  })

  socketTest('handles an error once, and finishes what was set up', async () => {
    const server = new Telling(['127.0.0.1', 0], Fails)
    assert.deepEqual(await callsOf(server), [
      'verifyRequest',
      'processRequest',
      'finishRequest',
      'setup',
      'finish',
      'handleError on purpose',
      'shutdownRequest',
      'closeRequest',
      'serviceActions',
    ])
    assert.equal(server.stats().failed, 1)
  })

  socketTest('ends serveForever with what handleError throws', async () => {
    class Strict extends TCPServer {
      override handleError(_request: unknown, _address: unknown, error: unknown) {
        throw error
      }
    }
    await using server = new Strict(['127.0.0.1', 0], Fails)
    Object.assign(server, { calls: [] })
    const running = server.serveForever()
    await using client = await createConnection(server.serverAddress)
    await assert.rejects(running, /on purpose/)
    assert.equal((await client.recv(1)).length, 0)
  })

  socketTest('prints the error on stderr', async (t) => {
    const said: unknown[] = []
    const { error } = console
    console.error = (...args: unknown[]) => said.push(...args)
    t.after(() => {
      console.error = error
    })
    class Loud extends BaseRequestHandler {
      override handle() {
        throw new Error('loud')
      }
    }
    await using server = new TCPServer(['127.0.0.1', 0], Loud)
    await using client = await createConnection(server.serverAddress)
    await server.handleRequest()
    assert.match(String(said[0]), /Exception occurred during processing of request from/)
    assert.deepEqual(said[1], client.getsockname())
    assert.equal((said[2] as Error).message, 'loud')
  })

  socketTest('calls handleTimeout', async () => {
    class Impatient extends TCPServer {
      static override timeout = 0.01
      late = 0
      override handleTimeout() {
        this.late++
      }
    }
    await using server = new Impatient(['127.0.0.1', 0], Echo)
    await server.handleRequest()
    server.timeout = null
    server.socket.settimeout(0.01)
    await server.handleRequest()
    server.socket.settimeout(0)
    await server.handleRequest()
    assert.equal(server.late, 3)
  })

  socketTest('waits for requests on a non-blocking socket, without spinning', async () => {
    await using server = new TCPServer(['127.0.0.1', 0], Echo)
    server.socket.setblocking(false)
    let tries = 0
    const { accept } = server.socket
    server.socket.accept = function (...args) {
      tries++
      return accept.apply(this, args)
    }
    const running = server.serveForever()
    assert.equal(await ask(kinds[0]!, server.serverAddress, 'x\n'), 'x\n')
    await server.shutdown()
    await running
    assert.ok(tries < 10, `${tries} tries`)
  })

  socketTest('calls serviceActions while nothing comes', async () => {
    const called = gate()
    class Busy extends TCPServer {
      override serviceActions() {
        called.open()
      }
    }
    await using server = new Busy(['127.0.0.1', 0], Echo)
    const running = server.serveForever(0.001)
    await called.opened
    await server.shutdown()
    await running
  })

  socketTest('needs no socket', async () => {
    class Numbers extends BaseServer<number, string> {
      next = 0
      override async getRequest() {
        return [this.next++, 'nobody'] as const
      }
    }
    const seen: unknown[] = []
    class Keep extends BaseRequestHandler<number, string> {
      override async handle() {
        seen.push(this.request, this.clientAddress)
        if (this.request === 2) void server.shutdown()
      }
    }
    const server = new Numbers('nowhere', Keep)
    await server.serveForever()
    assert.deepEqual(seen, [0, 'nobody', 1, 'nobody', 2, 'nobody'])
  })

  test('cannot serve twice at a time', async () => {
    await using server = new TCPServer(['127.0.0.1', 0], Echo)
    const running = server.serveForever()
    await assert.rejects(server.serveForever(), { name: 'RangeError', message: /does not serve yet/ })
    await assert.rejects(server.handleRequest(), RangeError)
    await server.shutdown()
    await running
  })

  socketTest('ends serveForever when the server is closed', async () => {
    const server = new TCPServer(['127.0.0.1', 0], Echo)
    const running = server.serveForever()
    await server.serverClose()
    await running
    assert.equal(server.fileno(), -1)
  })
})

describe('attributes', () => {
  test("have Python's values", () => {
    const { addressFamily, socketType, requestQueueSize, allowReuseAddress, allowReusePort, timeout } =
      TCPServer
    assert.deepEqual(
      [addressFamily, socketType, requestQueueSize, allowReuseAddress, allowReusePort, timeout],
      [AF_INET, SOCK_STREAM, 5, false, false, null],
    )
    assert.equal(UDPServer.maxPacketSize, 8192)
    const { rbufsize, wbufsize, disableNagleAlgorithm } = StreamRequestHandler
    assert.deepEqual(
      [rbufsize, wbufsize, disableNagleAlgorithm, StreamRequestHandler.timeout],
      [-1, 0, false, null],
    )
  })

  socketTest('of a class are used by the constructor', async () => {
    class Six extends TCPServer<typeof AF_INET6> {
      static override addressFamily = AF_INET6
      static override allowReuseAddress = true
    }
    await using server = new Six(['::1', 0], Echo)
    assert.equal(server.socket.family, AF_INET6)
    assert.equal(server.addressFamily, AF_INET6)
    assert.equal(server.socket.getsockopt(SOL_SOCKET, SO_REUSEADDR), 1)
  })

  socketTest('of a field are used although they come after the constructor', async () => {
    class Late extends TCPServer {
      override allowReuseAddress = true
    }
    await using server = new Late(['127.0.0.1', 0], Echo)
    assert.equal(server.socket.getsockopt(SOL_SOCKET, SO_REUSEADDR), 0)
    const asked = ask(kinds[0]!, server.serverAddress, 'x\n')
    await server.handleRequest()
    await asked
    assert.equal(server.socket.getsockopt(SOL_SOCKET, SO_REUSEADDR), 1)
  })

  socketTest('that come too late are an error', async () => {
    class TooLate extends TCPServer {
      override addressFamily = AF_INET6
    }
    await using server = new TooLate(['127.0.0.1', 0], Echo)
    await assert.rejects(server.serveForever(), {
      name: 'RangeError',
      message: /addressFamily must be 2.*static/,
    })
  })

  socketTest('can be set before the server is bound', async () => {
    await using server = new TCPServer(['127.0.0.1', 0], Echo, false)
    server.allowReuseAddress = true
    server.serverBind()
    server.serverActivate()
    assert.equal(server.socket.getsockopt(SOL_SOCKET, SO_REUSEADDR), 1)
    const asked = ask(kinds[0]!, server.serverAddress, 'x\n')
    await server.handleRequest()
    assert.equal(await asked, 'x\n')
  })

  socketTest('maxPacketSize cuts packets', async () => {
    class Small extends UDPServer {
      static override maxPacketSize = 3
    }
    await using server = new Small(['127.0.0.1', 0], EchoPacket)
    const asked = ask(kinds[1]!, server.serverAddress, 'hello')
    await server.handleRequest()
    assert.equal(await asked, 'hel')
  })
})

describe('a stream handler', () => {
  /** What a client reads that sends `data`, and the errors of the server. */
  async function talk(
    handler: unknown,
    data: string,
    linger = false,
  ): Promise<[answer: string, errors: unknown[]]> {
    const errors: unknown[] = []
    class Quiet extends AsyncUnixStreamServer {
      override handleError(_request: unknown, _address: unknown, error: unknown) {
        errors.push(error)
      }
    }
    await using server = new Quiet(freePath(), handler as typeof Echo)
    const running = server.serveForever()
    await using client = await connectTo(kinds[2]!, server.serverAddress)
    await client.sendall(data)
    if (!linger) client.shutdown(1)
    // What the server has not read when it closes makes a reset of the end.
    const answer = await everything(client).catch((error: OSError) => error.code)
    await server.shutdown(LONG)
    await running
    return [answer, errors]
  }
  const codes = (errors: unknown[]) => errors.map((error) => (error as OSError).code)

  socketTest('writes strings, in pieces, through a buffer', async () => {
    class Buffered extends StreamRequestHandler {
      static override wbufsize = -1
      override async handle() {
        await this.wfile.write('héllo ')
        await this.wfile.writelines(['a', Buffer.from('b')])
      }
    }
    assert.deepEqual(await talk(Buffered, ''), ['héllo ab', []])
  })

  socketTest('sends at once without a buffer', async () => {
    const sent = gate<string>()
    class Direct extends StreamRequestHandler {
      override async handle() {
        assert.equal(await this.wfile.write('now'), 3)
        await this.rfile.read()
      }
    }
    await using server = new TCPServer(['127.0.0.1', 0], Direct)
    const running = server.handleRequest()
    await using client = await createConnection(server.serverAddress)
    sent.open(`${await client.recv(10)}`)
    client.close()
    await running
    assert.equal(await sent.opened, 'now')
  })

  socketTest('sets TCP_NODELAY and the time limit', async () => {
    const { IPPROTO_TCP, TCP_NODELAY } = await import('berkeley')
    const seen = gate<unknown[]>()
    class Fast extends StreamRequestHandler {
      static override disableNagleAlgorithm = true
      static override timeout = 12
      override handle() {
        seen.open([this.connection.getsockopt(IPPROTO_TCP, TCP_NODELAY), this.connection.gettimeout()])
      }
    }
    await using server = new TCPServer(['127.0.0.1', 0], Fast)
    const running = server.handleRequest()
    await using _client = await createConnection(server.serverAddress)
    await running
    assert.deepEqual(await seen.opened, [1, 12])
  })

  socketTest('sheds a client that says nothing', async () => {
    class Impatient extends Echo {
      static override timeout = 0.01
    }
    const [answer, errors] = await talk(Impatient, 'one\ntwo', true)
    assert.deepEqual([answer, codes(errors)], ['one\n', ['ETIMEDOUT']])
  })

  socketTest('sheds a client that takes too long altogether, however busy it is', async () => {
    class Brief extends StreamRequestHandler {
      static override maxRequestTime = 0.05
      override async handle() {
        for (;;) {
          await this.wfile.write('.')
          await new Promise((resolve) => setTimeout(resolve, 1))
        }
      }
    }
    const [answer, errors] = await talk(Brief, '', true)
    assert.match(answer, /^\.+$/)
    assert.deepEqual(codes(errors), ['ETIMEDOUT'])
  })

  socketTest('does not wait for a handler that waits for something else', async () => {
    class Stuck extends StreamRequestHandler {
      static override maxRequestTime = 0.01
      override handle() {
        return new Promise<void>(() => {})
      }
    }
    const [, errors] = await talk(Stuck, '', true)
    assert.deepEqual(codes(errors), ['ETIMEDOUT'])
  })

  socketTest('bounds lines', async () => {
    class Short extends Echo {
      static override maxLineSize = 5
    }
    assert.deepEqual(await talk(Short, '1234\n'), ['1234\n', []])
    const [answer, errors] = await talk(Short, '1234\n12345\n')
    assert.deepEqual([answer, codes(errors)], ['1234\n', ['EMSGSIZE']])
    const [, endless] = await talk(Short, 'x'.repeat(100_000), true)
    assert.deepEqual(codes(endless), ['EMSGSIZE'])
  })

  for (const how of ['read', 'readInto', 'read1', 'lines', 'unbuffered'] as const) {
    socketTest(`bounds requests: ${how}`, async () => {
      class Modest extends StreamRequestHandler {
        static override maxRequestSize = 10
        static override rbufsize = how === 'unbuffered' ? 0 : 4
        override async handle() {
          const { rfile } = this
          if (how === 'read' || how === 'unbuffered') await this.wfile.write(await rfile.read())
          else if (how === 'lines') for await (const line of rfile) await this.wfile.write(line)
          else if (how === 'readInto') {
            const room = Buffer.alloc(100)
            await this.wfile.write(room.subarray(0, await rfile.readInto(room)))
          } else
            for (let data = await rfile.read1(); data.length > 0; data = await rfile.read1())
              await this.wfile.write(data)
        }
      }
      assert.deepEqual(await talk(Modest, '123456789\n'), ['123456789\n', []])
      const [, errors] = await talk(Modest, '123456789\n1', true)
      assert.deepEqual(codes(errors), ['EMSGSIZE'])
    })
  }
})

describe('many at a time', () => {
  class Held extends StreamRequestHandler {
    override async handle() {
      await this.wfile.write('in')
      await this.rfile.read()
    }
  }

  socketTest('are bounded: the next waits in the kernel', async () => {
    class Two extends AsyncTCPServer {
      static override maxRequests = 2
    }
    await using server = new Two(['127.0.0.1', 0], Held)
    const running = server.serveForever()
    const clients: Socket<number>[] = []
    for (let i = 0; i < 3; i++) clients.push(await createConnection(server.serverAddress))
    const said = clients.map((client) => client.recv(2))
    await said[0]
    await said[1]
    assert.deepEqual([server.stats().accepted, server.stats().active], [2, 2])
    clients[0]!.close()
    assert.equal(`${await said[2]}`, 'in')
    for (const client of clients) client.close()
    await server.shutdown(LONG)
    await running
    assert.equal(server.stats().accepted, 3)
  })

  socketTest('are waited for by serverClose, or not', async () => {
    for (const blockOnClose of [true, false]) {
      const server = new AsyncTCPServer(['127.0.0.1', 0], Held)
      server.blockOnClose = blockOnClose
      const running = server.serveForever()
      const client = await createConnection(server.serverAddress)
      await client.recv(2)
      await server.shutdown()
      await running
      let isClosed = false
      const closed = server.serverClose().then(() => {
        isClosed = true
      })
      await new Promise(setImmediate)
      assert.equal(isClosed, !blockOnClose)
      client.close()
      await closed
      await server.shutdown(LONG)
    }
  })

  socketTest('are cut off when the deadline of shutdown has come', async () => {
    const errors: unknown[] = []
    class Quiet extends AsyncTCPServer {
      override handleError(_request: unknown, _address: unknown, error: unknown) {
        errors.push((error as OSError).code)
      }
    }
    await using server = new Quiet(['127.0.0.1', 0], Held)
    const running = server.serveForever()
    await using client = await createConnection(server.serverAddress)
    await client.recv(2)
    await server.shutdown(0.01)
    await running
    assert.equal((await client.recv(1)).length, 0)
    assert.deepEqual([server.stats().active, errors], [0, ['ECANCELED']])
  })

  socketTest('stop being taken while descriptors lack, are told of once, and go on', async (t) => {
    const { withFaults } = await import('../switch.ts')
    const warnings: Error[] = []
    const warn = (warning: Error) => warnings.push(warning)
    const events: string[] = []
    const paused = (_: unknown, name: string | symbol) => events.push(String(name))
    const channels = ['berkeley.socketserver.accept.pause', 'berkeley.socketserver.accept.resume']
    process.on('warning', warn)
    for (const channel of channels) subscribe(channel, paused)
    t.after(() => {
      process.off('warning', warn)
      for (const channel of channels) unsubscribe(channel, paused)
    })
    await using server = new AsyncTCPServer(['127.0.0.1', 0], Echo)
    await withFaults({ accept: ['EMFILE', 'ENFILE', 'ENOMEM'] }, async () => {
      const running = server.serveForever()
      assert.equal(await ask(kinds[0]!, server.serverAddress, 'x\n'), 'x\n')
      await server.shutdown(LONG)
      await running
    })
    assert.equal(server.stats().paused, 3)
    assert.deepEqual(events, channels)
    assert.equal(warnings.filter(({ message }) => message.includes('accepting is paused')).length, 1)
  })
})

describe('what goes wrong in the constructor', () => {
  const leavesNothing = (name: string, body: () => void | Promise<void>) =>
    test(name, () => leavesNothingOpen(body))

  leavesNothing('a port in use', async () => {
    await using server = new TCPServer(['127.0.0.1', 0], Echo)
    const again = () => new TCPServer(server.serverAddress, Echo)
    assert.throws(again, { code: 'EADDRINUSE', syscall: 'bind', port: server.serverAddress[1] })
  })
  leavesNothing('a name that does not resolve', () => {
    assert.throws(() => new TCPServer(['no-such-host.invalid', 0], Echo), { name: 'gaierror' })
  })
  leavesNothing('no permission, or no such folder', () => {
    assert.throws(() => new UnixStreamServer(`${folder}/none/such`, Echo), { code: 'ENOENT' })
    assert.throws(() => new UnixStreamServer('/proc/1/x', Echo), /EACCES|EPERM|ENOENT|EROFS/)
  })
  leavesNothing('bad arguments', () => {
    const bad = (...args: unknown[]) =>
      new (TCPServer as unknown as ServerClass)(...(args as [never, unknown]))
    assert.throws(() => bad(['127.0.0.1', 70_000], Echo), RangeError)
    assert.throws(() => bad(null, Echo), TypeError)
    for (const handler of [undefined, null, 'Echo', {}, 7])
      assert.throws(() => bad(['127.0.0.1', 0], handler), TypeError)
  })
  leavesNothing('a module that is missing, throws, or exports something else', async () => {
    for (const [url, message] of [
      [new URL('./none.js#Echo', import.meta.url), /none\.js, could not be imported/],
      [
        new URL('data:text/javascript,throw new Error(%22at import%22)#Echo'),
        /could not be imported: at import/,
      ],
      [urlOf('Nobody'), /must be a class .* got 'Nobody'/],
    ] as const) {
      await using server = new TCPServer(['127.0.0.1', 0], url)
      await assert.rejects(server.serveForever(), { message })
      await assert.rejects(server.handleRequest(), { message })
    }
  })
})

describe('peers', () => {
  test('that reset at every point of the exchange', LONG_TEST, async () => {
    const { linger, SO_LINGER } = await import('berkeley')
    for (const Server of [TCPServer, AsyncTCPServer]) {
      const ended: unknown[] = []
      class Quiet extends (Server as typeof TCPServer) {
        static override requestQueueSize = 1000
        override handleError(request: unknown) {
          ended.push(request)
        }
      }
      await leavesNothingOpen(async () => {
        await using server = new Quiet(['127.0.0.1', 0], Echo)
        const running = server.serveForever()
        const reset = async (step: number): Promise<void> => {
          const client = new Socket()
          client.setsockopt(SOL_SOCKET, SO_LINGER, linger.encode({ onoff: true, linger: 0 }))
          await client.connect(server.serverAddress)
          if (step > 0) await client.sendall('half')
          if (step > 1) await client.sendall('\n')
          if (step > 2) await client.recv(5)
          if (step > 3) client.shutdown(1)
          client.close()
        }
        for (let round = 0; round < 50; round++)
          await Promise.all(Array.from({ length: 50 }, (_, index) => reset(index % 5)))
        assert.equal(await ask(kinds[0]!, server.serverAddress, 'still\n'), 'still\n')
        await server.shutdown(LONG)
        await running
        const { accepted, failed, active } = server.stats()
        assert.equal(active, 0)
        assert.equal(failed, ended.length)
        assert.equal(new Set(ended).size, ended.length, 'handleError was called once for each')
        assert.ok(accepted > 1500, `${accepted} accepted`)
      })
    }
  })
})

test('the example of the contract', async () => {
  class Echo extends StreamRequestHandler {
    override async handle() {
      for await (const line of this.rfile) await this.wfile.write(line)
    }
  }
  await using server = new AsyncTCPServer(['127.0.0.1', 0], Echo)
  const running = server.serveForever()
  await using client = await createConnection(server.serverAddress)
  await client.sendall('hello\n')
  assert.equal(`${await client.recv(100)}`, 'hello\n')
  client.close()
  await server.shutdown(LONG)
  await running
})
