// Hosts of every kind: what the scan makes of them, and that none can hold it up.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SO_LINGER, SOL_SOCKET, Socket } from 'berkeley'
import { askHost } from '#commands/classroom/ask-host.js'
import { scanHosts } from '#commands/classroom/scan-hosts.js'
import type { Reading } from '#commands/classroom/student.js'
import { type Behaviour, makeGate, untilClosed, withHost } from './hosts.ts'
import { openSockets } from './open-descriptors.ts'

// Those of the test runner.
const socketsBefore = openSockets()

const STUDENT = { id: 1527406014, height: 178, weight: 60, size: 'XXL' } as const
const RECORD = JSON.stringify(STUDENT)
// So long that a test which waits for it has failed; what is found at once does not notice.
const PATIENT = 60
const HASTY = 0.2

const never = new AbortController().signal

function ask(behave: Behaviour, timeout = PATIENT): Promise<Reading> {
  return withHost(behave, (target) => askHost(target, { timeout, signal: never }))
}

/** Closes so that the kernel sends a reset: with a linger time of zero. */
function reset(socket: Socket<number>): void {
  socket.setsockopt(SOL_SOCKET, SO_LINGER, Buffer.from(new Int32Array([1, 0]).buffer))
  socket.close()
}

const students: [string, Behaviour][] = [
  [
    'waits for get, answers, closes',
    async (socket) => {
      assert.equal((await socket.recv(100)).toString(), 'get\n')
      await socket.sendall(`${RECORD}\n`)
    },
  ],
  [
    'speaks first and waits',
    async (socket) => {
      await socket.sendall(RECORD)
      await untilClosed(socket)
    },
  ],
  ['speaks first and closes, with our request unread', (socket) => socket.sendall(RECORD)],
  [
    'speaks first and resets once it was heard',
    async (socket) => {
      await socket.sendall(RECORD)
      await untilClosed(socket)
      reset(socket)
    },
  ],
  [
    'answers and never closes',
    async (socket) => {
      await socket.recv(100)
      await socket.sendall(RECORD)
      await untilClosed(socket)
    },
  ],
  [
    'answers byte by byte',
    async (socket) => {
      for (const byte of Buffer.from(RECORD)) await socket.sendall(Buffer.of(byte))
      await untilClosed(socket)
    },
  ],
  [
    'answers over many lines and goes on talking for ever',
    async (socket) => {
      await socket.sendall(JSON.stringify(STUDENT, null, 4))
      for (;;) await socket.sendall('\nand another thing')
    },
  ],
]

for (const [name, behave] of students) {
  test(`a student who ${name}`, async () => {
    assert.deepEqual(await ask(behave), { student: STUDENT })
  })
}

const failures: [string, string, RegExp, number, Behaviour][] = [
  ['is silent', 'timed-out-answering', /^timed out after 0.2 s, waiting for the answer$/, HASTY, untilClosed],
  [
    'stops in the middle',
    'timed-out-answering',
    /^timed out after 0.2 s, 6 bytes into the answer$/,
    HASTY,
    async (socket) => {
      await socket.sendall('{"id":')
      await untilClosed(socket)
    },
  ],
  ['closes at once', 'closed', /^closed without an answer$/, PATIENT, (socket) => socket.recv(100)],
  [
    'closes in the middle',
    'closed',
    /^closed in the middle of the answer, after 6 bytes$/,
    PATIENT,
    async (socket) => {
      await socket.recv(100)
      await socket.sendall('{"id":')
    },
  ],
  [
    'resets',
    'reset',
    /^reset before an answer$/,
    PATIENT,
    async (socket) => {
      await socket.recv(100)
      reset(socket)
    },
  ],
  [
    'answers rubbish and never closes',
    'not-json',
    /^not JSON: "Welcome!"$/,
    PATIENT,
    async (socket) => {
      await socket.sendall('Welcome!\r\n')
      await untilClosed(socket)
    },
  ],
  [
    'sends no record',
    'missing-field',
    /^missing field id/,
    PATIENT,
    (socket) => socket.sendall('{"name":"ada"}'),
  ],
  [
    'is endless',
    'too-long',
    /^answer longer than 65536 bytes$/,
    PATIENT,
    async (socket) => {
      for (;;) await socket.sendall('x'.repeat(5000))
    },
  ],
  [
    'opens braces for ever',
    'too-long',
    /^answer longer than 65536 bytes$/,
    PATIENT,
    async (socket) => {
      for (;;) await socket.sendall('{"a":'.repeat(1000))
    },
  ],
]

