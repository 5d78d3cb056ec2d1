// Senders and receivers that do not mean well, written in Python: each is refused with a message that says why, on both
// sides where the other still listens, and nothing is written outside of the folder.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, lstatSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { withoutNamespaces } from './programs.ts'
import { MAIN, start, startBerkeley } from './run-berkeley.ts'
import {
  makeFolder,
  namesBelow,
  partialIn,
  type Step,
  send,
  startPeer,
  startReceiver,
  writeRandomFile,
} from './transfers.ts'

const GREETING: Step = { text: 'berkeley-transfer 1 sender\n' }
const START: Step = { frame: { kind: 'start', files: 1, bytes: 5 } }
const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

const file = (path: string, size: unknown = 5, id: unknown = 0) => ({
  frame: { kind: 'file', id, path, size, mode: 0o644, mtime: 0 },
})
const folder = (path: string, id = 0) => ({ frame: { kind: 'folder', id, path, mode: 0o755, mtime: 0 } })

/** What a sender does after greeting and start, and what both sides say then. */
const ENDED: Record<string, [Step[], RegExp]> = {
  'a path that climbs out': [[file('../escaped')], /the path "\.\.\/escaped" is refused: it climbs out/],
  'a path that climbs out further on': [[file('a/../../escaped')], /is refused: it climbs out/],
  'an absolute path': [[file('/tmp/escaped')], /the path "\/tmp\/escaped" is refused: it is absolute/],
  'a path with a NUL': [[file('escaped\0.txt')], /is refused: it has a NUL/],
  'an empty path': [[file('')], /is refused: it has an empty name/],
  'a path with an empty name': [[file('a//b')], /is refused: it has an empty name/],
  'a path that is a dot': [[file('./a')], /is refused: it has an empty name/],
  'a name that is too long': [[file('x'.repeat(256))], /is refused: a name is longer than 255 bytes/],
  'a path that is too long': [[file('x/'.repeat(3000))], /is refused: it is longer than 4096 bytes/],
  'a path that is too deep': [[file('x/'.repeat(300))], /is refused: it is deeper than 256 folders/],
  'half of a surrogate pair': [[file('\ud800')], /is refused: it is not Unicode/],
  'the name of an unfinished file': [
    [file(`.berkeley-${'0'.repeat(32)}.part`)],
    /it is a name for unfinished files/,
  ],
  'a terminal that is to be cleared': [[file('../\u001b[2J')], /the path "\.\.\/\\u001b\[2J" is refused/],
  'a path that is no text': [[{ frame: { ...file('').frame, path: 7 } }], /file\.path is not a text/],
  'a negative size': [[file('a', -1)], /file\.size is not a whole number/],
  'a size beyond all numbers': [[file('a', 1e300)], /file\.size is not a whole number/],
  'a set-user-id file': [
    [{ frame: { ...file('a').frame, mode: 0o4755 } }],
    /file\.mode is not a mode from 0 to 0777/,
  ],
  'a time that is none': [[{ frame: { ...file('a').frame, mtime: '1970' } }], /file\.mtime is not a time/],
  'a link without a target': [
    [{ frame: { kind: 'link', id: 0, path: 'l', target: '' } }],
    /no link can be so/,
  ],
  'a number that was used': [[folder('d', 3), folder('e', 3)], /the number 3 was used already/],
  'a message of four gigabytes': [
    [{ hex: 'ffffffff' }],
    /a message of 4294967295 bytes; at most 65536 are allowed/,
  ],
  'a line of ten gigabytes': [[{ endless: 'x' }], /a message of 2021161080 bytes; at most 65536/],
  'a message that is not JSON': [[{ hex: '00000003' }, { text: '{"k' }], /a message that is not JSON/],
  'a message that is no object': [[{ hex: '00000004' }, { text: 'null' }], /a message that is not an object/],
  'a message of no kind': [[{ frame: { kind: '__proto__' } }], /a message of a kind that is not known/],
  'what only a receiver says': [
    [{ frame: { kind: 'stored', id: 0 } }],
    /a message of a kind that is not known/,
  ],
  'data that nobody asked for': [
    [{ frame: { kind: 'data', id: 9, offset: 0 } }],
    /data of a file that was not asked for/,
  ],
  'data from nowhere': [
    [file('a'), { await: 'have' }, { frame: { kind: 'data', id: 0, offset: 3 } }],
    /data from 3, which is neither 0 nor the end/,
  ],
  'an end too early': [
    [file('a'), { await: 'have' }, { frame: { kind: 'finish' } }],
    /it ends before all files were sent/,
  ],
  'no end of a file': [
    [
      file('a', 0),
      { await: 'have' },
      { frame: { kind: 'data', id: 0, offset: 0 } },
      { frame: { kind: 'finish' } },
    ],
    /finish instead of the end of a file/,
  ],
  'more announced than allowed': [
    Array.from({ length: 70 }, (_, id) => file(`f${id}`, 5, id)),
    /more than 64 files announced/,
  ],
  'a file that no disk has room for': [
    [
      file('a', 2 ** 53 - 1),
      { await: 'have' },
      { frame: { kind: 'data', id: 0, offset: 0 } },
      { endless: 'x' },
    ],
    /no room for "a": 9007\.2 TB are to come, .* are free/,
  ],
}

