// Servers that serve in threads and in processes.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { after, describe, test } from 'node:test'
import { createConnection, SOCK_DGRAM, type Socket } from 'berkeley'
import * as socketserver from 'berkeley/socketserver'
import { ForkingTCPServer, TCPServer, ThreadingMixIn, ThreadingTCPServer } from 'berkeley/socketserver'
import { descriptors, leavesNothingOpen } from '../descriptors.ts'
import { Echo, urlOf } from './handlers.ts'
import {
  type AnyServer,
  ask,
  connectTo,
  everything,
  folder,
  freePath,
  kinds,
  LONG,
  LONG_SUITE,
  LONG_TEST,
} from './kinds.ts'
import { pythonClients } from './python-clients.ts'

after(() => rmSync(folder, { recursive: true }))

type Pooled = AnyServer & {
  maxThreads: number
  maxChildren: number
  maxStallTime: number | null
  maxQueuedRequests: number
  blockOnClose: boolean
  handleError: (request: unknown, address: unknown, error: unknown) => void
}
type ServerClass = new (address: unknown, handler: unknown) => Pooled
const classOf = (name: string) => (socketserver as unknown as Record<string, ServerClass>)[name]!

const prefixes = ['Threading', 'Forking'] as const

/** The processes that this one has started, those that ended unnoticed included. */
function children(): string[] {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return all.filter((pid) => {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
      return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === process.pid
    } catch {
      return false // It has ended meanwhile.
    }
  })
}

const fileOf = (socket: Socket<number>) => socket.makefile('r')

class Client {
  readonly socket: Socket<number>
  readonly #file: ReturnType<typeof fileOf>
  readonly #lines: AsyncIterator<string>
  private constructor(socket: Socket<number>) {
    this.socket = socket
    this.#file = fileOf(socket)
    this.#lines = this.#file[Symbol.asyncIterator]()
  }
  static async to(server: AnyServer): Promise<Client> {
    const socket = await createConnection(server.serverAddress as [string, number])
    socket.settimeout(LONG)
    return new Client(socket)
  }
  async says(command: string): Promise<string> {
    await this.socket.sendall(`${command}\n`)
    return this.hears()
  }
  /** The next line, or how the connection ended. */
  async hears(): Promise<string> {
    try {
      const { value, done } = await this.#lines.next()
      return done ? 'END' : value.trim()
    } catch (error) {
      return (error as { code: string }).code
    }
  }
  close(): void {
    this.socket.close()
    // Released at once, since nothing is written: the promise is for those who write.
    void this.#file.close()
  }
}

/** The errors of a server, in the order in which they come. */
class Errors {
  readonly all: (Error & { code?: string })[] = []
  #wake = () => {}

  add(error: unknown): void {
    this.all.push(error as Error)
    this.#wake()
  }

  async first(): Promise<Error & { code?: string }> {
    if (this.all.length === 0) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    return this.all[0]!
  }
}

const isLost = (said: string) => said === 'END' || said === 'ECONNRESET' || said === 'EPIPE'

/** Runs a body with a server that serves, and sees that nothing of it is left. */
async function serving(
  server: Pooled,
  body: (server: Pooled, errors: Errors) => Promise<void>,
): Promise<void> {
  const errors = new Errors()
  server.handleError = (_request, _address, error) => errors.add(error)
  const before = children()
  const running = server.serveForever()
  try {
    await body(server, errors)
  } finally {
    await server.shutdown(LONG)
    await running
    await server.serverClose()
  }
  assert.deepEqual(children(), before, 'no process is left')
  assert.deepEqual(server.stats().active, 0)
}

// What Node opens once stays open.
for (const prefix of prefixes) {
  await serving(new (classOf(`${prefix}TCPServer`))(['127.0.0.1', 0], urlOf('Echo')), async (server) => {
    assert.equal(await ask(kinds[0]!, server.serverAddress, 'x\n'), 'x\n')
  })
}

