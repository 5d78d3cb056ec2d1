// Servers that are asked too much: of descriptors, of memory, of patience.
import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { after, describe, test } from 'node:test'
import { createConnection, type Socket } from 'berkeley'
import {
  AsyncTCPServer,
  ForkingTCPServer,
  StreamRequestHandler,
  ThreadingTCPServer,
  ThreadingUDPServer,
} from 'berkeley/socketserver'
import { command, runNode } from '../child.ts'
import { leavesNothingOpen } from '../descriptors.ts'
import { Echo, urlOf } from './handlers.ts'
import { ask, connectTo, everything, folder, gate, kinds, LONG, LONG_SUITE, LONG_TEST } from './kinds.ts'
import { Program } from './program.ts'

after(() => rmSync(folder, { recursive: true, force: true }))

const [tcp, udp] = kinds as [(typeof kinds)[0], (typeof kinds)[0]]
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))

test(
  'a server without descriptors lets clients wait, says so once, does not spin, and goes on',
  LONG_TEST,
  async () => {
    const CLIENTS = 20
    const [file, ...args] = command(`server-without-descriptors ${CLIENTS + 1}`, { descriptors: 100 })
    await using program = new Program(file!, args)
    const address = ['127.0.0.1', Number(await program.says())]
    const clients: Socket<number>[] = []
    for (let index = 0; index < CLIENTS; index++) {
      clients.push(await connectTo(tcp, address))
      await clients[index]!.sendall(`${index}\n`)
    }
    assert.equal(`${await clients[0]!.recv(10)}`, '0\n')
    await pause(200)
    for (const [index, client] of clients.entries()) {
      if (index > 0) assert.equal(`${await client.recv(10)}`, `${index}\n`)
      client.close()
    }
    const { accepted, failed, paused } = JSON.parse(await program.says())
    assert.deepEqual([accepted, failed], [CLIENTS + 1, 0])
    assert.ok(paused > 0 && paused < 10 * CLIENTS, `${paused} tries`)
    assert.equal(await program.ends(), 0)
    assert.equal(program.errors.match(/accepting is paused: accept EMFILE/g)?.length, 1, program.errors)
  },
)

test('clients that drip are shed, and others are served beside them', LONG_TEST, async () => {
  const DRIPPING = 50
  class Patient extends Echo {
    static override timeout = LONG
    static override maxRequestTime = 1
  }
  await leavesNothingOpen(async () => {
    const server = new AsyncTCPServer(['127.0.0.1', 0], Patient)
    server.maxRequests = DRIPPING
    const codes: unknown[] = []
    server.handleError = (_request, _address, error) => void codes.push((error as { code: string }).code)
    const running = server.serveForever()
    const drip = async (): Promise<void> => {
      await using client = await connectTo(tcp, server.serverAddress)
      try {
        for (;;) {
          await client.send('x')
          await pause(20)
        }
      } catch {
        // It was shed.
      }
    }
    const dripping = Promise.all(Array.from({ length: DRIPPING }, drip))
    // The bound is reached: it waits until the first of them are shed.
    while (server.stats().active < DRIPPING) await pause(5)
    assert.equal(await ask(tcp, server.serverAddress, 'honest\n'), 'honest\n')
    await dripping
    await server.shutdown(LONG)
    await running
    await server.serverClose()
    assert.deepEqual(codes, new Array(DRIPPING).fill('ETIMEDOUT'))
  })
})

test('a client that does not read holds up its handler, and no memory', LONG_TEST, async () => {
  const CHUNK = Buffer.alloc(65_536)
  let written = 0
  class Flood extends StreamRequestHandler {
    override async handle() {
      for (;;) {
        await this.wfile.write(CHUNK)
        written += CHUNK.length
      }
    }
  }
  await leavesNothingOpen(async () => {
    const server = new AsyncTCPServer(['127.0.0.1', 0], Flood)
    server.handleError = () => {}
    const running = server.serveForever()
    const client = await connectTo(tcp, server.serverAddress)
    while (written === 0) await pause(5)
    for (let before = -1; before !== written; await pause(100)) before = written
    // What the kernel's two queues hold at most (tcp_wmem and tcp_rmem).
    assert.ok(written < 16 * 2 ** 20, `${written} bytes`)
    const stopped = written
    while (written === stopped) await client.recv(2 ** 20)
    client.close()
    await server.shutdown(LONG)
    await running
    await server.serverClose()
  })
})

