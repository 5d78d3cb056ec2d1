// Enforces layers.txt: every import between the files of src must be allowed by it.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { test } from 'node:test'
import { packageRoot } from '../package-root.ts'

const source = join(packageRoot, 'src')
const rules = readFileSync(join(packageRoot, 'test/policy/layers.txt'), 'utf8')

/** Several files may make one layer: `sys/native.ts` is `native`, `socket-methods.ts` belongs to `socket`. */
const layerOfFile: Readonly<Record<string, string>> = {
  'sys/native.ts': 'native',
  'sys/structs.ts': 'native',
  'base-socket.ts': 'socket',
  'socket-methods.ts': 'socket',
  'resolve-blocking.ts': 'resolve',
  'netdb.ts': 'netdb',
  'options.ts': 'index',
  'select.ts': 'index',
  'selectors.ts': 'index',
  'socketserver.ts': 'index',
  'socketserver-worker.ts': 'index',
  'stream.ts': 'index',
  'worker-entry.ts': 'socketserver',
  'blocking-select.ts': 'blocking',
  'blocking-selectors.ts': 'blocking',
  'netlink.ts': 'index',
  'blocking-netlink.ts': 'blocking',
  'rings.ts': 'index',
  'blocking-rings.ts': 'blocking',
}

interface Policy {
  /** What a layer may import, itself included. */
  readonly allowed: ReadonlyMap<string, ReadonlySet<string>>
  /** What it may not, whatever else is said. */
  readonly forbidden: ReadonlyMap<string, ReadonlySet<string>>
}

function names(list: string): string[] {
  return list.split(',').map((name) => name.trim())
}

function parse(text: string): Policy {
  const allowed = new Map<string, Set<string>>()
  const forbidden = new Map<string, Set<string>>()
  for (const line of text.split('\n')) {
    const [, below, sign, above] = /^([^#<!]+?)\s*(!?<)\s*([^#<]+?)\s*$/.exec(line) ?? []
    if (below === undefined || above === undefined) continue
    for (const layer of names(above)) {
      const set = (sign === '<' ? allowed : forbidden).get(layer) ?? new Set(sign === '<' ? [layer] : [])
      for (const name of names(below)) {
        set.add(name)
        if (sign === '<') for (const further of allowed.get(name) ?? []) set.add(further)
      }
      ;(sign === '<' ? allowed : forbidden).set(layer, set)
    }
  }
  return { allowed, forbidden }
}

function layerOf(file: string): string {
  return layerOfFile[file] ?? file.split('/')[0]!.replace(/\.ts$/, '')
}

function importsOf(file: string): string[] {
  const text = readFileSync(join(source, file), 'utf8')
  const specifiers = [...text.matchAll(/\b(?:from|import)\s*\(?'([^']+)'/g)].map((match) => match[1]!)
  return specifiers.map((specifier) =>
    specifier.startsWith('.') ? normalize(join(dirname(file), specifier)) : specifier,
  )
}

/** What is forbidden to a layer by its name, as one of all, or as not the one that is excepted. */
function forbiddenTo({ forbidden }: Policy, layer: string): ReadonlySet<string> {
  const applies = (to: string) =>
    to === layer || to === 'ALL' || (to.startsWith(EXCEPT) && to !== `${EXCEPT}${layer}`)
  return new Set([...forbidden].flatMap(([to, what]) => (applies(to) ? [...what] : [])))
}

const EXCEPT = 'ALL EXCEPT '

function violations(policy: Policy, file: string): string[] {
  const layer = layerOf(file)
  const mayImport = policy.allowed.get(layer)
  if (mayImport === undefined) return [`${file}: the layer '${layer}' is not in layers.txt`]
  const mayNot = forbiddenTo(policy, layer)
  return importsOf(file).flatMap((imported) => {
    const target = imported.startsWith('node:') ? imported : layerOf(imported)
    const wrong = mayNot.has(target) || !(imported.startsWith('node:') || mayImport.has(target))
    return wrong && target !== layer ? [`${file} (${layer}) imports ${imported} (${target})`] : []
  })
}

const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.ts'),
)

test('every import is allowed by layers.txt', () => {
  const policy = parse(rules)
  assert.ok(files.length > 20, 'the sources were found')
  assert.deepEqual(
    files.flatMap((file) => violations(policy, file)),
    [],
  )
})

test('an import that is not allowed is found', () => {
  const policy = parse('NONE < low\nlow < high\nnode:net !< ALL\nhigh !< low\nnode:tls !< ALL EXCEPT high')
  assert.deepEqual([...policy.allowed.get('high')!].sort(), ['NONE', 'high', 'low'])
  assert.ok(policy.forbidden.get('low')!.has('high'))
  assert.deepEqual([...forbiddenTo(policy, 'low')].sort(), ['high', 'node:net', 'node:tls'])
  assert.deepEqual([...forbiddenTo(policy, 'high')], ['node:net'])
})

test('no two files import each other, through whatever chain', () => {
  const state = new Map<string, 'open' | 'done'>()
  const visit = (file: string, path: readonly string[]): void => {
    if (state.get(file) === 'done') return
    assert.notEqual(state.get(file), 'open', `a circle: ${[...path, file].join(' → ')}`)
    state.set(file, 'open')
    const text = readFileSync(join(source, file), 'utf8')
    const values = [...text.matchAll(/^(?:import|export) (?!type\b)[^;]*?from '(\.[^']+)'/gm)].map(
      (match) => match[1]!,
    )
    for (const specifier of values) visit(normalize(join(dirname(file), specifier)), [...path, file])
    state.set(file, 'done')
  }
  for (const file of files) visit(relative('.', file), [])
})
