// Workers, and several copies of the library in one process: each cleans up after itself, whichever way it ends.
import assert from 'node:assert/strict'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import * as original from 'berkeley'
import { type Native, native } from '#sys/native.js'
import { runNode } from './child.ts'
import { leavesNothingOpen } from './descriptors.ts'
import { forms } from './forms.ts'
import { packageRoot } from './package-root.ts'

describe('a worker', { concurrency: 2 }, () => {
  const scenarios: [name: string, scenario: string, output: string][] = [
    ['is terminated while it waits, again and again', 'terminate', ''],
    ['ends without closing anything', 'end', '[0]\n'],
    ['exits while it waits', 'exit', '[3]\n'],
    ['fails', 'fail', '[1,"as it should"]\n'],
    ['gives a descriptor away and ends, another one adopts it', 'hand-over', 'hello\nhello\n'],
  ]
  for (const form of forms) {
    for (const [name, scenario, output] of scenarios) {
      test(`${form.name}: ${name}`, async () => {
        assert.deepEqual(await runNode(`workers ${scenario} ${form.name}`), {
          status: 0,
          signal: null,
          output: `${output}done\n`,
          errors: '',
        })
      })
    }
  }
})

describe('two in one process', () => {
  const folder = mkdtempSync(join(tmpdir(), 'berkeley-copy-'))
  after(() => rmSync(folder, { recursive: true }))

  for (const part of ['dist', 'prebuilds', 'package.json']) {
    cpSync(join(packageRoot, part), join(folder, part), { recursive: true })
  }

  async function talk(here: typeof original, there: typeof original): Promise<void> {
    using server = here.createServer(['127.0.0.1', 0])
    using client = new there.Socket()
    const [[connection]] = await Promise.all([server.accept(), client.connect(server.getsockname())])
    const received = connection.recv(10)
    await client.sendall('hello')
    assert.equal(`${await received}`, 'hello')
    connection.close()
  }

  test('copies of the library that talk with each other', async () => {
    const copy: typeof original = await import(join(folder, 'dist/bundle/index.js'))
    assert.notEqual(copy.Socket, original.Socket)
    const both = async () => {
      await talk(copy, original)
      await talk(original, copy)
    }
    await both() // Makes what each of them has once.
    await leavesNothingOpen(both)
    copy.setdefaulttimeout(7)
    assert.equal(original.getdefaulttimeout(), null)
  })

  const prebuilds = join(packageRoot, 'prebuilds')
  const addon = join(prebuilds, readdirSync(prebuilds)[0]!, 'berkeley.node')
  const ways: [name: string, make: (to: string) => void][] = [
    ['a copy', (to) => cpSync(addon, to)],
    ['a link', (to) => symlinkSync(addon, to)],
  ]
  for (const [name, make] of ways) {
    test(`the addon through ${name} of its file`, () => {
      const path = join(folder, name, 'berkeley.node')
      mkdirSync(join(folder, name))
      make(path)
      const module: { exports: Partial<Native> } = { exports: {} }
      process.dlopen(module, path)
      const second = module.exports as Native
      assert.notEqual(second.address, native.address)
      assert.ok(second.ready_start(() => {}) instanceof Int32Array)
      const fd = second.socket(original.AF_UNIX, original.SOCK_STREAM, 0)
      assert.equal(second.ready_add(fd, 0, 0), 0)
      assert.equal(native.getsockname(fd), 0)
      assert.equal(second.close(fd), 0)
    })
  }
})
