// Bundles what tsc made: the modules that the package exports, with what they share in chunks. Node takes longer to find
// and link forty small modules than to run them; the package is imported several times faster so.
// `node --conditions=berkeley-unbundled` uses the single modules instead, as the tests do.
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const dist = join(dirname(fileURLToPath(import.meta.url)), '..', 'dist')
const bundle = join(dist, 'bundle')
const names = ['index', 'blocking', 'select', 'selectors', 'blocking-select', 'blocking-selectors']
const entries = names.map((name) => `${name}.js`)

function isFresh() {
  if (!entries.every((name) => existsSync(join(bundle, name)))) return false
  const made = statSync(join(bundle, entries[0])).mtimeMs
  return readdirSync(dist, { recursive: true })
    .filter((name) => name.endsWith('.js') && !name.startsWith('bundle'))
    .every((name) => statSync(join(dist, name)).mtimeMs <= made)
}

export async function bundlePackage() {
  if (isFresh()) return
  const { build } = await import('esbuild')
  rmSync(bundle, { recursive: true, force: true })
  await build({
    entryPoints: entries.map((name) => join(dist, name)),
    outdir: bundle,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    legalComments: 'none',
    sourcemap: true,
    chunkNames: 'shared-[hash]',
    // Left as they are, so that the entries say `export *`: naming the 1,800 constants in each would cost more than all
    // the rest.
    external: ['constants.js', 'errno.js'].map((name) => join(dist, 'sys', name)),
    logLevel: 'warning',
  })
}
