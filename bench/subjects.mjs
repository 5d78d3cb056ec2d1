// The subjects: who is measured. A subject that serves has one file per protocol, subjects/<protocol>/<file>.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compile } from './lib/compile.mjs'

const folder = fileURLToPath(new URL('subjects', import.meta.url))
const settle = new URL('lib/settle.mjs', import.meta.url).href

// How a file becomes a command, and how it becomes one that collects its garbage when told to (see settle.mjs).
const c = { command: (file) => [compile(file)] }
const node = {
  command: (file) => [process.execPath, file],
  settling: (file) => [process.execPath, '--expose-gc', '--import', settle, file],
}
const python = { command: (file) => ['python3', file], missing: () => absent('python3') }
const berkeley = { ...node, missing: unbuilt }

const subjects = {
  c: { file: 'c.c', ...c },
  'node-net': { file: 'node-net.mjs', ...node },
  berkeley: { file: 'berkeley.mjs', ...berkeley },
  'berkeley-into': { file: 'berkeley-into.mjs', ...berkeley },
  'berkeley-pending': { file: 'berkeley-pending.mjs', ...berkeley },
  'python-asyncio': { file: 'python-asyncio.py', ...python },
  python: { file: 'python.py', ...python },
  'node-dgram': { file: 'node-dgram.mjs', ...node },
  'c-recvmmsg': { file: 'c.c', ...c, args: ['recvmmsg'] },
  'c-recvfrom': { file: 'c.c', ...c, args: ['recvfrom'] },
  'c-sendto': { file: 'c.c', ...c, args: ['sendto'] },
  'c-sendmmsg': { file: 'c.c', ...c, args: ['sendmmsg'] },
  'c-gso': { file: 'c.c', ...c, args: ['gso'] },
  'berkeley-batch': { file: 'berkeley-batch.mjs', ...berkeley },
  'berkeley-recvfrom': { file: 'berkeley-recvfrom.mjs', ...berkeley },
  'berkeley-mmsg': { file: 'berkeley-mmsg.mjs', ...berkeley },
  'berkeley-gso': { file: 'berkeley-gso.mjs', ...berkeley },
}

// { command, settles }: what to run for this protocol.
export function server(protocol, name, { settling = false } = {}) {
  const subject = subjects[name]
  const file = join(folder, protocol, subject.file)
  const settles = settling && subject.settling !== undefined
  const command = settles ? subject.settling(file) : subject.command(file)
  return { command: [...command, ...(subject.args ?? [])], settles }
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
