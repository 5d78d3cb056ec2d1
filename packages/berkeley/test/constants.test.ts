// The constants against three other sources: Python's socket module, Node's os module, and the list they come from.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { constants as osConstants } from 'node:os'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import * as constants from '#sys/constants.js'
import * as errors from '#sys/errno.js'
import { errorMessages, errorNames } from '#sys/error-texts.js'
import { packageRoot, repositoryRoot } from './package-root.ts'

const exported: Readonly<Record<string, number | string>> = { ...constants, ...errors }

// Types, not only values: with `number` in their place a socket's address could not be typed by its family.
constants.AF_INET6 satisfies 10
constants.EAI_AGAIN satisfies -3
constants.BDADDR_ANY satisfies '00:00:00:00:00:00'
errors.EAGAIN satisfies 11

const glibc = (process.report.getReport() as unknown as { header: { glibcVersionRuntime?: string } }).header
  .glibcVersionRuntime

interface Listed {
  readonly name: string
  readonly marks: readonly string[]
}

function listed(file: string): Listed[] {
  return readFileSync(join(packageRoot, 'native', file), 'utf8')
    .split('\n')
    .filter((line) => /^\w/.test(line))
    .map((line) => {
      const [name = '', , ...marks] = (line.split('#')[0] ?? '').trim().split(/ +/)
      return { name, marks }
    })
}
const list = [...listed('constants.list'), ...listed('errno.list')]

describe('constants', () => {
  test('are those of the list, all of them and nothing else', () => {
    assert.deepEqual(Object.keys(exported).sort(), list.map(({ name }) => name).sort())
  })

  test('include all 484 of Python 3.14', () => {
    const python = list.filter(({ marks }) => marks.includes('py'))
    assert.equal(python.length, 484)
  })

  test('errors are called by their canonical names', () => {
    assert.equal(errorNames[errors.EWOULDBLOCK], 'EAGAIN')
    assert.equal(errorNames[errors.EDEADLOCK], 'EDEADLK')
    assert.equal(errorNames[errors.ENOTSUP], 'EOPNOTSUPP')
    assert.equal(errorNames[41], undefined)
    assert.equal(errorMessages[errors.EAGAIN], 'Resource temporarily unavailable')
    for (const [number, name] of Object.entries(errorNames)) assert.equal(exported[name], Number(number))
  })

  test('errors have the numbers that Node knows', () => {
    const known = Object.entries(osConstants.errno)
    assert.ok(known.length > 70)
    for (const [name, number] of known) assert.equal(exported[name], number, name)
  })

  test('generated files are fresh', () => {
    const { status, stderr } = spawnSync(
      process.execPath,
      [join(repositoryRoot, 'scripts', 'generate.mjs'), '--check'],
      { encoding: 'utf8' },
    )
    assert.equal(status, 0, stderr)
  })
})

describe('python3', () => {
  const program = `
import json, os, socket
print(json.dumps({
  'constants': {n: v for n, v in vars(socket).items() if n[:1].isupper() and isinstance(v, (int, str))},
  'messages': {n: os.strerror(n) for n in range(1, 134)},
}))`
  let python: { constants: Record<string, number | string>; messages: Record<string, string> }

  before(() => {
    const { status, stdout, stderr, error } = spawnSync('python3', ['-c', program], { encoding: 'utf8' })
    assert.equal(status, 0, `these tests need python3 on the PATH: ${error?.message ?? stderr}`)
    python = JSON.parse(stdout)
  })

  test('its socket module has the same values', () => {
    const marks = new Map(list.map((constant) => [constant.name, constant.marks]))
    // Another C library than the list's has a few other values, and Python has that library's.
    const names = Object.keys(python.constants).filter((name) => glibc || !marks.get(name)?.includes('glibc'))
    assert.ok(names.length > 300)
    for (const name of names) {
      assert.equal(exported[name], python.constants[name], name)
      assert.ok(marks.get(name)?.includes('py'), `${name} is not marked as Python's`)
    }
  })

  test('its strerror says the same', { skip: !glibc && "glibc's wording" }, () => {
    for (const [number, message] of Object.entries(errorMessages))
      assert.equal(message, python.messages[number])
  })
})
