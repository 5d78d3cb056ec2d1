// Every exported symbol is documented; the two forms have the same names; Python's names are all there.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import * as async from 'berkeley'
import * as blocking from 'berkeley/blocking'
import * as blockingNetlink from 'berkeley/blocking/netlink'
import * as asyncNetlink from 'berkeley/netlink'
import * as socketserver from 'berkeley/socketserver'
import { packageRoot, repositoryRoot } from '../package-root.ts'

const DECLARATION =
  /(\/\*\*(?:(?!\*\/)[\s\S])*\*\/\s*)?export (?:declare )?(?:abstract )?(?:async )?(?:function|class|const|interface|type) (\w+)/g

interface Exported {
  readonly name: string
  readonly file: string
  readonly documented: boolean
}

/** The declarations in a `.d.ts` file, those that it exports from others included. */
function exportsOf(file: string, only?: ReadonlySet<string>): Exported[] {
  const text = readFileSync(file, 'utf8')
  const own = [...text.matchAll(DECLARATION)].map((match) => ({
    name: match[2]!,
    file,
    documented: match[1] !== undefined,
  }))
  const reexported = [...text.matchAll(/export (?:type )?(\*|\{[^}]*\}) from '(\.[^']+)'/g)].flatMap(
    (match) => {
      const names = match[1] === '*' ? undefined : new Set(originalNames(match[1]!))
      return exportsOf(join(dirname(file), match[2]!.replace(/\.ts$|\.js$/, '.d.ts')), names)
    },
  )
  return [...own, ...reexported].filter(({ name }) => only === undefined || only.has(name))
}

function originalNames(list: string): string[] {
  return list
    .slice(1, -1)
    .split(',')
    .map(
      (item) =>
        item
          .trim()
          .replace(/^type /, '')
          .split(' as ')[0]!,
    )
    .filter((name) => name !== '')
}

const entries = {
  index: 1000,
  blocking: 1000,
  netlink: 400,
  'blocking-netlink': 400,
  options: 20,
  families: 25,
  socketserver: 45,
  stream: 5,
  rings: 4,
  'blocking-rings': 4,
}
for (const [entry, least] of Object.entries(entries)) {
  test(`${entry}: every exported symbol has a doc comment`, () => {
    const found = exportsOf(join(packageRoot, 'dist', `${entry}.d.ts`))
    assert.ok(found.length > least, `${found.length} exports`)
    // An overloaded function is documented if its first declaration is.
    const seen = new Set<string>()
    const missing = found.filter(({ name, file, documented }) => {
      const first = !seen.has(`${file} ${name}`)
      seen.add(`${file} ${name}`)
      return first && !documented
    })
    assert.deepEqual(
      missing.map(({ name, file }) => `${name} in ${file}`),
      [],
    )
  })
}

test('both forms export the same names', () => {
  assert.deepEqual(Object.keys(async).sort(), Object.keys(blocking).sort())
  assert.deepEqual(Object.keys(asyncNetlink).sort(), Object.keys(blockingNetlink).sort())
})

const PROGRAM = `
import json, socket
module = [n for n in dir(socket) if not n.startswith('_') and not isinstance(getattr(socket, n), type(json))]
methods = [n for n in dir(socket.socket) if not n.startswith('_')]
print(json.dumps([module, methods]))
`

/** The one rule: at an underscore the next letter is a capital; constants and macros are verbatim. */
function ourName(name: string): string {
  return /[a-z]/.test(name) ? name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()) : name
}

test("every public name of Python's socket module is there, or docs/omitted.md says why not", () => {
  const { stdout, status } = spawnSync('python3', ['-c', PROGRAM], { encoding: 'utf8' })
  assert.equal(status, 0, 'this test needs python3')
  const [names, methods] = JSON.parse(stdout) as [string[], string[]]
  const omitted = readFileSync(join(repositoryRoot, 'docs/omitted.md'), 'utf8')
  const left = (name: string) => !omitted.includes(`\`${name}\``)
  const missing = [
    ...names.filter((name) => !(ourName(name) in async)),
    ...methods.filter((name) => !(ourName(name) in async.Socket.prototype)),
  ]
  assert.ok(names.length > 300 && methods.length > 30)
  assert.deepEqual(missing.filter(left), [])
})

const SERVERS_PROGRAM = `
import json, socketserver
names = [name for name in dir(socketserver) if name in socketserver.__all__ or name.startswith('Forking')]
members = lambda name: [n for n in dir(getattr(socketserver, name)) if not n.startswith('_')]
print(json.dumps({name: members(name) for name in names}))
`

test("every public name of Python's socketserver module is there, or docs/socketserver.md says why not", () => {
  const { stdout, status } = spawnSync('python3', ['-c', SERVERS_PROGRAM], { encoding: 'utf8' })
  assert.equal(status, 0, 'this test needs python3')
  const document = readFileSync(join(repositoryRoot, 'docs/socketserver.md'), 'utf8')
  const different = document.slice(document.indexOf('## What is different'))
  const ours = socketserver as unknown as Record<string, { readonly prototype: object } & object>
  const missing: string[] = []
  let count = 0
  for (const [name, members] of Object.entries(JSON.parse(stdout) as Record<string, string[]>)) {
    const { [name]: exported } = ours
    if (exported === undefined) missing.push(name)
    // A mixin is a function here: what it mixes in is looked for in its ready-made class.
    const found = name.endsWith('MixIn') ? ours[name.replace('MixIn', 'TCPServer')] : exported
    for (const member of members) {
      count++
      const isThere = found !== undefined && (ourName(member) in found.prototype || ourName(member) in found)
      if (!isThere && !different.includes(`\`${member}\``)) missing.push(`${name}.${member}`)
    }
  }
  assert.ok(count > 200, `${count}`)
  assert.deepEqual(missing, [])
})
