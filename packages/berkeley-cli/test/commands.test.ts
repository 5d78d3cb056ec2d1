// The list of commands, and that only what is named is loaded.
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { COMMANDS, commandNamed } from '#commands.js'
import { MAIN, runBerkeley, start } from './run-berkeley.ts'

test('the command line names the command to load', () => {
  assert.equal(commandNamed(['classroom', 'scan', 'x'])?.name, 'classroom')
  assert.equal(commandNamed(['--color', 'classroom'])?.name, 'classroom')
  assert.equal(commandNamed(['help', 'classroom'])?.name, 'classroom')
  assert.equal(commandNamed(['scan', 'classroom']), undefined)
  assert.equal(commandNamed([]), undefined)
})

test('every command has help with examples and exit statuses', async () => {
  const { results: all } = await runBerkeley('--help')
  for (const { name, description } of COMMANDS) {
    assert.ok(all.includes(description.slice(0, 40)), `--help tells ${name}`)
    const { status, results } = await runBerkeley(name, '--help')
    assert.equal(status, 0)
    assert.match(results, new RegExp(`^Usage: berkeley ${name}`))
    assert.match(results, /Exit status:\n {2}0 /)
  }
})

test('what no command needs is not loaded to print the version', async () => {
  const watch = join(dirname(fileURLToPath(import.meta.url)), 'loaded-modules.js')
  assert.ok(existsSync(watch))
  const { status, remarks } = await start(process.execPath, ['--import', watch, MAIN, '--version']).ended
  assert.equal(status, 0)
  const loaded = remarks.split('\n').filter((url) => url !== '')
  assert.ok(loaded.some((url) => url.endsWith('/program.js')))
  const commands = loaded.filter(
    (url) => url.includes('/dist/commands/') || /\/(ink|react|cli-progress)\//.test(url),
  )
  assert.deepEqual(commands, [])
})