test('what a sender must not say ends its connection; the receiver waits for a better one', async (context) => {
  const base = makeFolder(context)
  const target = join(base, 'in')
  const receiver = await startReceiver(context, target, '--keep-open')
  for (const [name, [steps, message]] of Object.entries(ENDED)) {
    const before = receiver.remarks().length
    const peer = await startPeer(receiver.address, [GREETING, START, ...steps]).ended
    assert.match(peer.results, /"kind": ?"error"/, name)
    const [, reason = ''] = /"kind":"error","reason":(".*")\}/.exec(peer.results) ?? []
    assert.match(JSON.parse(reason), message, name)
    await receiver.untilRemark(new RegExp(message.source, 's'))
    assert.match(receiver.remarks().slice(before), message, name)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not come
    assert.doesNotMatch(receiver.remarks(), /[\x00-\x09\x0b-\x1f\x7f]/, name)
  }
  assert.equal(existsSync(join(base, 'escaped')), false)
  const fine = join(base, 'fine')
  writeFileSync(fine, 'fine')
  assert.equal((await send(receiver.address, fine)).status, 0)
  receiver.child.kill('SIGINT')
  assert.equal((await receiver.ended).status, 0)
  assert.deepEqual(
    namesBelow(target).filter((name) => !/^(d|\.berkeley-.*)$/.test(name)),
    ['fine'],
  )
})

