// What a visitor of a student's server gets, and how long a bad one can stay.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createConnection, createServer, type Socket, socketpair } from 'berkeley'
import {
  type ConversationLimits,
  converse,
  respondWith,
  type Visit,
} from '#commands/classroom/conversation.js'
import { runStudentServer } from '#commands/classroom/student-server.js'
import { readAll } from './hosts.ts'
import { openSockets } from './open-descriptors.ts'

// Those of the test runner.
const socketsBefore = openSockets()

const STUDENT = { id: 1527406014, height: 178, weight: 60, size: 'XXL' } as const
const RECORD = '{"id":1527406014,"height":178,"weight":60,"size":"XXL"}\n'
const LIMITS = { idle: 60, total: 60, line: 100 }

/** Talks with a server; what the visitor reads until the end, and what the server says of it. */
async function visit(
  act: (visitor: Socket<number>) => Promise<unknown>,
  limits: ConversationLimits = LIMITS,
): Promise<[string, Visit]> {
  const [visitor, socket] = socketpair()
  try {
    const conversation = converse(socket, respondWith(STUDENT), limits, new AbortController().signal)
    await act(visitor)
    const answer = await readAll(visitor)
    visitor.close()
    return [answer, await conversation]
  } finally {
    visitor.close()
    socket.close()
  }
}

const send = (text: string | Uint8Array) => (visitor: Socket<number>) => visitor.sendall(text)

test('get is answered with the record', async () => {
  for (const request of ['get\n', 'get\r\n', 'get\nand more\nlines\n']) {
    assert.deepEqual(await visit(send(request)), [RECORD, { asked: 'get', got: 'the record' }])
  }
})

test('a request in pieces, and one without the end of its line', async () => {
  const [answer] = await visit(async (visitor) => {
    for (const letter of 'get\n') await visitor.sendall(letter)
  })
  assert.equal(answer, RECORD)
  const [last] = await visit(async (visitor) => {
    await visitor.sendall('get')
    visitor.shutdown(1)
  })
  assert.equal(last, RECORD)
})

test('anything else is an error', async () => {
  for (const request of [
    'GET\n',
    'get \n',
    '\n',
    'GET / HTTP/1.1\r\n',
    '{"get":1}\n',
    Buffer.of(0xff, 0x00, 0x0a),
  ]) {
    const [answer, { got }] = await visit(send(request))
    assert.equal(answer, '{"error":"unknown request; send get"}\n')
    assert.match(got, /^an error: /)
  }
})

test('silent, slow and endless visitors are told so and cut off', async () => {
  const cases: [string, ConversationLimits, (visitor: Socket<number>) => Promise<unknown>][] = [
    ['silent for 0.05 s', { ...LIMITS, idle: 0.05 }, async () => {}],
    ['silent for 0.05 s', { ...LIMITS, idle: 0.05 }, send('ge')],
    ['no whole request within 0.05 s', { ...LIMITS, total: 0.05 }, send('ge')],
    ['request longer than 100 bytes', LIMITS, send('x'.repeat(101))],
    ['request longer than 100 bytes', LIMITS, send('x'.repeat(50_000))],
  ]
  for (const [message, limits, act] of cases) {
    assert.deepEqual(await visit(act, limits), [
      `${JSON.stringify({ error: message })}\n`,
      { asked: null, got: `an error: ${message}` },
    ])
  }
  const [longest] = await visit(send(`${'x'.repeat(100)}\n`))
  assert.match(longest, /unknown request/)
})

test('one who leaves without asking', async () => {
  const [, outcome] = await visit(async (visitor) => visitor.shutdown(1))
  assert.deepEqual(outcome, { asked: null, got: 'nothing: it left without asking' })
})

test('one who never reads and never closes', async () => {
  const [visitor, socket] = socketpair()
  const conversation = converse(socket, respondWith(STUDENT), LIMITS, new AbortController().signal)
  await visitor.sendall('get\n')
  assert.equal((await conversation).got, 'the record')
  visitor.close()
})

test('an interruption ends the conversation', async () => {
  const [visitor, socket] = socketpair()
  const interruption = new AbortController()
  const conversation = converse(socket, respondWith(STUDENT), LIMITS, interruption.signal)
  interruption.abort()
  assert.deepEqual(await conversation, { asked: null, got: 'nothing: the server stops' })
  assert.equal((await visitor.recv(100)).length, 0)
  visitor.close()
})

async function withServer(
  connections: number,
  use: (address: readonly [string, number], visits: Visit[]) => Promise<void>,
): Promise<Visit[]> {
  const listener = createServer(['127.0.0.1', 0])
  const closing = new AbortController()
  const visits: Visit[] = []
  const address = listener.getsockname() as [string, number]
  const serving = runStudentServer(listener, respondWith(STUDENT), {
    limits: { ...LIMITS, connections },
    signal: closing.signal,
    onVisit: (_, visit) => visits.push(visit),
    onTrouble: (error) => assert.ifError(error),
  })
  try {
    await use(address, visits)
  } finally {
    closing.abort()
    await serving
  }
  return visits
}

test('the answer arrives although much of what the visitor sent was not read', async () => {
  await withServer(10, async (address) => {
    for (let repetition = 0; repetition < 20; repetition++) {
      const visitor = await createConnection(address)
      await visitor.sendall(`get\n${'x'.repeat(300_000)}`)
      assert.equal(await readAll(visitor), RECORD)
      visitor.close()
    }
  })
})

test('no more visitors at a time than allowed; the others wait their turn', async () => {
  const visits = await withServer(2, async (address, soFar) => {
    const silent = [await createConnection(address), await createConnection(address)]
    const third = await createConnection(address)
    await third.sendall('get\n')
    silent[0]?.close()
    assert.equal(await readAll(third), RECORD)
    third.close()
    while (soFar.length < 2) await new Promise(setImmediate)
    silent[1]?.close()
  })
  assert.deepEqual(
    visits.slice(0, 2).map(({ asked }) => asked),
    [null, 'get'],
  )
})

test('stopping closes visitors and listener', async () => {
  let visitor: Socket<number> | undefined
  let port = 0
  const visits = await withServer(10, async (address, soFar) => {
    visitor = await createConnection(address)
    port = address[1]
    // Answered, so the first visitor is accepted as well: the queue is in order.
    const second = await createConnection(address)
    await second.sendall('get\n')
    await readAll(second)
    second.close()
    assert.ok(soFar.length <= 1)
  })
  assert.ok(visits.some(({ got }) => got === 'nothing: the server stops'))
  assert.equal((await visitor?.recv(100))?.length, 0)
  visitor?.close()
  await assert.rejects(createConnection(['127.0.0.1', port]), { code: 'ECONNREFUSED' })
})

test('no socket is left open', () => {
  assert.deepEqual(openSockets(), socketsBefore)
})
