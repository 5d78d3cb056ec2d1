// examples/files: receiving from Python, sending to Python, and what has to be refused.
import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import type { Scope } from '../scope.ts'
import { example, portOf, printedByPython, programTest, python, type Running } from './program.ts'

const folder = mkdtempSync(join(tmpdir(), 'berkeley-'))
after(() => rmSync(folder, { recursive: true }))
const picture = join(folder, 'picture.jpg')
const bytes = randomBytes(5_000_000)
writeFileSync(picture, bytes)
const nothing = join(folder, 'nothing')
writeFileSync(nothing, '')

let folders = 0
/** A receiver with a folder of its own. */
async function receiver(t: Scope): Promise<{ server: Running; port: string; target: string }> {
  const target = join(folder, `target-${++folders}`)
  mkdirSync(target)
  const server = example(t, 'files/receive', target, '0')
  return { server, port: await portOf(server), target }
}

programTest('receive.mjs saves what Python sends, and overwrites nothing', async (t) => {
  const { server, port, target } = await receiver(t)
  const idle = python(t, 'idle', port)
  assert.equal(await idle.line(), 'connected')
  assert.equal(await printedByPython('send_file', port, picture), 'ready\nsaved picture.jpg, 5000000 bytes\n')
  assert.ok(readFileSync(join(target, 'picture.jpg')).equals(bytes))
  assert.match(await server.line(), /: saved picture\.jpg, 5000000 bytes$/)
  assert.equal(await printedByPython('send_file', port, nothing), 'ready\nsaved nothing, 0 bytes\n')
  assert.match(await printedByPython('send_file', port, picture), /^refused: EEXIST/)
  idle.kill('SIGKILL')
  server.kill('SIGINT')
  assert.equal(await server.ended, 0)
})

programTest('receive.mjs refuses bad names and sizes, and keeps nothing', async (t) => {
  const { port, target } = await receiver(t)
  symlinkSync(join(folder, 'outside'), join(target, 'link'))
  for (const name of [
    '../outside',
    '/tmp/outside',
    '..',
    '.',
    '',
    '.hidden',
    'a/b',
    'bell\u0007',
    7,
    null,
    'link',
  ]) {
    const header = JSON.stringify({ name, size: 1, sha256: '' })
    assert.match(await printedByPython('send_file', port, picture, header), /^refused: /, header)
  }
  for (const header of [
    'null',
    '{',
    '',
    'x'.repeat(5000),
    '{"name":"a","size":-1}',
    '{"name":"a","size":1e300}',
  ]) {
    assert.match(await printedByPython('send_file', port, nothing, header), /^refused: /, header)
  }
  assert.deepEqual(readdirSync(target), ['link'])
  assert.ok(!existsSync(join(folder, 'outside')))
})

programTest('receive.mjs does not keep what comes cut short or damaged', async (t) => {
  const { port, target } = await receiver(t)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const cut = JSON.stringify({ name: 'cut', size: bytes.length + 1, sha256 })
  assert.equal(
    await printedByPython('send_file', port, picture, cut),
    'ready\nrefused: the last 1 bytes of cut did not come\n',
  )
  const damaged = JSON.stringify({ name: 'damaged', size: bytes.length, sha256: sha256.replace(/^./, 'x') })
  assert.equal(
    await printedByPython('send_file', port, picture, damaged),
    'ready\nrefused: damaged came damaged\n',
  )
  assert.deepEqual(readdirSync(target), [])
})

programTest('send.mjs sends to Python, and tells what it was told', async (t) => {
  const target = join(folder, 'python')
  mkdirSync(target)
  const port = await portOf(python(t, 'receive_file', target))
  const sending = example(t, 'files/send', picture, '--to', `127.0.0.1:${port}`)
  assert.deepEqual(await sending.rest(), ['saved picture.jpg, 5000000 bytes'])
  assert.equal(await sending.ended, 0)
  assert.ok(readFileSync(join(target, 'picture.jpg')).equals(bytes))
  const stubborn = await portOf(python(t, 'receive_file', target, 'not today'))
  const refused = example(t, 'files/send', picture, '--to', `127.0.0.1:${stubborn}`)
  assert.deepEqual(await refused.rest(), ['refused: not today'])
  assert.equal(await refused.ended, 1)
})

programTest('send.mjs sends several files to receive.mjs', async (t) => {
  const { port, target } = await receiver(t)
  const sending = example(t, 'files/send', picture, nothing, '--to', `127.0.0.1:${port}`)
  assert.deepEqual(await sending.rest(), ['saved picture.jpg, 5000000 bytes', 'saved nothing, 0 bytes'])
  assert.deepEqual(readdirSync(target).sort(), ['nothing', 'picture.jpg'])
})
