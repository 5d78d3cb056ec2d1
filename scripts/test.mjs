// Runs the tests of all packages with Node's own runner. Arguments are passed on to it; those that end in `.test.ts` name
// the tests to run instead of all: npm test -- packages/berkeley/test/sockets.test.ts
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const packages = readdirSync(join(root, 'packages')).map((name) => join(root, 'packages', name))

function testsOf(folder) {
  const built = join(folder, 'build', 'test')
  if (!existsSync(built)) return []
  return readdirSync(built, { recursive: true })
    .filter(
      (file) => file.endsWith('.test.js') && existsSync(join(folder, 'test', file.replace(/\.js$/, '.ts'))),
    )
    .map((file) => join(built, file))
}

function builtFrom(source) {
  return join(root, source).replace(/\/test\/(.*)\.ts$/, '/build/test/$1.js')
}

const given = process.argv.slice(2)
const named = given.filter((argument) => argument.endsWith('.test.ts')).map(builtFrom)
const options = given.filter((argument) => !argument.endsWith('.test.ts'))
const files = named.length > 0 ? named : packages.flatMap(testsOf)

// One that waits for ever must not have everybody wait for it. Counts for a whole file as well.
const longest = '--test-timeout=900000'

// The tests look inside, so what they import by the package's name must be the same modules, not the bundle.
const NODE_OPTIONS = `${process.env.NODE_OPTIONS ?? ''} --conditions=berkeley-unbundled`
const { status, error } = spawnSync(
  process.execPath,
  [
    ...['--expose-gc', '--enable-source-maps', '--test', longest, ...options],
    ...files.map((file) => relative(root, file)),
  ],
  { cwd: root, stdio: 'inherit', env: { ...process.env, NODE_OPTIONS } },
)
if (error) throw error
process.exit(status ?? 1)
