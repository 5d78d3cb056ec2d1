// Bundles what tsc made: the modules that the package exports, with what they share in chunks. Node takes longer to find
// and link forty small modules than to run them; the package is imported several times faster so.
// `node --conditions=berkeley-unbundled` uses the single modules instead, as the tests do.
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const dist = join(dirname(fileURLToPath(import.meta.url)), '..', 'dist')
const bundle = join(dist, 'bundle')
const names = [
  'index',
  'blocking',
  'options',
  'select',
  'selectors',
  'blocking-select',
  'blocking-selectors',
  'netlink',
  'blocking-netlink',
  'socketserver',
  'families',
  'stream',
  'rings',
  'blocking-rings',
  'socketserver-worker',
]
const entries = names.map((name) => `${name}.js`)

function isFresh() {
  if (!entries.every((name) => existsSync(join(bundle, name)))) return false
  const made = statSync(join(bundle, entries[0])).mtimeMs
  const sources = readdirSync(dist, { recursive: true })
    .filter((name) => name.endsWith('.js') && !name.startsWith('bundle'))
    .map((name) => join(dist, name))
  return [fileURLToPath(import.meta.url), ...sources].every((file) => statSync(file).mtimeMs <= made)
}

// The constants, more than a thousand: where they are used the bundler puts their values (inlineConst), and each entry that exports them
// gets them once more, in one declaration. In a chunk between the entries they would have to be named twice over.
const numbers = [
  './sys/constants.js',
  './sys/netlink-constants.js',
  './sys/families-constants.js',
  './sys/bpf-constants.js',
  './sys/errno.js',
]

const leaveNumbers = {
  name: 'leave-numbers',
  resolveId(path, importer) {
    if (!numbers.some((file) => path.endsWith(file.slice(1)))) return null
    const exportsAll = readFileSync(importer, 'utf8').includes(`export * from '${path}'`)
    return exportsAll ? { id: path, external: true } : null
  },
}

// A source with one character beyond ASCII is decoded by a slow path, and kept and scanned at two bytes per character: a twentieth
// of the import's work. All of them stand in texts, where they can be written so; comments are gone.
function toAscii(file) {
  const escaped = (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  writeFileSync(file, readFileSync(file, 'utf8').replace(/[\u0080-\uffff]/g, escaped))
}

// At the end of the entry, so that the lines of its source map stay where they are.
function declareNumbers(entry) {
  let source = readFileSync(entry, 'utf8')
  for (const path of numbers) {
    const [before, after] = source.split(`export * from "${path}"`)
    if (after !== undefined) source = before + after + declaration(readFileSync(join(dist, path), 'utf8'))
  }
  // Left in, it would be noticed only where the package is imported.
  if (source.includes('"./sys/')) throw new Error(`${entry} still imports from sys`)
  writeFileSync(entry, source)
}

function declaration(source) {
  const each = [...source.matchAll(/^export const (\w+ = [^;]+);$/gm)].map(([, constant]) => constant)
  return `\nexport const ${each.join(',\n  ')};\n`
}

/** All that `berkeley` and `berkeley/blocking` need, which is one chunk: Node takes half a millisecond for each. */
function modulesOfBothForms() {
  const found = new Set()
  const visit = (file) => {
    if (found.has(file)) return
    found.add(file)
    const imports = readFileSync(file, 'utf8').matchAll(/ from '(\.[^']+)'/g)
    for (const [, path] of imports) visit(resolve(dirname(file), path))
  }
  for (const form of ['index.js', 'blocking.js']) visit(join(dist, form))
  for (const entry of entries) found.delete(join(dist, entry))
  return found
}

export async function bundlePackage() {
  if (isFresh()) return
  const { build } = await import('rolldown')
  const partial = `${bundle}.${process.pid}`
  const both = modulesOfBothForms()
  await build({
    cwd: dist,
    input: Object.fromEntries(names.map((name) => [name, join(dist, `${name}.js`)])),
    platform: 'node',
    optimization: { inlineConst: { mode: 'all', pass: 3 } },
    plugins: [leaveNumbers],
    logLevel: 'warn',
    output: {
      dir: partial,
      format: 'es',
      sourcemap: true,
      comments: false,
      // Less to scan and to keep: a tenth of the import. Lines stay, for stack traces and for the line that Node shows of what
      // was thrown, and functions keep their names.
      minify: {
        compress: { keepNames: { function: true, class: true }, sequences: false, target: 'es2022' },
        mangle: { keepNames: true },
        codegen: { removeWhitespace: false },
      },
      chunkFileNames: 'shared-[hash].js',
      codeSplitting: { groups: [{ name: 'berkeley', test: (file) => both.has(file) }] },
    },
  })
  for (const name of entries) declareNumbers(join(partial, name))
  for (const name of readdirSync(partial)) if (name.endsWith('.js')) toAscii(join(partial, name))
  // Renamed, so that nobody who imports the package in the meantime finds half of it.
  rmSync(bundle, { recursive: true, force: true })
  renameSync(partial, bundle)
}
