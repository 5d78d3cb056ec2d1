// `send` and `receive` with each other: what arrives, what is gone on with after a break, what stays as it was.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { createConnection, createServer, type Socket } from 'berkeley'
import { runBerkeley, startBerkeley } from './run-berkeley.ts'
import {
  linesOf,
  makeFolder,
  namesBelow,
  partialIn,
  send,
  sha256,
  startReceiver,
  writeRandomFile,
} from './transfers.ts'

const MEBIBYTE = 1_048_576

test('a folder arrives as it is: contents, modes, times, links, odd names', async (context) => {
  const folder = makeFolder(context)
  const source = join(folder, 'things')
  const target = join(folder, 'in')
  mkdirSync(join(source, 'deep/er'), { recursive: true })
  mkdirSync(join(source, 'empty folder'))
  writeRandomFile(join(source, 'deep/er/data'), 3 * MEBIBYTE + 1)
  writeFileSync(join(source, 'empty'), '')
  writeFileSync(join(source, 'ünïcode \u{1f600}'), 'smile\n')
  writeFileSync(join(source, 'deep/tool'), '#!/bin/sh\n')
  for (let number = 0; number < 200; number++)
    writeFileSync(join(source, `deep/small ${number}`), `${number}`)
  symlinkSync('er/data', join(source, 'deep/link'))
  symlinkSync('../empty', join(source, 'deep/up'))
  chmodSync(join(source, 'deep/tool'), 0o4750)
  chmodSync(join(source, 'empty'), 0o400)
  chmodSync(join(source, 'deep/er'), 0o500)
  for (const name of ['deep/tool', 'deep/er', 'deep', 'empty folder', '.'])
    utimesSync(join(source, name), 1_000_000_000.25, 1_000_000_000.25)

  const receiver = await startReceiver(context, target)
  const sender = await send(receiver.address, source)
  assert.equal(sender.remarks.includes('error'), false, sender.remarks)
  assert.equal(sender.status, 0)
  const { status, results, remarks } = await receiver.ended
  assert.equal(status, 0, remarks)
  assert.equal(results, sender.results)

  const arrived = join(target, 'things')
  assert.deepEqual(namesBelow(arrived), namesBelow(source))
  for (const name of namesBelow(source)) {
    const [here, there] = [lstatSync(join(source, name)), lstatSync(join(arrived, name))]
    if (here.isSymbolicLink()) {
      assert.equal(readlinkSync(join(arrived, name)), readlinkSync(join(source, name)))
      continue
    }
    assert.equal(there.mode & 0o7777, here.mode & 0o777, `mode of ${name}`)
    assert.ok(Math.abs(there.mtimeMs - here.mtimeMs) < 0.01, `time of ${name}`)
    if (here.isFile())
      assert.deepEqual(readFileSync(join(arrived, name)), readFileSync(join(source, name)), name)
  }
  // What it prints, sha256sum understands.
  const check = spawnSync('sha256sum', ['--check', '--strict', '--quiet'], { cwd: target, input: results })
  assert.equal(check.status, 0, `${check.stderr}${check.stdout}`)
  assert.equal(results.split('\n').length - 1, 204)
})

/** Passes bytes on to `address`, and after so many of them no more, though the connection stays. */
async function stallingRelay(address: string, most: number) {
  const [, host = '', port = ''] = /^(.*):(\d+)$/.exec(address) ?? []
  const listener = createServer(['127.0.0.1', 0])
  const open: Socket<number>[] = [listener as never]
  const relaying = (async () => {
    const [client] = await listener.accept()
    const server = await createConnection([host, Number(port)])
    open.push(client as never, server as never)
    const back = (async () => {
      for await (const bytes of server) await client.sendall(bytes)
    })()
    back.catch(() => {})
    for (let passed = 0; passed < most; ) {
      const bytes = await client.recv(Math.min(65_536, most - passed))
      if (bytes.length === 0) break
      await server.sendall(bytes)
      passed += bytes.length
    }
  })()
  relaying.catch(() => {})
  const [itsHost, itsPort] = listener.getsockname() as [string, number]
  const close = () => {
    for (const socket of open) socket.close()
  }
  return { address: `${itsHost}:${itsPort}`, stalled: relaying, close }
}

async function untilPartialHas(folder: string, size: number): Promise<string> {
  for (;;) {
    const partial = partialIn(folder)
    if (partial !== undefined && statSync(join(folder, partial)).size >= size) return join(folder, partial)
    await pause(20)
  }
}

