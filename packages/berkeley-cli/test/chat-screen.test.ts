// The chat on a terminal: a pseudo terminal of Python's, keys, and what is drawn.
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, type TestContext, test } from 'node:test'
import { MAIN } from './run-berkeley.ts'
import { Talker, TerminalTalker } from './talker.ts'

const folder = await mkdtemp(join(tmpdir(), 'berkeley-screen-'))
after(() => rm(folder, { recursive: true }))

const KEYS = {
  up: '\u001b[A',
  down: '\u001b[B',
  pageUp: '\u001b[5~',
  enter: '\r',
  ctrlC: '\u0003',
  ctrlD: '\u0004',
}
const LEFT_SCREEN = '\u001b[?1049l'

const onTerminal = (context: TestContext, ...commandLine: string[]) =>
  new TerminalTalker(context, 'chat', ...commandLine)

const plainly = (context: TestContext, ...commandLine: string[]) =>
  new Talker(context, process.execPath, MAIN, 'chat', ...commandLine)

test('the screen: what is said, the arrows, scrolling, leaving', async (context) => {
  const address = `unix:${join(folder, 'room')}`
  const ada = onTerminal(context, 'listen', address, '--name', 'ada')
  await ada.reads(/chat on unix:/)
  const bob = plainly(context, 'connect', address, '--name', 'bob')
  await ada.reads(/guest-1 is now bob/)
  bob.say('hello \u001b[2J ada')
  await ada.reads(/\d\d:\d\d:\d\d bob hello \\u\{1b\}\[2J ada/)
  // Typed, and pasted with several lines.
  ada.press('first')
  await ada.reads(/> first/)
  ada.press(KEYS.enter)
  await bob.reads(/<ada> first\n/)
  await ada.reads(/you first/)
  ada.press('second\rthird\rdraft')
  await bob.reads(/<ada> second\n.*<ada> third\n/)
  await ada.reads(/> draft/)
  for (const [key, shown] of [
    [KEYS.up, /> third/],
    [KEYS.up, /> second/],
    [KEYS.down, /> third/],
    [KEYS.down, /> draft/],
    [KEYS.up, /> third/],
  ] as const) {
    ada.press(key)
    await ada.reads(shown)
  }
  ada.press(KEYS.enter)
  await bob.reads(/<ada> third\n/)
  bob.say(...Array.from({ length: 40 }, (_, line) => `line ${line}`))
  await ada.reads(/bob line 39/)
  ada.press(KEYS.pageUp)
  await ada.reads(/bob line 35\s[\s\S]*4 newer below \(PgDn\)/)
  // What comes meanwhile does not move what is being read.
  bob.say('one more')
  await ada.reads(/5 newer below \(PgDn\)/)
  ada.press(KEYS.ctrlD)
  assert.equal(await ada.ended, 0)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are what is looked for
  assert.doesNotMatch(ada.raw, /\u001b\[3\dm/, 'NO_COLOR')
  assert.ok(ada.raw.includes(LEFT_SCREEN))
  await bob.reads(/The other side has closed the connection/)
})

test('what was said stays readable when the other side is gone; Ctrl-C', async (context) => {
  const address = `unix:${join(folder, 'gone')}`
  const host = plainly(context, 'listen', address)
  await host.reads(/Listening/)
  const guest = onTerminal(context, 'connect', address)
  await guest.reads(/welcome, guest-1/)
  host.say('last words')
  await guest.reads(/host last words/)
  host.child.kill('SIGINT')
  await guest.reads(/The other side has closed the connection\. Enter leaves\./)
  guest.press(KEYS.enter)
  assert.equal(await guest.ended, 0)

  const again = onTerminal(context, 'listen', address)
  await again.reads(/chat on/)
  again.press(KEYS.ctrlC)
  assert.equal(await again.ended, 130)
  assert.ok(again.raw.includes(LEFT_SCREEN))
})

test('half duplex on the screen tells whose turn it is', async (context) => {
  const address = `unix:${join(folder, 'half')}`
  const host = plainly(context, 'listen', address, '--half-duplex')
  await host.reads(/Listening/)
  const guest = onTerminal(context, 'connect', address, '--half-duplex')
  await guest.reads(/Your turn\./)
  guest.press('question\r')
  await guest.reads(/The other side's turn\./)
  await host.reads(/question/)
  host.say('answer')
  await guest.reads(/they answer/)
  await guest.reads(/Your turn\./)
  guest.press(KEYS.ctrlD)
  assert.equal(await guest.ended, 0)
})

test('plain lines on a terminal: a prompt, and what comes does not mix with what is typed', async (context) => {
  const address = `unix:${join(folder, 'plain')}`
  const host = plainly(context, 'listen', address)
  await host.reads(/Listening/)
  const guest = onTerminal(context, 'connect', address, '--plain')
  await guest.reads(/> /)
  guest.press('half a li')
  await guest.reads(/half a li/)
  host.say('in between')
  // Erased, written, and typed again.
  await guest.reads(/<host> in between\r\n[\s\S]*> half a li/)
  guest.press('ne\r')
  await host.reads(/<guest-1> half a line\n/)
  guest.press(KEYS.ctrlC)
  assert.equal(await guest.ended, 130)
})
