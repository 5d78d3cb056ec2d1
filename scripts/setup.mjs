// All the set-up a fresh clone needs, each step only if something changed: npm packages, the addon, TypeScript, the bundle, the page.
// Rule: nothing but what Node itself brings, since it runs before anything is installed.
import { spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildAddon } from '../packages/berkeley/scripts/build-addon.mjs'
import { bundlePackage } from '../packages/berkeley/scripts/bundle.mjs'
import { bundlePage } from '../packages/berkeley-cli/scripts/bundle-page.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')

function run(title, command, args) {
  process.stderr.write(`${title} …\n`)
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2] })
  if (error) throw error
  if (status !== 0) process.exit(status ?? 1)
}

function newer(file, than) {
  return !existsSync(than) || statSync(file).mtimeMs > statSync(than).mtimeMs
}

if (newer(join(root, 'package-lock.json'), join(root, 'node_modules/.package-lock.json'))) {
  // Not `npm ci`, which wants the packages of all platforms in the lock file, also those that a registry does not have.
  run('Installing npm packages', 'npm', ['install', '--no-save', '--no-audit', '--no-fund'])
}
buildAddon({ strict: process.argv.includes('--strict') })
run('Compiling TypeScript', process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '--build'])
await bundlePackage()
await bundlePage()
