// How loud a tool is, and its two kinds of results.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Command } from 'commander'
import { addCommonOptions, type CommonOptions, Reporter } from '#reporter.js'
import { captureSession } from './captured-session.ts'

function speak(options: CommonOptions) {
  const session = captureSession()
  const reporter = new Reporter(session.terminal, options)
  reporter.result({ count: 3n, name: 'a' }, () => 'three')
  reporter.say('said')
  reporter.detail('detail')
  return [session.results(), session.remarks()]
}

test('results for people or for programs; remarks by --quiet and --verbose', () => {
  assert.deepEqual(speak({}), ['three\n', 'said\n'])
  assert.deepEqual(speak({ json: true }), ['{"count":3,"name":"a"}\n', 'said\n'])
  assert.deepEqual(speak({ quiet: true }), ['three\n', ''])
  assert.deepEqual(speak({ verbose: true }), ['three\n', 'said\ndetail\n'])
})

test('quiet and verbose exclude each other', () => {
  const command = addCommonOptions(new Command('x').exitOverride().configureOutput({ writeErr: () => {} }))
  assert.throws(() => command.parse(['-q', '-v'], { from: 'user' }), /cannot be used with/)
  assert.deepEqual(command.parse(['--json', '-v'], { from: 'user' }).opts(), { json: true, verbose: true })
})