test('a thousand connections at once are served, each while all the others are open', LONG_TEST, async () => {
  const COUNT = 1000
  for (const Server of [ThreadingTCPServer, ForkingTCPServer]) {
    await using server = new Server(['127.0.0.1', 0], urlOf('Echo'))
    server.requestQueueSize = COUNT
    const running = server.serveForever()
    const clients = await Promise.all(
      Array.from({ length: COUNT }, () => connectTo(tcp, server.serverAddress)),
    )
    for (let round = 0; round < 2; round++) {
      await Promise.all(
        clients.map(async (client, index) => {
          await client.sendall(`${index}\n`)
          assert.equal(`${await client.recv(10)}`, `${index}\n`)
        }),
      )
      assert.equal(server.stats().active, COUNT)
    }
    for (const client of clients) client.close()
    await server.shutdown(LONG)
    await running
    const { accepted, failed } = server.stats()
    assert.deepEqual([accepted, failed], [COUNT, 0])
  }
})

describe('a pool', LONG_SUITE, () => {
  test('dispatches datagrams to several threads', LONG_TEST, async () => {
    const server = new ThreadingUDPServer(['127.0.0.1', 0], urlOf('SlowWhoPacket'))
    server.maxThreads = 2
    const running = server.serveForever()
    const homes = await Promise.all(Array.from({ length: 6 }, () => ask(udp, server.serverAddress, '?')))
    assert.equal(new Set(homes).size, 2, `${homes}`)
    await server.shutdown(LONG)
    await running
    await server.serverClose()
  })

  test(
    'is not waited for by serverClose without blockOnClose, or if its threads are daemons',
    LONG_TEST,
    async () => {
      for (const [Server, attributes] of [
        [ThreadingTCPServer, { blockOnClose: false }],
        [ThreadingTCPServer, { daemonThreads: true }],
        [ForkingTCPServer, { blockOnClose: false }],
      ] as const) {
        await leavesNothingOpen(async () => {
          const server = Object.assign(new Server(['127.0.0.1', 0], urlOf('Obedient')), attributes)
          const running = server.serveForever()
          const client = await createConnection(server.serverAddress)
          await client.sendall('who\n')
          assert.match(`${await client.recv(100)}`, /^who \d+\n$/)
          await server.shutdown()
          await running
          await server.serverClose()
          assert.equal(server.fileno(), -1)
          assert.equal(server.stats().active, 1)
          await client.sendall('who\n')
          assert.match(`${await client.recv(100)}`, /^who \d+\n$/, 'it is still served')
          client.close()
          // Its workers end when that is over.
          while (server.stats().active > 0 || server.stats().workers.length > 0) await pause(5)
        })
      }
    },
  )

  test('replaces workers that die again and again, a little later each time', LONG_TEST, async () => {
    const { subscribe, unsubscribe } = await import('node:diagnostics_channel')
    for (const Server of [ThreadingTCPServer, ForkingTCPServer]) {
      const deaths: number[] = []
      const births: number[] = []
      const born = () => births.push(performance.now())
      const died = () => deaths.push(performance.now())
      subscribe('berkeley.socketserver.worker.start', born)
      subscribe('berkeley.socketserver.worker.end', died)
      const server = new Server(['127.0.0.1', 0], urlOf('Obedient'))
      Object.assign(server, { maxThreads: 1, maxChildren: 1, handleError: () => {} })
      const running = server.serveForever()
      for (let death = 0; death < 5; death++) {
        await ask(tcp, server.serverAddress, 'exit\n').catch(() => {})
        // The client may hear of it first, and what is handed over in between is lost as well.
        while (deaths.length <= death) await pause(1)
      }
      assert.match(await ask(tcp, server.serverAddress, 'who\n'), /^who/)
      await server.shutdown(LONG)
      await running
      await server.serverClose()
      unsubscribe('berkeley.socketserver.worker.start', born)
      unsubscribe('berkeley.socketserver.worker.end', died)
      const pauses = deaths.slice(0, 5).map((death, index) => births[index + 1]! - death)
      // Timers may be a little early.
      for (const [index, least] of [0, 45, 95, 195, 395].entries())
        assert.ok(pauses[index]! >= least, `${Server.name}: ${pauses.map(Math.round)}`)
    }
  })

  test('loses, when a process is killed under load, its connections and no others', LONG_TEST, async () => {
    const CLIENTS = 30
    const server = new ForkingTCPServer(['127.0.0.1', 0], urlOf('Obedient'))
    server.maxChildren = 2
    server.handleError = () => {}
    const running = server.serveForever()
    const over = new AbortController()
    const homes = new Map<number, Set<string>>()
    const lost: string[] = []
    let answers = 0
    const talk = async (index: number): Promise<void> => {
      while (!over.signal.aborted) {
        await using client = await connectTo(tcp, server.serverAddress)
        let home = ''
        try {
          while (!over.signal.aborted) {
            await client.sendall('who\n')
            const answer = `${await client.recv(100)}`
            if (answer === '') throw new Error('it was closed')
            if (home !== '') assert.equal(answer, home, 'a connection stays where it is')
            home = answer
            answers++
            homes.set(index, (homes.get(index) ?? new Set()).add(home))
          }
        } catch (error) {
          if ((error as Error).name === 'AssertionError') throw error
          lost.push(home)
        }
      }
    }
    const talking = Promise.all(Array.from({ length: CLIENTS }, (_, index) => talk(index)))
    const someAnswers = async (count: number): Promise<void> => {
      const goal = answers + count
      while (answers < goal) await pause(1)
    }
    while (homes.size < CLIENTS) await someAnswers(1)
    const [victim] = server.activeChildren!
    process.kill(victim!, 'SIGKILL')
    // Whoever lost a connection has another by then.
    while (server.activeChildren!.has(victim!)) await someAnswers(1)
    await someAnswers(10 * CLIENTS)
    over.abort()
    await talking
    await server.shutdown(LONG)
    await running
    await server.serverClose()
    // Some may have been on their way to it, and never had an answer.
    assert.deepEqual(
      [...new Set(lost)].filter((home) => home !== ''),
      [`who ${victim}\n`],
    )
  })

  test('ends with its process although a worker waits to be replaced', LONG_TEST, async () => {
    const { status, output, errors } = await runNode('pool-and-end dead')
    assert.deepEqual([status, output, errors], [0, 'end\n', ''])
  })
})

