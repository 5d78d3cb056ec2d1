// What documents say is so: their code compiles, as strictly as our own, what the README begins with prints what it says,
// and links lead somewhere. What stands in a comment `<!-- given … -->` before a piece of code is compiled in front of it:
// what it is about, but need not show.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { packageRoot, repositoryRoot } from '../package-root.ts'

/** Where documents are. */
const folders = [
  '',
  'docs',
  'examples',
  'bench',
  'conformance/cpython',
  'conformance/vm',
  'packages/berkeley-cli',
]
const documents = folders.flatMap((folder) =>
  readdirSync(join(repositoryRoot, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name)),
)

/** Within the package, so that its name and Node's types are found, and where git looks at nothing. */
const folder = join(packageRoot, 'build', 'documented')
const compiled = join(folder, 'compiled')

interface Piece {
  /** The document and the line where it begins, as the name of a file. */
  readonly name: string
  readonly code: string
}

function piecesOf(document: string): Piece[] {
  const text = readFileSync(join(repositoryRoot, document), 'utf8')
  const pattern = /(?:^<!-- given\n([\s\S]*?)^-->\n+)?^```ts\n([\s\S]*?)^```$/gm
  return [...text.matchAll(pattern)].map((match) => {
    const line = text.slice(0, match.index).split('\n').length
    return {
      name: `${document.replace(/\W/g, '-')}-${line}`,
      code: `${match[1] ?? ''}${match[2]!}\nexport {}\n`,
    }
  })
}

const pieces = documents.flatMap(piecesOf)

test('the code of every document compiles', () => {
  assert.ok(pieces.length >= 18 && documents.length >= 18)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const { name, code } of pieces) writeFileSync(join(folder, `${name}.ts`), code)
  const compilerOptions = {
    outDir: compiled,
    rootDir: '.',
    composite: false,
    declaration: false,
    declarationMap: false,
    noUnusedLocals: false,
    noUnusedParameters: false,
  }
  const config = { extends: join(repositoryRoot, 'tsconfig.base.json'), compilerOptions, include: ['*.ts'] }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
  const compiler = join(repositoryRoot, 'node_modules/typescript/bin/tsc')
  const { stdout, status } = spawnSync(process.execPath, [compiler, '-p', folder], { encoding: 'utf8' })
  assert.equal(status, 0, `\n${stdout}`)
})

test('the first examples of the README print what they say', () => {
  const printed = pieces
    .filter(({ name }) => name.startsWith('README'))
    .slice(0, 2)
    .map(({ name }) => {
      const { stdout, stderr, status } = spawnSync(process.execPath, [join(compiled, `${name}.js`)], {
        encoding: 'utf8',
        timeout: 60_000,
      })
      assert.equal(status, 0, stderr)
      return stdout
    })
  assert.equal(printed[0], 'hello 127.0.0.1\n\n')
  assert.match(printed[1]!, /^to myself \[ '127\.0\.0\.1', \d+ \]\n$/)
})

test('every link of a document leads somewhere', () => {
  for (const document of documents) {
    const text = readFileSync(join(repositoryRoot, document), 'utf8')
    const links = text.matchAll(/\]\((?!https?:)([^)#\s]+)[^)]*\)|^\[[\w-]+\]: (?!https?:)(\S+)/gm)
    for (const [, inline, reference] of links) {
      const target = (inline ?? reference)!
      assert.ok(existsSync(join(repositoryRoot, dirname(document), target)), `${document}: ${target}`)
    }
  }
})
