// Tests in a network namespace of their own, where they may make interfaces and addresses: the test file is started once
// more within it. Needs root, or user namespaces.
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { NAMESPACES, without } from './programs.ts'

const INSIDE = 'BERKELEY_TEST_IN_NAMESPACE'
const asRoot = process.getuid?.() === 0 ? [] : ['--map-root-user']

/** Why there are no namespaces here; `false` if there are. */
function lacking(): string | false {
  const programs = without(NAMESPACES)
  if (programs !== false) return programs
  const { status, error, stderr } = spawnSync('unshare', ['--net', ...asRoot, 'true'])
  return status === 0 ? false : `no network namespace: ${error?.message ?? stderr}`
}

/** Runs `tests` in a namespace that the commands (of `ip`) have furnished; `file` is the test file that calls this. */
export function inNamespace(file: string, commands: readonly string[], tests: () => void): void {
  if (process.env[INSIDE] !== undefined) {
    for (const command of commands) execFileSync('ip', command.split(' '))
    tests()
    return
  }
  test('in a network namespace of its own', { skip: lacking() }, (t) => {
    const { NODE_TEST_CONTEXT: _, ...env } = process.env
    // Not what to run and how to report it: conformance/vm has several files imported by a program that is an argument.
    const others = process.execArgv.filter((option, at, options) => {
      return !/^--(eval|input-type|test-reporter)/.test(option) && options[at - 1] !== '--eval'
    })
    const node = [process.execPath, ...others, '--test-reporter=tap', fileURLToPath(file)]
    const { status, stdout } = spawnSync('unshare', ['--net', ...asRoot, ...node], {
      env: { ...env, [INSIDE]: '1' },
      encoding: 'utf8',
    })
    assert.equal(status, 0, stdout)
    // What this kernel lacks is told here as well, and not taken for a pass.
    const skipped = Array.from(stdout.matchAll(/- (.*# SKIP.*)/g), ([, what]) => what!)
    for (const what of skipped) t.diagnostic(what)
    if (/^# pass [1-9]/m.test(stdout)) return
    assert.ok(skipped.length > 0, stdout)
    t.skip(skipped[0])
  })
}