for (const victim of ['sender', 'receiver'] as const) {
  test(`after kill -9 of the ${victim} the same commands go on where it ended`, async (context) => {
    const folder = makeFolder(context)
    const source = join(folder, 'large')
    const target = join(folder, 'in')
    const checksum = writeRandomFile(source, 16 * MEBIBYTE)

    const first = await startReceiver(context, target)
    const relay = await stallingRelay(first.address, 9 * MEBIBYTE)
    const sender = startBerkeley('send', source, relay.address)
    context.after(() => sender.child.kill('SIGKILL'))
    await relay.stalled
    await untilPartialHas(target, 8 * MEBIBYTE)
    ;(victim === 'sender' ? sender : first).child.kill('SIGKILL')
    if (victim === 'sender') await once(sender.child, 'exit')
    relay.close()
    const broken = victim === 'sender' ? first : sender
    if (victim === 'sender') await broken.untilRemark(/connection (ended|broke).* after \S+ MB of 16\.8 MB/)
    else {
      const { status, remarks } = await sender.ended
      assert.equal(status, 1)
      assert.match(
        remarks,
        /error: the (receiver closed the connection|connection broke).* after \S+ MB of 16\.8 MB/,
      )
    }
    assert.deepEqual(namesBelow(target).length, 1)

    const second = victim === 'sender' ? first : await startReceiver(context, target, '--json')
    const again = await send(second.address, source, '--json')
    assert.equal(again.status, 0, again.remarks)
    assert.equal((await second.ended).status, 0)
    const [file] = linesOf(again.results).filter(({ event }) => event === 'file')
    assert.ok((file?.resumedAt as number) >= 8 * MEBIBYTE, again.results)
    assert.equal(file?.sha256, checksum)
    const [end] = linesOf(again.results).filter(({ event }) => event === 'end')
    assert.equal((end?.bytes as number) + (end?.present as number), 16 * MEBIBYTE)
    assert.equal(sha256(join(target, 'large')), checksum)
    assert.deepEqual(namesBelow(target), ['large'])
  })
}

test('with --retry the sender comes back by itself', async (context) => {
  const folder = makeFolder(context)
  const source = join(folder, 'large')
  const target = join(folder, 'in')
  const checksum = writeRandomFile(source, 8 * MEBIBYTE)
  const first = await startReceiver(context, target)
  const relay = await stallingRelay(first.address, 5 * MEBIBYTE)
  const sender = startBerkeley('send', source, relay.address, '--retry', '600', '--json')
  context.after(() => sender.child.kill('SIGKILL'))
  await untilPartialHas(target, 4 * MEBIBYTE)
  first.child.kill('SIGKILL')
  await first.ended
  relay.close()
  await sender.untilRemark(/cannot connect to .*nobody listens there; trying again/)
  const second = startBerkeley('receive', target, relay.address)
  context.after(() => second.child.kill('SIGKILL'))
  assert.equal((await sender.ended).status, 0)
  assert.equal((await second.ended).status, 0)
  assert.ok(
    Number(linesOf(sender.results()).find(({ event }) => event === 'file')?.resumedAt) >= 4 * MEBIBYTE,
  )
  assert.equal(sha256(join(target, 'large')), checksum)
})

test('a part that was changed meanwhile is not trusted for its size', async (context) => {
  const folder = makeFolder(context)
  const source = join(folder, 'large')
  const target = join(folder, 'in')
  const checksum = writeRandomFile(source, 4 * MEBIBYTE)
  const first = await startReceiver(context, target)
  const relay = await stallingRelay(first.address, 3 * MEBIBYTE)
  const sender = startBerkeley('send', source, relay.address)
  await relay.stalled
  const partial = await untilPartialHas(target, 2 * MEBIBYTE)
  sender.child.kill('SIGKILL')
  relay.close()
  await first.untilRemark(/after/)
  writeSync(openSync(partial, 'r+'), Buffer.from('changed'), 0, 7, MEBIBYTE)

  const again = await send(first.address, source, '--json', '-v')
  assert.equal(again.status, 0, again.remarks)
  assert.match(again.remarks, /large: what is there has another checksum; it is sent from the beginning/)
  assert.equal(linesOf(again.results).find(({ event }) => event === 'file')?.resumedAt, 0)
  assert.equal((await first.ended).status, 0)
  assert.equal(sha256(join(target, 'large')), checksum)
})

test('what is there already is not sent again; another file of the name stays, unless --overwrite', async (context) => {
  const folder = makeFolder(context)
  const source = join(folder, 'things')
  const target = join(folder, 'in')
  mkdirSync(source)
  mkdirSync(join(target, 'things'), { recursive: true })
  writeRandomFile(join(source, 'same'), 100_000)
  writeFileSync(join(target, 'things/same'), readFileSync(join(source, 'same')))
  writeFileSync(join(source, 'shorter'), 'new')
  writeFileSync(join(target, 'things/shorter'), 'what was there')
  writeFileSync(join(source, 'other'), 'new contents')
  writeFileSync(join(target, 'things/other'), 'old contents')

  const first = await startReceiver(context, target, '--json')
  const refused = await send(first.address, source, '--json')
  assert.equal(refused.status, 1)
  assert.match(refused.remarks, /not sent: things\/other: another file of that name is there/)
  assert.match(refused.remarks, /not sent: things\/shorter: another file of that name is there/)
  assert.match(refused.remarks, /error: 2 not sent/)
  const received = await first.ended
  assert.equal(received.status, 1)
  assert.match(received.remarks, /error: 2 not received/)
  const files = linesOf(received.results).filter(({ event }) => event === 'file')
  assert.deepEqual(
    files.map(({ path, resumedAt }) => [path, resumedAt]),
    [['things/same', 100_000]],
  )
  assert.equal(linesOf(received.results).at(-1)?.bytes, 0)
  assert.equal(readFileSync(join(target, 'things/other'), 'utf8'), 'old contents')
  assert.equal(readFileSync(join(target, 'things/shorter'), 'utf8'), 'what was there')

  const second = await startReceiver(context, target, '--overwrite')
  assert.equal((await send(second.address, source)).status, 0)
  assert.equal((await second.ended).status, 0)
  assert.equal(readFileSync(join(target, 'things/other'), 'utf8'), 'new contents')
  assert.equal(readFileSync(join(target, 'things/shorter'), 'utf8'), 'new')
})