for (const prefix of prefixes) {
  const most = prefix === 'Threading' ? 'maxThreads' : 'maxChildren'

  for (const kind of kinds) {
    for (const form of ['', 'Blocking'] as const) {
      const handler = `${form}Echo${kind.type === SOCK_DGRAM ? 'Packet' : ''}`
      test(`${prefix}${kind.name} serves python3 with ${handler}`, LONG_TEST, async () => {
        await leavesNothingOpen(() => {
          const server = new (classOf(`${prefix}${kind.name}`))(kind.address(), urlOf(handler))
          const count = form === 'Blocking' ? 40 : 1000
          Object.assign(server, { [most]: form === 'Blocking' ? 3 : 2, requestQueueSize: 1024 })
          return serving(server, async () => {
            assert.equal(await pythonClients(kind, server.serverAddress, count), count)
            await server.shutdown(LONG)
            const { accepted, failed, workers } = server.stats()
            assert.equal(failed, 0)
            assert.ok(accepted >= count)
            assert.ok(workers.length >= 1 && workers.length <= 3)
            assert.equal(
              workers.reduce((sum, { served }) => sum + served, 0),
              accepted,
            )
          })
        })
      })
    }
  }

  describe(`${prefix}TCPServer`, LONG_SUITE, () => {
    const make = (handler: string, attributes: object = {}) =>
      Object.assign(new (classOf(`${prefix}TCPServer`))(['127.0.0.1', 0], urlOf(handler)), attributes)

    test('says how to name a handler', LONG_TEST, async () => {
      await leavesNothingOpen(() => {
        assert.throws(() => new (classOf(`${prefix}TCPServer`))(['127.0.0.1', 0], Echo), {
          name: 'TypeError',
          message: /new URL\('\.\/module\.js#Echo', import\.meta\.url\)/,
        })
      })
    })

    for (const [name, url, message] of [
      ['is missing', new URL('./none.js#Echo', import.meta.url), /none\.js, could not be imported/],
      [
        'throws',
        new URL('data:text/javascript,throw new Error(%22at import%22)#Echo'),
        /imported: at import/,
      ],
      ['exports something else', urlOf('Nobody'), /must be a class .* got 'Nobody'/],
      [
        'ends its process',
        new URL('data:text/javascript,process.exit(4)'),
        /ended before it was ready: exit status 4/,
      ],
    ] as const) {
      test(`fails at once if the handler's module ${name}`, LONG_TEST, async () => {
        await leavesNothingOpen(async () => {
          const server = new (classOf(`${prefix}TCPServer`))(['127.0.0.1', 0], url)
          const before = children()
          await assert.rejects(server.serveForever(), { message })
          await assert.rejects(server.handleRequest(), { message })
          assert.deepEqual(children(), before)
          await server.serverClose()
        })
      })
    }

    test('tells its handlers of the server and the client', LONG_TEST, async () => {
      await serving(make('Teller'), async (server) => {
        const socket = await connectTo(kinds[0]!, server.serverAddress)
        const told = JSON.parse(await everything(socket))
        assert.deepEqual(told, [server.serverAddress, 2, 1, socket.getsockname()])
        socket.close()
      })
    })

    test('hands errors to handleError, once, as they were', LONG_TEST, async () => {
      for (const handler of ['Obedient', 'BlockingObedient']) {
        await serving(make(handler), async (server, errors) => {
          const [bad, good] = [await Client.to(server), await Client.to(server)]
          assert.match(await good.says('who'), /^who \d+$/)
          assert.ok(isLost(await bad.says('throw')))
          assert.match(await good.says('who'), /^who \d+$/)
          const { name, message, stack, code } = await errors.first()
          assert.deepEqual([name, message, code], ['RangeError', 'on purpose', 'E_PURPOSE'])
          assert.match(stack!, /handlers/)
          assert.equal(errors.all.length, 1)
          bad.close()
          good.close()
        })
      }
    })

    test('refuses promises of blocking handlers', LONG_TEST, async () => {
      await serving(make('Forgetful'), async (server, errors) => {
        const client = await Client.to(server)
        assert.ok(isLost(await client.hears()))
        client.close()
        assert.match(String(await errors.first()), /TypeError: handle\(\): result must be no promise/)
      })
    })

    for (const command of ['exit', 'stray']) {
      test(
        `survives a handler that takes its ${prefix === 'Threading' ? 'thread' : 'process'} down: ${command}`,
        LONG_TEST,
        async () => {
          await serving(make('BlockingObedient', { [most]: 2 }), async (server, errors) => {
            const [good, bad] = [await Client.to(server), await Client.to(server)]
            assert.match(await good.says('who'), /^who \d+$/)
            assert.match(await bad.says('who'), /^who \d+$/)
            if (command === 'exit') assert.ok(isLost(await bad.says('exit')))
            else bad.close()
            assert.match(await good.says('who'), /^who \d+$/)
            const next = await Client.to(server)
            assert.match(await next.says('who'), /^who \d+$/, 'somebody else serves')
            if (command === 'exit')
              assert.match(
                (await errors.first()).message,
                /the worker that served this request ended: exit status 3/,
              )
            for (const client of [good, bad, next]) client.close()
          })
        },
      )
    }

    test('gives up a shared worker that never gives way, and heals', LONG_TEST, async () => {
      await serving(make('Obedient', { maxStallTime: 0.2, [most]: 1 }), async (server, errors) => {
        const client = await Client.to(server)
        assert.ok(isLost(await client.says('loop')))
        assert.match((await errors.first()).message, /the worker that served this request ended/)
        const next = await Client.to(server)
        assert.match(await next.says('who'), /^who \d+$/)
        client.close()
        next.close()
      })
    })

    test('gives up a blocking handler that takes too long, and no other', LONG_TEST, async () => {
      await serving(make('BriefObedient', { [most]: 2 }), async (server) => {
        const client = await Client.to(server)
        assert.ok(isLost(await client.says('loop')))
        const next = await Client.to(server)
        assert.match(await next.says('who'), /^who \d+$/)
        client.close()
        next.close()
      })
    })

    test('lets blocking requests wait in a bounded queue', LONG_TEST, async () => {
      await serving(make('BlockingObedient', { [most]: 2, maxQueuedRequests: 1 }), async (server) => {
        const clients: Client[] = []
        for (let i = 0; i < 4; i++) clients.push(await Client.to(server))
        const said = clients.map((client) => client.says('who'))
        assert.match(await said[0]!, /^who/)
        assert.match(await said[1]!, /^who/)
        const { accepted, active, queued } = server.stats()
        assert.deepEqual([accepted, active, queued], [3, 3, 1])
        clients[0]!.close()
        assert.match(await said[2]!, /^who/)
        clients[1]!.close()
        assert.match(await said[3]!, /^who/)
        for (const client of clients) client.close()
      })
    })

    test('cuts off what is served when the deadline of shutdown has come', LONG_TEST, async () => {
      await leavesNothingOpen(async () => {
        const server = make('Obedient')
        const errors: unknown[] = []
        server.handleError = (_request, _address, error) => void errors.push(error)
        const running = server.serveForever()
        const client = await Client.to(server)
        assert.match(await client.says('who'), /^who/)
        await server.shutdown(0.01)
        await running
        assert.ok(isLost(await client.hears()))
        assert.equal(errors.length, 1)
        await server.serverClose()
        client.close()
      })
    })

    test('waits for what is served when it is closed', LONG_TEST, async () => {
      const server = make('Obedient')
      const running = server.serveForever()
      const client = await Client.to(server)
      assert.match(await client.says('who'), /^who/)
      await server.shutdown()
      await running
      const closed = server.serverClose()
      assert.match(await client.says('who'), /^who/)
      client.close()
      await closed
    })

    test('counts the bytes of requests that failed, too', async () => {
      await serving(make('Obedient'), async (server, errors) => {
        const client = await Client.to(server)
        assert.match(await client.says('who'), /^who/)
        assert.equal(await client.says('throw'), 'END')
        client.close()
        await server.shutdown(LONG)
        assert.equal(errors.all.length, 1)
        const { failed, bytesReceived, bytesSent } = server.stats()
        assert.deepEqual([failed, bytesReceived], [1, 'who\nthrow\n'.length])
        assert.ok(bytesSent > 0)
      })
    })

    test('leaves nothing behind after thousands of clients that reset', LONG_TEST, async () => {
      const { linger, SO_LINGER, SOL_SOCKET } = await import('berkeley')
      await leavesNothingOpen(() =>
        serving(make('Echo', { requestQueueSize: 1000 }), async (server, errors) => {
          const reset = async (step: number): Promise<void> => {
            const socket = await connectTo(kinds[0]!, server.serverAddress)
            socket.setsockopt(SOL_SOCKET, SO_LINGER, linger.encode({ onoff: true, linger: 0 }))
            if (step > 0) await socket.sendall('half')
            if (step > 1) await socket.sendall('\n')
            if (step > 2) await socket.recv(5)
            if (step > 3) socket.shutdown(1)
            socket.close()
          }
          for (let round = 0; round < 25; round++)
            await Promise.all(Array.from({ length: 50 }, (_, index) => reset(index % 5)))
          assert.equal(await ask(kinds[0]!, server.serverAddress, 'still\n'), 'still\n')
          await server.shutdown(LONG)
          assert.equal(server.stats().failed, errors.all.length)
          assert.equal(
            server.stats().workers.every(({ active }) => active === 0),
            true,
          )
        }),
      )
    })
  })
}

