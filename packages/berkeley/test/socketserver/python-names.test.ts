// Names of Python's mixins that mean something with a pool as well: what they do here.
import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { after, test } from 'node:test'
import { createConnection } from 'berkeley'
import {
  ForkingTCPServer,
  ForkingUDPServer,
  ThreadingTCPServer,
  ThreadingUDPServer,
} from 'berkeley/socketserver'
import { urlOf } from './handlers.ts'
import { ask, folder, kinds, LONG, LONG_TEST } from './kinds.ts'

after(() => rmSync(folder, { recursive: true }))

const [tcp, udp] = kinds as [(typeof kinds)[0], (typeof kinds)[0]]

test('processRequestThread runs around a request, whose errors it passes on', LONG_TEST, async () => {
  const calls: string[] = []
  class Telling extends ThreadingTCPServer {
    override async processRequest(request: never, address: never) {
      calls.push('processRequest')
      await super.processRequest(request, address)
    }
    override async processRequestThread(request: unknown, address: unknown) {
      calls.push('processRequestThread')
      try {
        await super.processRequestThread(request, address)
        calls.push('served')
      } catch (error) {
        calls.push((error as Error).message)
        throw error
      }
    }
    override handleError(_request: unknown, _address: unknown, error: unknown) {
      calls.push(`handleError ${(error as Error).message}`)
    }
  }
  for (const [said, outcome] of [
    ['who\n', ['served']],
    ['throw\n', ['on purpose', 'handleError on purpose']],
  ] as const) {
    calls.length = 0
    await using server = new Telling(['127.0.0.1', 0], urlOf('Obedient'))
    const running = server.serveForever()
    await ask(tcp, server.serverAddress, said).catch(() => {})
    await server.shutdown(LONG)
    await running
    assert.deepEqual(calls, ['processRequest', 'processRequestThread', ...outcome])
  }
})

test('processRequestThread serves datagrams as well', LONG_TEST, async () => {
  let count = 0
  class Counting extends ThreadingUDPServer {
    override async processRequestThread(request: unknown, address: unknown) {
      count++
      await super.processRequestThread(request, address)
    }
  }
  await using server = new Counting(['127.0.0.1', 0], urlOf('EchoPacket'))
  const running = server.serveForever()
  assert.equal(await ask(udp, server.serverAddress, 'packet'), 'packet')
  await server.shutdown(LONG)
  await running
  assert.equal(count, 1)
})

test(
  'activeChildren are the processes that serve, and collectChildren waits for their requests',
  LONG_TEST,
  async () => {
    const server = new ForkingTCPServer(['127.0.0.1', 0], urlOf('Obedient'))
    const children = (): ReadonlySet<number> | null => server.activeChildren
    assert.equal(children(), null)
    await server.collectChildren()
    await server.collectChildren({ blocking: true })
    const running = server.serveForever()
    const client = await createConnection(server.serverAddress)
    await client.sendall('who\n')
    const [, pid] = `${await client.recv(100)}`.trim().split(' ')
    assert.ok(children()?.has(Number(pid)), `${[...(children() ?? [])]}`)
    await server.collectChildren()
    let isCollected = false
    const collected = server.collectChildren({ blocking: true }).then(() => {
      isCollected = true
    })
    await client.sendall('who\n')
    await client.recv(100)
    assert.equal(isCollected, false)
    client.close()
    await collected
    await server.shutdown()
    await running
    await server.serverClose()
    assert.equal(server.activeChildren, null)
    await assert.rejects(server.collectChildren({ blocking: 'yes' } as never), {
      name: 'TypeError',
      message: /blocking must be a boolean/,
    })
    await assert.rejects(server.collectChildren(null as never), {
      name: 'TypeError',
      message: /options must be/,
    })
  },
)

test('children of a datagram server are known as well', LONG_TEST, async () => {
  await using server = new ForkingUDPServer(['127.0.0.1', 0], urlOf('EchoPacket'))
  const running = server.serveForever()
  assert.equal(await ask(udp, server.serverAddress, 'packet'), 'packet')
  assert.equal(server.activeChildren?.size, 1)
  await server.shutdown(LONG)
  await running
})
