// How long reading a file takes while slow names are looked up, in a fresh process: wall clock. In a world of its own
// (namespaces for mounts and network) there is a name server that takes a twentieth of a second for each question.
// Needs root, or user namespaces.
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { temporaryFolder } from '../lib/folder.mjs'
import { peer, withoutPeer } from '../lib/peers.mjs'
import { unbuilt } from '../subjects.mjs'

const path = (name) => fileURLToPath(new URL(`../subjects/lookups/${name}`, import.meta.url))
const deno = ['run', '--quiet', '--no-config', '--no-lock', '--allow-all']

const subjects = {
  'no-lookups': { command: () => [process.execPath, path('no-lookups.mjs')] },
  'node-dns': { command: () => [process.execPath, path('node-dns.mjs')] },
  'newest-node-dns': { peer: 'newest-node', command: () => [peer('newest-node'), path('node-dns.mjs')] },
  bun: { peer: 'bun', command: () => [peer('bun'), path('bun.mjs')] },
  deno: { peer: 'deno', command: () => [peer('deno'), ...deno, path('deno.mjs')] },
  berkeley: { command: () => [process.execPath, path('berkeley.mjs')], missing: unbuilt },
}

const inUser = process.getuid() === 0 ? [] : ['--map-root-user']
const furnish =
  'ip link set lo up && mount --bind "$1/resolv.conf" /etc/resolv.conf && ' +
  'mount --bind "$1/nsswitch.conf" /etc/nsswitch.conf && shift && exec "$@"'

function without() {
  const { status, error, stderr } = spawnSync('unshare', ['--mount', '--net', ...inUser, 'ip', 'link'])
  return status === 0 ? undefined : `no namespaces here: ${error?.message ?? stderr}`
}

// A process that is the name server of a world, and keeps it.
function startWorld(start) {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'resolv.conf'), 'nameserver 127.0.0.1\n')
  writeFileSync(join(folder, 'nsswitch.conf'), 'hosts: files dns\n')
  writeFileSync(join(folder, 'file'), Buffer.alloc(4096, 'x'))
  const server = [process.execPath, path('name-server.mjs')]
  const unshare = ['unshare', '--mount', '--net', ...inUser, 'sh', '-c', furnish, 'sh', folder, ...server]
  return { world: start('load', unshare), file: join(folder, 'file') }
}

export const lookups = {
  unit: 'ms/read',
  columns: { 'worst ms': 2, 'all names s': 2 },
  missing: (name) => {
    const { peer: needed, missing } = subjects[name]
    return without() ?? (needed ? withoutPeer(needed) : undefined) ?? missing?.()
  },
  async open(start, name, { count }) {
    const { world, file } = startWorld(start)
    await world.line('READY')
    const spaces = ['--target', String(world.pid), '--mount', '--net']
    const user = inUser.length > 0 ? ['--user', '--preserve-credentials'] : []
    return async () => {
      const command = [...subjects[name].command(), file, String(count)]
      const subject = start('subject', ['nsenter', ...spaces, ...user, ...command])
      const { median, worst, seconds } = JSON.parse(await subject.line(''))
      return { cost: median, 'worst ms': worst, 'all names s': seconds }
    }
  },
}
