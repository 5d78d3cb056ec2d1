// An answer is over when its value is whole, however the bytes come.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fastCheck from 'fast-check'
import { LONGEST_REPLY, Reply } from '#commands/classroom/reply.js'

const STUDENT = { id: 1527406014, height: 178, weight: 60, size: 'XXL' }

function feed(reply: Reply, bytes: Uint8Array, step = bytes.length): Reply {
  for (let start = 0; start < bytes.length && !reply.isWhole && !reply.isTooLong; start += step) {
    const part = bytes.subarray(start, start + step)
    reply.space.set(part.subarray(0, reply.space.length))
    reply.add(Math.min(part.length, reply.space.length))
  }
  return reply
}

const received = (text: string, step?: number) => feed(new Reply(), Buffer.from(text), step)

function reasonOf(reply: Reply): string {
  const reading = reply.read()
  return 'failure' in reading ? reading.failure.reason : 'a student'
}

test('an object is whole at its last brace, whatever follows', () => {
  for (const tail of ['', '\n', '}', 'more', '{"id":']) {
    const reply = received(`${JSON.stringify(STUDENT)}${tail}`)
    assert.ok(reply.isWhole)
    assert.deepEqual(reply.read(), { student: STUDENT })
  }
  assert.ok(!received(JSON.stringify(STUDENT).slice(0, -1)).isWhole)
})

test('over many lines, after blanks or a byte order mark', () => {
  for (const head of ['', '\r\n \t\n', '\ufeff', '\ufeff\n']) {
    assert.deepEqual(received(`${head}${JSON.stringify(STUDENT, null, 2)}`).read(), { student: STUDENT })
  }
})

test('braces, quotes and backslashes inside of texts do not count', () => {
  for (const text of ['}', '{', '"', '\\', '\\"}', ']', '\u0000', 'é}']) {
    const reply = received(JSON.stringify({ [text]: text, ...STUDENT }), 1)
    assert.ok(reply.isWhole, text)
    assert.deepEqual(reply.read(), { student: STUDENT })
  }
})

test('any JSON object, in pieces of any size, ends exactly where it ends', () => {
  fastCheck.assert(
    fastCheck.property(fastCheck.jsonValue(), fastCheck.integer({ min: 1, max: 9 }), (value, step) => {
      const bytes = Buffer.from(JSON.stringify({ value, ...STUDENT }))
      assert.ok(!feed(new Reply(), bytes.subarray(0, -1), step).isWhole)
      assert.deepEqual(feed(new Reply(), bytes, step).read(), { student: STUDENT })
    }),
  )
})

test('what is no object says why', () => {
  const bad: [string | Buffer, string][] = [
    ['', 'closed'],
    ['\r\n', 'closed'],
    ['{"id":', 'closed'],
    ['[1, 2', 'closed'],
    ['Hello, who is there?', 'not-json'],
    ['HTTP/1.1 400 Bad Request\r\nContent-Length', 'not-json'],
    ['{id: 7}', 'not-json'],
    ["{'id': 7}", 'not-json'],
    ['{]', 'not-json'],
    ['get\n', 'not-json'],
    [Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), 'not-json'],
    [Buffer.from([0xef, 0x01, 0x0a]), 'not-json'],
    ['[1, 2]', 'not-an-object'],
    ['42', 'not-an-object'],
    ['null\n', 'not-an-object'],
    ['"text"\n', 'not-an-object'],
    ['{}', 'missing-field'],
    ['{"error":"unknown request"}', 'error-answer'],
  ]
  for (const [text, reason] of bad) {
    assert.equal(reasonOf(feed(new Reply(), Buffer.from(text))), reason, JSON.stringify(text.toString()))
  }
})

test('64 KiB are looked at, not one byte more', () => {
  const blanks = LONGEST_REPLY - JSON.stringify(STUDENT).length
  const longest = received(' '.repeat(blanks) + JSON.stringify(STUDENT))
  assert.deepEqual(longest.read(), { student: STUDENT })

  for (const endless of ['x', '{', ' ', '[', '{"id":"']) {
    const reply = received(endless.padEnd(2 * LONGEST_REPLY, endless), 4096)
    assert.ok(reply.isTooLong)
    assert.equal(reasonOf(reply), 'too-long')
  }
})
