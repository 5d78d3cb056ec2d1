// Examples are short, tell what they are, stand in the index, and each script of Python that the index names is there.
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { packageRoot, repositoryRoot } from '../package-root.ts'

const MOST_LINES = 60
const folder = join(repositoryRoot, 'examples')
const programs = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.mjs'),
)
const index = readFileSync(join(folder, 'README.md'), 'utf8')

for (const program of programs) {
  test(`examples/${program} is short, tells what it is, and stands in the index`, () => {
    const text = readFileSync(join(folder, program), 'utf8')
    const lines = text.trimEnd().split('\n')
    assert.ok(lines.length <= MOST_LINES, `${lines.length} lines`)
    const header = lines.slice(
      0,
      lines.findIndex((line) => !line.startsWith('//')),
    )
    assert.equal(header[0], '// @ts-check')
    const told = header.join('\n')
    assert.ok(
      told.includes(`node examples/${program}`) || /\ba module of \w+\.mjs/.test(told),
      'how to run it?',
    )
    assert.ok(index.includes(`](${program})`), 'not in examples/README.md')
  })
}

test('every peer that the index of the examples names is there, and every peer is used', () => {
  const tests = join(packageRoot, 'test', 'examples')
  const peers = readdirSync(join(tests, 'peers'))
  const named = [...index.matchAll(/`(\w+\.py)`/g)].map(([, name]) => name!)
  assert.ok(named.length > 20)
  for (const name of named) assert.ok(existsSync(join(tests, 'peers', name)), name)
  const code = readdirSync(tests)
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => readFileSync(join(tests, name), 'utf8'))
    .join()
  for (const name of peers) assert.ok(code.includes(`'${name.replace(/\.py$/, '')}'`), `${name} is not used`)
})
