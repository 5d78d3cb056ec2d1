// How requests get to threads and processes: several in a message, each with its own connection, and what happens to one
// that cannot go.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createConnection, SHUT_WR, Socket } from 'berkeley'
import {
  ForkingTCPServer,
  ForkingUDPServer,
  type TCPServer,
  ThreadingTCPServer,
  ThreadingUDPServer,
} from 'berkeley/socketserver'
import { ordersIn } from '#socketserver/pool/messages.js'
import { Outbox } from '#socketserver/pool/outbox.js'
import { runNode } from '../child.ts'
import { leavesNothingOpen } from '../descriptors.ts'
import { urlOf } from './handlers.ts'
import { ask, everything, gate, kinds, LONG, LONG_SUITE, LONG_TEST } from './kinds.ts'

const tcp = kinds[0]!

/** Runs a body with a server that serves, and ends it. */
async function serving<Server extends Pick<TCPServer, 'serveForever' | 'shutdown' | 'serverClose'>>(
  server: Server,
  body: (server: Server) => Promise<void>,
): Promise<void> {
  const running = server.serveForever()
  try {
    await body(server)
  } finally {
    await server.shutdown(LONG)
    await running
    await server.serverClose()
  }
}

// What Node opens once stays open.
for (const Server of [ThreadingTCPServer, ForkingTCPServer]) {
  await serving(new Server(['127.0.0.1', 0], urlOf('Echo')), async ({ serverAddress }) => {
    assert.equal(await ask(tcp, serverAddress, 'x\n'), 'x\n')
  })
}

for (const [name, make] of [
  ['ThreadingTCPServer', () => new ThreadingTCPServer(['127.0.0.1', 0], urlOf('Echo'))],
  ['ForkingTCPServer', () => new ForkingTCPServer(['127.0.0.1', 0], urlOf('Echo'))],
] as const) {
  describe(name, LONG_SUITE, () => {
    test('hands each of many connections that come at once to its own handler', LONG_TEST, async () => {
      await leavesNothingOpen(() =>
        serving(make(), async (server) => {
          for (let round = 0; round < 5; round++) {
            const clients = await Promise.all(
              Array.from({ length: 100 }, () => createConnection(server.serverAddress)),
            )
            const answers = clients.map(async (client, index) => {
              await client.sendall(`${round} ${index}\n`)
              client.shutdown(SHUT_WR)
              assert.equal(await everything(client), `${round} ${index}\n`)
              client.close()
            })
            await Promise.all(answers)
          }
          await server.shutdown(LONG)
          assert.deepEqual([server.stats().accepted, server.stats().failed], [500, 0])
        }),
      )
    })

    test('goes on when a connection was closed before its turn came', LONG_TEST, async () => {
      await leavesNothingOpen(() =>
        serving(make(), async (server) => {
          const errors: unknown[] = []
          server.handleError = (_request, _address, error) =>
            void errors.push((error as { code: string }).code)
          let turn = 0
          const { processRequest } = server
          server.processRequest = (request, address) => {
            const served = processRequest.call(server, request, address)
            if (turn++ % 2 === 0) request.close()
            return served
          }
          const said = await Promise.all(
            Array.from({ length: 20 }, () =>
              ask(tcp, server.serverAddress, 'x\n').catch((error) => error.code),
            ),
          )
          assert.equal(said.filter((answer) => answer === 'x\n').length, 10)
          assert.deepEqual(errors, new Array(10).fill('EBADF'))
          assert.equal(server.stats().failed, 10)
        }),
      )
    })

    test('hears of errors of any length', LONG_TEST, async () => {
      const server = make()
      server.RequestHandlerClass = urlOf('Obedient')
      const failed = gate<unknown>()
      server.handleError = (_request, _address, error) => failed.open(error)
      await serving(server, async () => {
        const client = await createConnection(server.serverAddress)
        await client.sendall('complain\n')
        const { message } = (await failed.opened) as Error
        assert.match(message, /^(\u{1f980}){1000}/u)
        assert.equal(await ask(tcp, server.serverAddress, 'still there\n'), 'still there\n')
        client.close()
      })
    })
  })
}

for (const [name, make] of [
  ['ThreadingUDPServer', () => new ThreadingUDPServer(['127.0.0.1', 0], urlOf('EchoPacket'))],
  ['ForkingUDPServer', () => new ForkingUDPServer(['127.0.0.1', 0], urlOf('EchoPacket'))],
] as const) {
  test(`${name} hands over packets of all sizes, each with its sender`, LONG_TEST, async () => {
    const server = make()
    server.maxPacketSize = 65_535
    await serving(server, async () => {
      const { AF_INET, SOCK_DGRAM } = await import('berkeley')
      const sizes = [0, 1, 1023, 1024, 1025, 8192, 65_507, 3, 60_000, 0, 7]
      const clients = sizes.map(() => new Socket(AF_INET, SOCK_DGRAM))
      await Promise.all(clients.map((client) => client.connect(server.serverAddress)))
      await Promise.all(
        clients.map(async (client, index) => {
          const packet = Buffer.alloc(sizes[index]!, index)
          // Nobody promises that a datagram arrives.
          client.settimeout(1)
          for (let answer: Buffer | null = null; answer === null; ) {
            await client.send(packet)
            answer = await client.recv(65_535).catch(() => null)
            if (answer !== null) assert.ok(answer.equals(packet), `${sizes[index]} bytes`)
          }
          client.close()
        }),
      )
    })
  })
}

test('a process without descriptors loses what is handed to it, and says so', LONG_TEST, async () => {
  const { output, errors, status } = await runNode('few-descriptors', { descriptors: 200 })
  assert.deepEqual([output, errors, status], ['hoard EMFILE\nEMFILE\n0\n1 1\n', '', 0])
})

test('a message has as many requests as it has room for', () => {
  const job = (size?: number) =>
    ({ order: size === undefined ? [1, null] : [1, null, Buffer.alloc(size)] }) as never
  const counts = (...sizes: (number | undefined)[]) => ordersIn(sizes.map(job)).length
  assert.equal(counts(undefined), 1)
  assert.equal(counts(...new Array(100).fill(undefined)), 32)
  assert.equal(counts(...new Array(100).fill(10)), 32)
  assert.equal(counts(65_507, 65_507), 1)
  assert.equal(counts(10, 10, 65_507, 10), 2)
})

test('an outbox sends what came up together, in order, one message at a time', async () => {
  const messages: string[] = []
  const outbox = new Outbox<string>(async (items) => {
    messages.push(items.slice(0, 3).join(''))
    await new Promise(setImmediate)
    messages.push('.')
    return Math.min(items.length, 3)
  })
  for (const item of 'abxcd') outbox.add(item)
  assert.equal(outbox.withdraw('x'), true)
  assert.equal(outbox.withdraw('x'), false)
  await new Promise(setImmediate)
  outbox.add('e')
  while (!outbox.isEmpty) await new Promise(setImmediate)
  outbox.add('f')
  while (!outbox.isEmpty) await new Promise(setImmediate)
  assert.equal(messages.join(''), 'abc.de.f.')
})