test('what speaks something else is told apart at its first bytes', async (context) => {
  const receiver = await startReceiver(context, join(makeFolder(context), 'in'))
  const cases: [Step[], RegExp][] = [
    [[{ text: 'GET / HTTP/1.1\r\nHost: a\r\n\r\n' }], /does not speak this protocol; it says "GET \/ HTTP/],
    [[{ endless: '\u001b[2J' }], /does not speak this protocol; it says "\\u001b\[2J/],
    [[{ text: 'berkeley-transfer 2 sender\n' }], /it says "berkeley-transfer 2 sender/],
    [[{ text: 'berkeley-transfer 1 receiver\n' }], /the other side is a receiver, too/],
    [[], /closed without a word/],
    [[GREETING, { hex: '0000' }], /the connection ended within a message/],
  ]
  for (const [steps, message] of cases) {
    const peer = startPeer(receiver.address, steps)
    await receiver.untilRemark(message)
    await peer.ended
  }
  receiver.child.kill('SIGINT')
  assert.equal((await receiver.ended).status, 130)
})

test('who is silent is given up', async (context) => {
  const receiver = await startReceiver(context, join(makeFolder(context), 'in'), '--timeout', '1')
  const cases: Step[][] = [
    [],
    [{ text: 'berkeley' }],
    [GREETING],
    [GREETING, { hex: '00000020' }],
    [
      GREETING,
      START,
      file('a'),
      { await: 'have' },
      { frame: { kind: 'data', id: 0, offset: 0 } },
      { text: 'x' },
    ],
  ]
  for (const steps of cases) {
    const before = receiver.remarks().split('silent for 1 s').length
    const peer = startPeer(receiver.address, [...steps, { await: 'nothing' }])
    while (receiver.remarks().split('silent for 1 s').length === before)
      await once(receiver.child.stderr as never, 'data')
    await peer.ended
  }
  receiver.child.kill('SIGINT')
  await receiver.ended
})

test('links cannot be used to write elsewhere', async (context) => {
  const base = makeFolder(context)
  const target = join(base, 'in')
  const outside = join(base, 'outside')
  mkdirSync(target)
  mkdirSync(outside)
  writeFileSync(join(outside, 'victim'), 'untouched')
  // What was there before the transfer: a link to a folder, and one to a file.
  symlinkSync(outside, join(target, 'door'))
  symlinkSync(join(outside, 'victim'), join(target, 'victim'))
  const link = (path: string, to: string, id: number): Step => ({
    frame: { kind: 'link', id, path, target: to },
  })
  const receiver = await startReceiver(context, target)
  const peer = await startPeer(receiver.address, [
    GREETING,
    START,
    file('door/new', 0, 1),
    { await: 'refuse' },
    file('victim', 9, 2),
    { await: 'refuse' },
    folder('door', 3),
    { await: 'refuse' },
    folder('door/sub', 4),
    { await: 'refuse' },
    link('absolute', outside, 5),
    { await: 'refuse' },
    link('up', '../outside', 6),
    { await: 'refuse' },
    folder('a', 7),
    folder('a/b', 8),
    link('a/b/top', '../..', 9),
    // Lexically inside, but `top` is the folder itself, so this is above it.
    link('trick', 'a/b/top/../outside', 10),
    { await: 'refuse' },
    // A link of this very transfer is not walked through either.
    link('through', 'a', 11),
    file('through/new', 0, 12),
    { await: 'refuse' },
    { frame: { kind: 'finish' } },
    { await: 'finished' },
  ]).ended
  const refused = [...peer.results.matchAll(/"id":(\d+),"reason"/g)].map(([, id]) => Number(id))
  assert.deepEqual(refused, [1, 2, 3, 4, 5, 6, 10, 12], peer.results)
  const { status, remarks } = await receiver.ended
  assert.equal(status, 1)
  assert.match(remarks, /not received: door\/new: "door" is a symbolic link in the target folder/)
  assert.match(remarks, /not received: victim: a symbolic link of that name is in the target folder/)
  assert.match(
    remarks,
    /not received: trick: a link that leads out of the folder, to "a\/b\/top\/\.\.\/outside"/,
  )
  assert.match(remarks, /error: 8 not received/)
  assert.deepEqual(namesBelow(outside), ['victim'])
  assert.equal(readFileSync(join(outside, 'victim'), 'utf8'), 'untouched')
  assert.ok(lstatSync(join(target, 'door')).isSymbolicLink())
})

test('bytes with a wrong checksum get no name', async (context) => {
  const target = join(makeFolder(context), 'in')
  const receiver = await startReceiver(context, target)
  const peer = await startPeer(receiver.address, [
    GREETING,
    START,
    file('forged'),
    { await: 'have' },
    { frame: { kind: 'data', id: 0, offset: 0 } },
    { text: 'bytes' },
    { frame: { kind: 'end', id: 0, sha256: EMPTY } },
    { await: 'refuse' },
    { frame: { kind: 'finish' } },
  ]).ended
  assert.match(peer.results, /its checksum is wrong/)
  const { status, remarks } = await receiver.ended
  assert.equal(status, 1)
  assert.match(remarks, /not received: forged: its checksum is wrong/)
  assert.deepEqual(namesBelow(target), [])
})

/** A receiver in a file system of eight mebibytes. */
function startInSmallFolder(target: string) {
  const script = 'mount -t tmpfs -o size=8m tmpfs "$1" && exec "$2" "$3" receive "$1" 127.0.0.1:0'
  return start('unshare', ['--mount', 'sh', '-c', script, 'sh', target, process.execPath, MAIN])
}

test('a full disk is told before it is full, and when it fills up meanwhile', {
  skip: withoutNamespaces('--mount'),
}, async (context) => {
  const base = makeFolder(context)
  const target = join(base, 'in')
  mkdirSync(target)
  const large = join(base, 'large')
  writeRandomFile(large, 12_000_000)
  const early = startInSmallFolder(target)
  const [, first = ''] = await early.untilRemark(/Listening on (\S+);/)
  const sender = await send(first, large)
  assert.equal(sender.status, 1)
  assert.match(
    sender.remarks,
    /the receiver gave up: no room for "large": 12 MB are to come, 8\.4 MB are free/,
  )
  const refused = await early.ended
  assert.equal(refused.status, 1)
  assert.match(refused.remarks, /error: no room for "large"/)

  const late = startInSmallFolder(target)
  context.after(() => late.child.kill('SIGKILL'))
  const [, second = ''] = await late.untilRemark(/Listening on (\S+);/)
  const peer = await startPeer(second, [
    GREETING,
    START,
    file('grows', 7_000_000),
    { await: 'have' },
    { frame: { kind: 'data', id: 0, offset: 0 } },
    { text: 'x'.repeat(65_536) },
    // Once it has begun, somebody else takes the room, seen from the receiver's own root.
    { grown: `/proc/${late.child.pid}/root${target}/.berkeley-*` },
    { write: `/proc/${late.child.pid}/root${target}/other`, size: 6_000_000 },
    { endless: 'x' },
  ]).ended
  assert.match(peer.results, /cannot store it: no space left on device/)
  const filled = await late.ended
  assert.equal(filled.status, 1)
  assert.match(filled.remarks, /error: cannot store it: no space left on device after/)
})

test('receivers that do not mean well are refused, too', async (context) => {
  const base = makeFolder(context)
  const source = join(base, 'file')
  writeRandomFile(source, 4_000_000)
  const hello: Step = { text: 'berkeley-transfer 1 receiver\n' }
  const have = (size: number, id = 0) => ({
    frame: { kind: 'have', id, size, sha256: EMPTY, existing: false },
  })
  const cases: [Step[], RegExp][] = [
    [[{ text: 'SSH-2.0-OpenSSH_9.2\r\n' }], /does not speak this protocol; it says "SSH-2\.0/],
    [[{ text: 'berkeley-transfer 1 sender\n' }], /the other side is a sender, too/],
    [[{ endless: 'x' }], /does not speak this protocol/],
    [[hello, have(0, 7)], /an answer to no question/],
    [[hello, { frame: { kind: 'stored', id: 0 } }], /it stored what was not sent/],
    [[hello, { frame: { kind: 'finished' } }], /it ends before all was sent/],
    [[hello, { frame: { kind: 'file' } }], /a message of a kind that is not known/],
    [[hello, { frame: { kind: 'error', reason: 'no \u001b[31mroom' } }], /gave up: no \\u\{1b\}\[31mroom/],
    [[hello, { hex: '7fffffff' }], /a message of 2147483647 bytes/],
    [[hello, { await: 'file' }], /closed the connection before the end/],
    // One that never reads: what it does not take fills the buffers.
    [[{ deaf: true }, hello, { await: 'file' }, have(0), { sleep: 60 }], /silent for 2 s/],
  ]
  for (const [steps, message] of cases) {
    const peer = startPeer('listen', steps)
    const [, address = ''] = await peer.untilRemark(/Listening on (\S+);/)
    const isDeaf = steps.some((step) => 'deaf' in step)
    const sender = startBerkeley('send', source, address, '--timeout', isDeaf ? '2' : '60')
    const { status, remarks } = await sender.ended
    assert.match(remarks, message)
    assert.equal(status, 1, `${message}`)
    peer.child.kill()
    await peer.ended
  }
  // One that says it has more than there is gets all of it from the beginning.
  const peer = startPeer('listen', [hello, { await: 'file' }, have(9_000_000), { await: 'data' }])
  const [, address = ''] = await peer.untilRemark(/Listening on (\S+);/)
  const sender = startBerkeley('send', source, address)
  await peer.untilResult(/\{"kind":"data","id":0,"offset":0\}/)
  peer.child.kill()
  assert.equal((await sender.ended).status, 1)
})

test('an unfinished file that leads elsewhere is not written through', async (context) => {
  const base = makeFolder(context)
  const target = join(base, 'in')
  mkdirSync(target)
  const source = join(base, 'file')
  writeRandomFile(source, 1000)
  // The name is found by letting a transfer break off.
  const first = await startReceiver(context, target)
  await startPeer(first.address, [
    GREETING,
    START,
    file('file', 1000),
    { await: 'have' },
    { frame: { kind: 'data', id: 0, offset: 0 } },
    { text: 'x' },
  ]).ended
  await first.untilRemark(/the connection ended/)
  const partial = partialIn(target) ?? ''
  const victim = join(base, 'victim')
  writeFileSync(victim, 'untouched')
  const { rmSync } = await import('node:fs')
  rmSync(join(target, partial))
  symlinkSync(victim, join(target, partial))
  assert.equal((await send(first.address, source)).status, 0)
  assert.equal((await first.ended).status, 0)
  assert.equal(readFileSync(victim, 'utf8'), 'untouched')
  assert.deepEqual(namesBelow(target), ['file'])
})
