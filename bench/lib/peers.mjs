// Peers that come from npm: the newest Node, Bun, Deno, and an addon for Node. Each is fetched when a row first asks for it, into
// bench/peers (git ignores it), and stays there; a peer that cannot be had is skipped with its reason. Remove the folder
// to have newer ones. The programs come as the packages that npm's `node`, `bun` and `deno` would install: those are
// just the binary, and need no script.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { arch } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('../peers', import.meta.url))
const architecture = { x64: { bun: 'x64' }, arm64: { bun: 'aarch64' } }[arch()]

const peers = {
  'newest-node': { package: `node-linux-${arch()}`, version: '26', file: 'bin/node' },
  bun: { package: `@oven/bun-linux-${architecture?.bun}`, version: '1', file: 'bin/bun' },
  deno: { package: `@deno/linux-${arch()}-glibc`, version: '2', file: 'deno' },
  'node-unix-socket': { package: 'node-unix-socket', version: '0.2', file: 'js/index.js' },
}

const pathOf = (name, file) => join(folder, name, 'node_modules', peers[name].package, file)
const reasons = new Map()

// Where the peer's program or module is; there must be no reason against it.
export const peer = (name) => pathOf(name, peers[name].file)

// Why the peer cannot be had, or undefined. The first question fetches it.
export function withoutPeer(name) {
  if (!reasons.has(name)) reasons.set(name, isThere(name) ? undefined : fetchPeer(name))
  return reasons.get(name)
}

// [name, version] of those that are there.
export function peersThere() {
  return Object.keys(peers)
    .filter(isThere)
    .map((name) => [name, JSON.parse(readFileSync(pathOf(name, 'package.json'), 'utf8')).version])
}

function isThere(name) {
  return existsSync(pathOf(name, peers[name].file))
}

function fetchPeer(name) {
  if (architecture === undefined) return `${name} is not fetched for ${arch()}`
  const { package: id, version } = peers[name]
  const what = `${id}@${version}`
  console.error(`fetching ${what} …`)
  const options = [
    '--no-save',
    '--no-audit',
    '--no-fund',
    '--ignore-scripts',
    '--loglevel=error',
    '--fetch-retries=0',
  ]
  const { error, stderr } = spawnSync('npm', ['install', '--prefix', join(folder, name), ...options, what], {
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: 180_000,
  })
  if (isThere(name)) return undefined
  const told = /^npm error (?!code)(.*)$/m.exec(stderr ?? '')?.[1] ?? 'nothing was said'
  return `npm could not install ${what}: ${error?.message ?? told}`
}
