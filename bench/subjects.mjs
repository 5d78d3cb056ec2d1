// The subjects: who is measured. A subject that serves has one file per protocol, subjects/<protocol>/<file>.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compile } from './lib/compile.mjs'
import { peer, withoutPeer } from './lib/peers.mjs'

const folder = fileURLToPath(new URL('subjects', import.meta.url))
const settle = (runtime) => fileURLToPath(new URL(`lib/settle-${runtime}.mjs`, import.meta.url))

// How a file becomes a command, and how it becomes one that collects its garbage when told to (lib/settle-….mjs).
const c = { command: (file) => [compile(file)] }
const nodeAt = (program) => ({
  command: (file) => [program(), file],
  settling: (file) => [program(), '--expose-gc', '--import', settle('node'), file],
})
const node = nodeAt(() => process.execPath)
const newestNode = { ...nodeAt(() => peer('newest-node')), missing: () => withoutPeer('newest-node') }
const python = { command: (file) => ['python3', file], missing: () => absent('python3') }
const berkeley = { ...node, missing: unbuilt }
const bun = {
  command: (file) => [peer('bun'), file],
  settling: (file) => [peer('bun'), '--preload', settle('bun'), file],
  missing: () => withoutPeer('bun'),
}
const denoRun = ['run', '--quiet', '--no-config', '--no-lock', '--allow-all', '--unstable-net']
const deno = {
  command: (file) => [peer('deno'), ...denoRun, file],
  settling: (file) => [peer('deno'), ...denoRun, '--v8-flags=--expose-gc', '--preload', settle('deno'), file],
  missing: () => withoutPeer('deno'),
}

const subjects = {
  c: { file: 'c.c', ...c },
  'c-recvmmsg': { file: 'c.c', ...c, args: ['recvmmsg'] },
  'c-recvfrom': { file: 'c.c', ...c, args: ['recvfrom'] },
  'c-sendto': { file: 'c.c', ...c, args: ['sendto'] },
  'c-sendmmsg': { file: 'c.c', ...c, args: ['sendmmsg'] },
  'c-gso': { file: 'c.c', ...c, args: ['gso'] },
  berkeley: { file: 'berkeley.mjs', ...berkeley },
  'berkeley-into': { file: 'berkeley-into.mjs', ...berkeley },
  'berkeley-pending': { file: 'berkeley-pending.mjs', ...berkeley },
  'berkeley-batch': { file: 'berkeley-batch.mjs', ...berkeley },
  'berkeley-recvfrom': { file: 'berkeley-recvfrom.mjs', ...berkeley },
  'berkeley-mmsg': { file: 'berkeley-mmsg.mjs', ...berkeley },
  'berkeley-gso': { file: 'berkeley-gso.mjs', ...berkeley },
  'berkeley-blocking': { file: 'berkeley-blocking.mjs', ...berkeley },
  pending: { file: 'pending.mjs', ...berkeley },
  'pending-aborted': { file: 'pending-aborted.mjs', ...berkeley },
  timeouts: { file: 'timeouts.mjs', ...berkeley },
  'node-net': { file: 'node-net.mjs', ...node },
  'node-dgram': { file: 'node-dgram.mjs', ...node },
  'newest-node-net': { file: 'node-net.mjs', ...newestNode },
  'newest-node-dgram': { file: 'node-dgram.mjs', ...newestNode },
  bun: { file: 'bun.mjs', ...bun },
  'bun-many': { file: 'bun-many.mjs', ...bun },
  deno: { file: 'deno.mjs', ...deno },
  python: { file: 'python.py', ...python },
  'python-asyncio': { file: 'python-asyncio.py', ...python },
  TCPServer: { file: 'berkeley.mjs', ...berkeley, args: ['TCPServer'] },
  AsyncTCPServer: { file: 'berkeley.mjs', ...berkeley, args: ['AsyncTCPServer'] },
  ThreadingTCPServer: { file: 'berkeley.mjs', ...berkeley, args: ['ThreadingTCPServer'] },
  ForkingTCPServer: { file: 'berkeley.mjs', ...berkeley, args: ['ForkingTCPServer'] },
  'reuse-port': { file: 'berkeley.mjs', ...berkeley, args: ['ThreadingTCPServer', 'reusePort=true'] },
  'one-thread': { file: 'berkeley.mjs', ...berkeley, args: ['ThreadingTCPServer', 'maxThreads=1'] },
  'two-threads': { file: 'berkeley.mjs', ...berkeley, args: ['ThreadingTCPServer', 'maxThreads=2'] },
  'two-processes': { file: 'berkeley.mjs', ...berkeley, args: ['ForkingTCPServer', 'maxChildren=2'] },
  'node-cluster': { file: 'node-cluster.mjs', ...node },
  'python-threading': { file: 'python-threading.py', ...python },
  'node-unix-socket': {
    file: 'node-unix-socket.mjs',
    ...node,
    missing: () => withoutPeer('node-unix-socket'),
  },
}

// { command, settles }: what to run for this protocol.
export function server(protocol, name, { settling = false, args = [] } = {}) {
  const subject = subjects[name]
  const file = join(folder, protocol, subject.file)
  const settles = settling && subject.settling !== undefined
  const command = settles ? subject.settling(file) : subject.command(file)
  return { command: [...command, ...(subject.args ?? []), ...args], settles }
}

// Why the subject cannot be measured here, or undefined.
export function missing(name) {
  return subjects[name].missing?.()
}

export function unbuilt() {
  if (!existsSync(new URL('../packages/berkeley/dist/bundle/index.js', import.meta.url))) {
    return 'not built: npm run build'
  }
}

function absent(program) {
  if (spawnSync(program, ['--version']).status !== 0) return `no ${program} here`
}