for (const [name, reason, detail, timeout, behave] of failures) {
  test(`a host that ${name}`, async () => {
    const reading = await ask(behave, timeout)
    assert.ok('failure' in reading)
    assert.equal(reading.failure.reason, reason)
    assert.match(reading.failure.detail, detail)
  })
}

async function failureOf(host: string, port: number, timeout = PATIENT) {
  const reading = await askHost({ host, port }, { timeout, signal: never })
  assert.ok('failure' in reading)
  return reading.failure
}

test('a host that refuses', async () => {
  const bound = new Socket()
  bound.bind(['127.0.0.1', 0])
  const [host, port] = bound.getsockname()
  assert.deepEqual(await failureOf(host, port), {
    reason: 'refused',
    detail: `refused: nobody listens on port ${port}`,
  })
  bound.close()
})

test('a host that does not take the connection', async () => {
  const listener = new Socket()
  listener.bind(['127.0.0.1', 0])
  listener.listen(0)
  const address = listener.getsockname()
  // The queue has one place; who comes later is not answered.
  const queue = Array.from({ length: 4 }, () => new Socket())
  for (const socket of queue) {
    socket.setblocking(false)
    await socket.connectEx(address)
  }
  assert.deepEqual(await failureOf(...(address as [string, number]), HASTY), {
    reason: 'timed-out-connecting',
    detail: 'timed out after 0.2 s, while connecting',
  })
  for (const socket of [...queue, listener]) socket.close()
})

test('a host that cannot be reached, and one that does not exist', async () => {
  // TCP cannot reach a group, on any network.
  assert.equal((await failureOf('224.0.0.1', 1024)).reason, 'unreachable')
  // No label of a name has more than 63 letters, so no server is asked.
  assert.equal((await failureOf(`${'x'.repeat(64)}.example`, 1024)).reason, 'unknown-name')
})

test('the places are all used, and no more', async () => {
  const concurrency = 3
  let talking = 0
  let most = 0
  const allThere = makeGate()
  const behave: Behaviour = async (socket) => {
    most = Math.max(most, ++talking)
    if (talking === concurrency) allThere.open()
    await allThere.opened
    await socket.recv(100)
    talking--
    await socket.sendall(RECORD)
  }
  let answers = 0
  const candidates = await withHost(behave, (target) => {
    const targets = new Array(20).fill(target)
    return scanHosts(targets, { timeout: PATIENT, concurrency, signal: never, onAnswer: () => answers++ })
  })
  assert.equal(most, concurrency)
  assert.equal(answers, 20)
  assert.ok(candidates.every((candidate) => 'student' in candidate))
})

test('answers stand in the order of the hosts, whoever answers first', async () => {
  const slow = makeGate()
  await withHost(
    async (socket) => {
      await slow.opened
      await socket.sendall(RECORD)
    },
    (first) =>
      withHost(
        (socket) => socket.sendall('{}'),
        async (second) => {
          const candidates = await scanHosts([first, second], {
            timeout: PATIENT,
            concurrency: 2,
            signal: never,
            onAnswer: () => slow.open(),
          })
          assert.deepEqual(
            candidates.map((candidate) => 'student' in candidate),
            [true, false],
          )
          assert.equal(candidates[0]?.source, `127.0.0.1:${first.port}`)
        },
      ),
  )
})

test('an interruption ends everything at once', async () => {
  const interruption = new AbortController()
  const reason = new Error('interrupted')
  await withHost(
    async (socket) => {
      interruption.abort(reason)
      await untilClosed(socket)
    },
    async (target) => {
      const options = { timeout: PATIENT, concurrency: 2, signal: interruption.signal, onAnswer() {} }
      await assert.rejects(scanHosts([target, target, target], options), reason)
    },
  )
})

test('no socket is left open', () => {
  assert.deepEqual(openSockets(), socketsBefore)
})
