// Bundles what tsc made: the modules that the package exports, with what they share in chunks. Node takes longer to find
// and link forty small modules than to run them; the package is imported several times faster so.
// `node --conditions=berkeley-unbundled` uses the single modules instead, as the tests do.
import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
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
// has a copy of its own, for which the `?` stands. In a chunk between them they would have to be named once more, which
// takes longer than all the rest.
const ownConstants = {
  name: 'own-constants',
  setup(build) {
    build.onResolve(
      { filter: /sys\/(constants|netlink-constants|errno)\.js$/ },
      ({ path, resolveDir, importer }) => {
        const suffix = entries.includes(relative(dist, importer)) ? `?${relative(dist, importer)}` : ''
        return { path: join(resolveDir, path), suffix }
      },
    )
  },
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
    plugins: [ownConstants],
    logLevel: 'warning',
  })
  // Renamed, so that nobody who imports the package in the meantime finds half of it.
  rmSync(bundle, { recursive: true, force: true })
  renameSync(partial, bundle)
}