test('the sender may listen, the receiver connect and try again, over a Unix socket too', async (context) => {
  const folder = makeFolder(context)
  const source = join(folder, 'notes')
  writeFileSync(source, 'noted\n')
  const address = `unix:${join(folder, 'socket')}`
  // Nobody is there yet.
  const receiver = startBerkeley('receive', join(folder, 'in'), address, '--connect', '--retry', '600')
  context.after(() => receiver.child.kill('SIGKILL'))
  await receiver.untilRemark(/no such path; trying again/)
  const sender = startBerkeley('send', '--listen', source, address)
  context.after(() => sender.child.kill('SIGKILL'))
  assert.equal((await sender.ended).status, 0)
  assert.equal((await receiver.ended).status, 0)
  assert.equal(readFileSync(join(folder, 'in/notes'), 'utf8'), 'noted\n')
})

test('with --keep-open one sender after the other, until Ctrl-C, which is no failure then', async (context) => {
  const folder = makeFolder(context)
  const receiver = await startReceiver(context, join(folder, 'in'), '--keep-open')
  for (const name of ['first', 'second']) {
    writeFileSync(join(folder, name), name)
    assert.equal((await send(receiver.address, join(folder, name))).status, 0)
  }
  receiver.child.kill('SIGINT')
  assert.equal((await receiver.ended).status, 0)
  assert.deepEqual(namesBelow(join(folder, 'in')), ['first', 'second'])
})

test('Ctrl-C ends either side with 130, and what came stays for the next time', async (context) => {
  const folder = makeFolder(context)
  const source = join(folder, 'large')
  const target = join(folder, 'in')
  writeRandomFile(source, 8 * MEBIBYTE)
  const receiver = await startReceiver(context, target)
  const relay = await stallingRelay(receiver.address, 5 * MEBIBYTE)
  const sender = startBerkeley('send', source, relay.address)
  await untilPartialHas(target, 4 * MEBIBYTE)
  sender.child.kill('SIGINT')
  assert.equal((await sender.ended).status, 130)
  assert.match(
    sender.remarks(),
    /Interrupted after \S+ MB of 8\.4 MB; the same command goes on where it ended/,
  )
  receiver.child.kill('SIGINT')
  assert.equal((await receiver.ended).status, 130)
  relay.close()
  assert.ok(partialIn(target) !== undefined)
})

test('what makes no sense, or is not there, says why', async (context) => {
  const folder = makeFolder(context)
  const file = join(folder, 'file')
  writeFileSync(file, '')
  mkdirSync(join(folder, 'other'))
  writeFileSync(join(folder, 'other/file'), '')
  const cases: [string[], number, RegExp][] = [
    [['send', file], 2, /only one argument/],
    [['send'], 2, /missing required argument 'paths'/],
    [['send', file, '127.0.0.1'], 2, /has no port/],
    [['send', file, '127.0.0.1:0'], 2, /port '0' is not/],
    [['send', '/', '127.0.0.1:9'], 2, /"\/" has no name/],
    [['send', file, join(folder, 'other/file'), '127.0.0.1:9'], 2, /would have the same name/],
    [['send', join(folder, 'none'), '127.0.0.1:9'], 1, /cannot send .*no such file or directory/],
    [['send', file, '127.0.0.1:9', '--keep-open'], 2, /for the side that listens/],
    [['send', file, '127.0.0.1:9', '--listen', '--retry', '5'], 2, /for the side that connects/],
    [['send', file, '127.0.0.1:9', '--timeout', 'soon'], 2, /must be seconds/],
    [['send', file, `unix:${folder}/nobody`], 1, /cannot connect to unix:.*no such path/],
    [['receive', file, '127.0.0.1:0'], 1, /cannot receive into .*(not a directory|file already exists)/],
    [['receive', folder], 2, /missing required argument 'address'/],
  ]
  for (const [commandLine, status, message] of cases) {
    const ended = await runBerkeley(...commandLine)
    assert.match(ended.remarks, message)
    assert.equal(ended.status, status, commandLine.join(' '))
  }
})