describe('what a server does can be seen', LONG_SUITE, () => {
  const name = (event: string) => `berkeley.socketserver.${event}`
  const events = [
    ...['request.start', 'request.end', 'request.error', 'request.refused'],
    ...['worker.start', 'worker.end', 'server.stop'],
  ]

  async function seen(body: (see: (event: string) => number) => Promise<void>): Promise<[string, never][]> {
    const { subscribe, unsubscribe } = await import('node:diagnostics_channel')
    const all: [string, never][] = []
    const listeners = events.map((event) => {
      const listener = (message: unknown) => void all.push([event, message as never])
      subscribe(name(event), listener)
      return [name(event), listener] as const
    })
    try {
      await body((event) => all.filter(([seenEvent]) => seenEvent === event).length)
    } finally {
      for (const [channel, listener] of listeners) unsubscribe(channel, listener)
    }
    return all
  }

  for (const Server of [AsyncTCPServer, ThreadingTCPServer, ForkingTCPServer]) {
    test(`by channels and stats: ${Server.name}`, LONG_TEST, async () => {
      const hasWorkers = Server !== AsyncTCPServer
      let server: AsyncTCPServer | undefined
      const failed = gate<unknown>()
      const all = await seen(async () => {
        server = new (Server as typeof AsyncTCPServer)(['127.0.0.1', 0], urlOf('Obedient'))
        server.handleError = (_request, _address, error) => failed.open(error)
        let welcome = true
        server.verifyRequest = () => welcome
        const running = server.serveForever()
        assert.match(await ask(tcp, server.serverAddress, 'who\n'), /^who/)
        await ask(tcp, server.serverAddress, 'throw\n').catch(() => {})
        await failed.opened
        welcome = false
        {
          await using client = await connectTo(tcp, server.serverAddress)
          assert.equal(await everything(client), '')
        }
        await server.shutdown(LONG)
        await running
        const { accepted, active, queued, refused, failed: count, workers, ...bytes } = server.stats()
        assert.deepEqual([accepted, active, queued, refused, count], [3, 0, 0, 1, 1])
        assert.ok(bytes.bytesReceived >= 4 && bytes.bytesSent >= 5)
        if (hasWorkers) {
          assert.equal(
            workers.reduce((sum, worker) => sum + worker.served, 0),
            2,
          )
          assert.ok(workers.every((worker) => worker.id > 0 && worker.active === 0))
        } else assert.deepEqual(workers, [])
        await server.serverClose()
      })
      const of = (event: string) =>
        all.filter(([seenEvent]) => seenEvent === event).map(([, message]) => message)
      const counts = events.map((event) => of(event).length)
      const workers = hasWorkers ? of('worker.start').length : 0
      assert.deepEqual(counts, [3, 3, 1, 1, workers, workers, 1])
      if (hasWorkers) assert.ok(workers >= 1)
      for (const [event, message] of all as [string, Record<string, unknown>][]) {
        if (event.startsWith('worker')) assert.ok((message.worker as { id: number }).id > 0)
        else assert.equal(message.server, server)
        if (event.startsWith('request')) assert.equal((message.clientAddress as unknown[])[0], '127.0.0.1')
      }
      assert.equal((of('request.error')[0] as unknown as { error: unknown }).error, await failed.opened)
    })
  }
})
