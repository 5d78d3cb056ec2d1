// Bundles what tsc made: the modules that the package exports, with what they share in chunks. Node takes longer to find
// and link forty small modules than to run them; the package is imported several times faster so.
// `node --conditions=berkeley-unbundled` uses the single modules instead, as the tests do.
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
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
  'socketserver-worker',
]
const entries = names.map((name) => `${name}.js`)

function isFresh() {
  if (!entries.every((name) => existsSync(join(bundle, name)))) return false
  const made = statSync(join(bundle, entries[0])).mtimeMs
  return readdirSync(dist, { recursive: true })
    .filter((name) => name.endsWith('.js') && !name.startsWith('bundle'))
    .every((name) => statSync(join(dist, name)).mtimeMs <= made)
}

// The 1,800 constants: where they are used the bundler puts their values (minifySyntax), and each entry that exports them
// gets them once more, in one declaration. In a chunk between the entries they would have to be named twice over.
const numbers = ['./sys/constants.js', './sys/netlink-constants.js', './sys/errno.js']

const leaveNumbers = {
  name: 'leave-numbers',
  setup(build) {
    build.onResolve({ filter: /sys\/(constants|netlink-constants|errno)\.js$/ }, ({ path, importer }) => {
      const exportsAll = readFileSync(importer, 'utf8').includes(`export * from '${path}'`)
      return exportsAll ? { path, external: true } : undefined
    })
  },
}

// The bundler keeps the comments inside classes, which are for the declarations. Lines stay, for the source maps.
const leaveComments = {
  name: 'leave-comments',
  setup(build) {
    build.onLoad({ filter: /\.js$/, namespace: 'file' }, ({ path }) => {
      const source = readFileSync(path, 'utf8')
      return { contents: source.replace(/^ *\/\*\*.*?\*\/$/gms, (comment) => comment.replace(/.+/g, '')) }
    })
  },
}

// At the end of the entry, so that the lines of its source map stay where they are.
function declareNumbers(entry) {
  let source = readFileSync(entry, 'utf8')
  for (const path of numbers) {
    const [before, after] = source.split(`export * from "${path}";`)
    if (after !== undefined) source = before + after + declaration(readFileSync(join(dist, path), 'utf8'))
  }
  writeFileSync(entry, source)
}

function declaration(source) {
  const each = [...source.matchAll(/^export const (\w+ = [^;]+);$/gm)].map(([, constant]) => constant)
  return `export const ${each.join(',\n  ')};\n`
}

export async function bundlePackage() {
  if (isFresh()) return
  const { build } = await import('esbuild')
  const partial = `${bundle}.${process.pid}`
  await build({
    entryPoints: entries.map((name) => join(dist, name)),
    outdir: partial,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    legalComments: 'none',
    sourcemap: true,
    chunkNames: 'shared-[hash]',
    minifySyntax: true,
    plugins: [leaveNumbers, leaveComments],
    logLevel: 'warning',
  })
  for (const name of entries) declareNumbers(join(partial, name))
  // Renamed, so that nobody who imports the package in the meantime finds half of it.
  rmSync(bundle, { recursive: true, force: true })
  renameSync(partial, bundle)
}