describe('ForkingTCPServer', LONG_SUITE, () => {
  test('loses only the connections of a process that is killed', LONG_TEST, async () => {
    const server = Object.assign(new ForkingTCPServer(['127.0.0.1', 0], urlOf('Obedient')), {
      maxChildren: 2,
    })
    await serving(server as never, async () => {
      const clients: Client[] = []
      for (let i = 0; i < 20; i++) clients.push(await Client.to(server as never))
      const homes = await Promise.all(clients.map((client) => client.says('who')))
      // The second process may have come late: whoever comes from now on goes there.
      while (new Set(homes).size < 2) {
        const client = await Client.to(server as never)
        clients.push(client)
        homes.push(await client.says('who'))
      }
      const victim = homes[0]!
      process.kill(Number(victim.split(' ')[1]), 'SIGKILL')
      const said = await Promise.all(clients.map((client) => client.says('who')))
      said.forEach((now, index) => {
        if (homes[index] === victim) assert.ok(isLost(now), `${now} of a dead process`)
        else assert.equal(now, homes[index])
      })
      const next = await Client.to(server as never)
      assert.match(await next.says('who'), /^who/)
      for (const client of [...clients, next]) client.close()
    })
  })

  test('takes its children with it, however it ends', LONG_TEST, async () => {
    const { spawn } = await import('node:child_process')
    const { command } = await import('../child.ts')
    const [file, ...args] = command('forking-server')
    const server = spawn(file!, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    const port = Number(`${await new Promise<Buffer>((resolve) => server.stdout.once('data', resolve))}`)
    const client = await Client.to({ serverAddress: ['127.0.0.1', port] } as never)
    const [, pid] = (await client.says('who')).split(' ')
    assert.ok(existsSync(`/proc/${pid}`))
    const ended = once(server, 'exit')
    server.kill('SIGKILL')
    await ended
    assert.ok(isLost(await client.hears()), 'the child has ended')
    client.close()
  })
})

test('threads are used by as many mixins as a class has', async () => {
  class Server extends ThreadingMixIn(TCPServer) {
    static override maxThreads = 1
  }
  const server = new Server(['127.0.0.1', 0], urlOf('Echo'))
  await serving(server as never, async () => {
    assert.equal(await ask(kinds[0]!, server.serverAddress, 'mine\n'), 'mine\n')
  })
})

test('an idle pool, and one of daemons, lets the process end', async () => {
  const { runNode } = await import('../child.ts')
  for (const how of ['idle', 'daemon']) {
    const { status, output, errors } = await runNode(`pool-and-end ${how}`)
    assert.deepEqual([status, output, errors], [0, 'end\n', ''])
  }
})

test('ThreadingTCPServer hands over without a descriptor too many', async () => {
  const before = descriptors()
  await serving(new ThreadingTCPServer(['127.0.0.1', 0], urlOf('Echo')) as never, async (server) => {
    for (let i = 0; i < 50; i++) assert.equal(await ask(kinds[0]!, server.serverAddress, 'x\n'), 'x\n')
  })
  assert.deepEqual(descriptors(), before)
})

for (const prefix of prefixes) {
  describe(`${prefix}TCPServer whose workers accept themselves`, LONG_SUITE, () => {
    const most = prefix === 'Threading' ? 'maxThreads' : 'maxChildren'
    const make = (handler = 'Obedient'): Pooled => {
      class Own extends classOf(`${prefix}TCPServer`) {
        static reusePort = true
      }
      return Object.assign(new Own(['127.0.0.1', 0], urlOf(handler)), { [most]: 2, requestQueueSize: 1024 })
    }

    test('gets connections dealt out by the kernel, fairly', LONG_TEST, async () => {
      const COUNT = 400
      await leavesNothingOpen(async () => {
        const server = make('Echo')
        await serving(server, async () => {
          assert.equal(await pythonClients(kinds[0]!, server.serverAddress, COUNT), COUNT)
          assert.equal(server.stats().workers.length, Math.min(2, availableParallelism()))
        })
        const { accepted, active, failed, bytesReceived, bytesSent } = server.stats()
        assert.deepEqual([accepted, active, failed], [COUNT, 0, 0])
        assert.ok(bytesReceived > COUNT && bytesReceived === bytesSent)
      })
    })

    test('shares them out evenly', { ...LONG_TEST, skip: availableParallelism() < 2 }, async () => {
      await serving(make(), async (server) => {
        const homes = new Map<string, number>()
        for (let i = 0; i < 200; i++) {
          const client = await Client.to(server)
          const home = await client.says('who')
          homes.set(home, (homes.get(home) ?? 0) + 1)
          client.close()
        }
        // By the hash of the client's port: that one of two gets less than a quarter of 200 is beyond all odds.
        assert.equal(homes.size, 2)
        for (const count of homes.values()) assert.ok(count > 50, `${[...homes.values()]}`)
      })
    })

    test('tells of failures, and replaces a worker', LONG_TEST, async () => {
      await serving(make(), async (server, errors) => {
        const client = await Client.to(server)
        assert.ok(isLost(await client.says('throw')))
        assert.equal((await errors.first()).message, 'on purpose')
        const bad = await Client.to(server)
        assert.ok(isLost(await bad.says('exit')))
        const next = await Client.to(server)
        assert.match(await next.says('who'), /^who \d+$/)
        for (const each of [client, bad, next]) each.close()
      })
    })

    test('cuts off what is served when the deadline has come, and serves again', LONG_TEST, async () => {
      const server = make()
      server.handleError = () => {}
      for (let round = 0; round < 2; round++) {
        const running = server.serveForever()
        const client = await Client.to(server)
        assert.match(await client.says('who'), /^who/)
        await server.shutdown(0.01)
        await running
        assert.ok(isLost(await client.hears()))
        client.close()
      }
      await server.serverClose()
    })

    for (const [how, code, message] of [
      ['throws', 'throw new Error(%22at import%22)', /could not be imported: at import/],
      ['ends its process', 'process.exit(4)', /ended before it was ready: exit status 4/],
    ] as const) {
      test(
        `leaves nothing if the handler's module ${how}, whose worker had a socket already`,
        LONG_TEST,
        async () => {
          const url = new URL(`data:text/javascript,${code}`)
          const OfDatagrams = classOf(`${prefix}UDPServer`)
          for (const makeIt of [() => make('Echo'), () => new OfDatagrams(['127.0.0.1', 0], url)]) {
            await leavesNothingOpen(async () => {
              const server = Object.assign(makeIt(), { RequestHandlerClass: url })
              const before = children()
              await assert.rejects(server.serveForever(), message)
              assert.deepEqual(children(), before)
              await server.serverClose()
            })
          }
        },
      )
    }

    describe('of datagrams', LONG_SUITE, () => {
      class Datagrams extends classOf(`${prefix}UDPServer`) {
        static reusePort = true
        static maxPacketSize = 1000
      }
      const makeOfDatagrams = (handler: string) =>
        Object.assign(new Datagrams(['127.0.0.1', 0], urlOf(handler)), { [most]: 2 })
      const udp = kinds[1]!

      test('serves python3', LONG_TEST, async () => {
        await leavesNothingOpen(async () => {
          const server = makeOfDatagrams('EchoPacket')
          await serving(server, async () => {
            assert.equal(await pythonClients(udp, server.serverAddress, 200), 200)
          })
          const { accepted, failed, bytesReceived, bytesSent } = server.stats()
          assert.ok(accepted >= 200)
          assert.equal(failed, 0)
          assert.ok(bytesReceived >= 200 && bytesReceived === bytesSent)
        })
      })

      test('gets senders dealt out evenly, each always to the same', {
        ...LONG_TEST,
        skip: availableParallelism() < 2,
      }, async () => {
        await serving(makeOfDatagrams('WhoPacket'), async (server) => {
          const homes = new Map<string, number>()
          for (let i = 0; i < 200; i++) {
            await using client = await connectTo(udp, server.serverAddress)
            const said: string[] = []
            for (let round = 0; round < 2; round++) {
              await client.send('?')
              said.push(`${await client.recv(100)}`)
            }
            assert.equal(said[0], said[1])
            homes.set(said[0]!, (homes.get(said[0]!) ?? 0) + 1)
          }
          assert.equal(homes.size, 2)
          // As above.
          for (const count of homes.values()) assert.ok(count > 50, `${[...homes.values()]}`)
        })
      })

      test('keeps to maxPacketSize', LONG_TEST, async () => {
        await serving(makeOfDatagrams('EchoPacket'), async (server) => {
          assert.equal((await ask(udp, server.serverAddress, 'x'.repeat(2000))).length, 1000)
        })
      })
    })

    test('is not for Unix paths, and for handlers with promises', LONG_TEST, async () => {
      await leavesNothingOpen(async () => {
        for (const kind of ['UnixStreamServer', 'UnixDatagramServer'] as const) {
          class OfPath extends classOf(`${prefix}${kind}`) {
            static reusePort = true
          }
          assert.throws(() => new OfPath(freePath(), urlOf('Echo')), {
            name: 'RangeError',
            message: /reusePort must be false for a Unix path, which only one socket can have, got true/,
          })
        }
        const server = make('BlockingEcho')
        await assert.rejects(server.serveForever(), /reusePort must be false where the handler is blocking/)
        await server.serverClose()
      })
    })
  })
}
