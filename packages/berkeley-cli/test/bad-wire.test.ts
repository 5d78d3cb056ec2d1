// Chat and lines over a wire that loses one packet in twenty and takes 100 ms each way.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lackingWire, openBadPair, talkIn } from './bad-wire.ts'
import type { Talker } from './talker.ts'

const LOSS = 0.05
const DELAY = 0.1
const MESSAGES = 60

/** The lines of JSON in what somebody read. */
const eventsOf = ({ text }: Talker) =>
  text.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []))

test('a chat: nothing is lost, nothing comes twice, all in order', { skip: lackingWire() }, async (t) => {
  const { left, right, cut } = await openBadPair(t, LOSS, DELAY)
  const ada = talkIn(t, left, 'chat', 'listen', '10.8.0.1:7000', '--name', 'ada', '--json')
  await ada.reads(/"listening"/)
  const bob = talkIn(
    t,
    right,
    'chat',
    'connect',
    '10.8.0.1:7000',
    '--name',
    'bob',
    '--timeout',
    '60',
    '--json',
  )
  await ada.reads(/is now bob/)
  for (let count = 0; count < MESSAGES; count++) {
    ada.say(`from ada ${count}`)
    bob.say(`from bob ${count}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  await ada.reads(new RegExp(`from bob ${MESSAGES - 1}"`))
  await bob.reads(new RegExp(`from ada ${MESSAGES - 1}"`))
  bob.child.stdin.end()
  await ada.reads(/bob has left/)
  assert.equal(await bob.ended, 0)
  for (const [talker, name] of [
    [ada, 'bob'],
    [bob, 'ada'],
  ] as const) {
    const texts = eventsOf(talker).flatMap(({ event, text }) => (event === 'message' ? [text] : []))
    assert.deepEqual(
      texts,
      Array.from({ length: MESSAGES }, (_, count) => `from ${name} ${count}`),
    )
  }
  ada.child.kill('SIGINT')
  await ada.ended
  assert.ok((await cut()) > 0, 'the wire did lose packets')
})

test('lines: all are answered, and the times tell of the wire', { skip: lackingWire() }, async (t) => {
  const { left, right } = await openBadPair(t, LOSS, DELAY)
  const echo = talkIn(t, left, 'echo', '10.8.0.1:7777', '--json')
  await echo.reads(/"listening"/)
  const lines = talkIn(t, right, 'lines', '-', '10.8.0.1:7777', '--timeout', '60', '--json', '--quiet')
  lines.say(...Array.from({ length: 30 }, (_, count) => `${count}`))
  lines.child.stdin.end()
  assert.equal(await lines.ended, 0)
  const [{ lines: sent, min, max }] = eventsOf(lines)
  assert.equal(sent, 30)
  assert.ok(min >= 2 * DELAY && max >= min, `${min} ${max}`)
  echo.child.kill('SIGINT')
  assert.equal(await echo.ended, 0)
})
