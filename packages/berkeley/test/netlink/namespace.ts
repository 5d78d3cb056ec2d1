// A network namespace of its own for a test: nothing that it does to links and addresses is seen outside.
//
// `inNamespace` starts run-scenario.ts within one, which calls a function of a module of scenarios. Needs
// root, or user namespaces.
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { isDeepStrictEqual } from 'node:util'
import { LONG } from '../child.ts'
import { NAMESPACES, without } from '../programs.ts'
import type { FormName, Netlink } from './forms.ts'

/** Why there are no namespaces here; `false` if there are. */
export const skip = without({ ...NAMESPACES, ss: 'iproute2' })

export type Scenario = (netlink: Netlink, form: FormName) => Promise<void>

/** Runs the scenario `name` of the module `scenarios` in a namespace, with the loopback interface up. */
export async function inNamespace(scenarios: URL, name: string, form: FormName): Promise<void> {
  const asRoot = process.getuid?.() === 0 ? [] : ['--map-root-user']
  const run = [
    process.execPath,
    '--enable-source-maps',
    fileURLToPath(new URL('./run-scenario.js', import.meta.url)),
  ]
  const child = spawn('unshare', ['--net', ...asRoot, ...run, scenarios.href, name, form], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: LONG,
    killSignal: 'SIGKILL',
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  }
  const [status] = await once(child, 'close')
  assert.equal(status, 0, output)
}

/** Runs ip(8), and gives what it says. */
export function ip(...args: string[]): string {
  return execFileSync('ip', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}

/** What ip(8) shows, as objects. */
export function ipJson<Row>(...args: string[]): Row[] {
  const text = ip('-json', '-details', '-N', ...args)
  return text.trim() === '' ? [] : JSON.parse(text)
}

/** Whether somebody in this namespace has joined groups of NETLINK_ROUTE. */
export function somebodyListens(): boolean {
  const rows = readFileSync('/proc/net/netlink', 'utf8').trim().split('\n').slice(1)
  return rows.some((row) => {
    const [, protocol, , groups] = row.trim().split(/\s+/)
    return protocol === '0' && groups !== '00000000'
  })
}

/**
 * What ip(8) shows and what we are told of the same state. Interfaces that have just come up get addresses and routes of
 * their own after a while, so both are asked until nothing changed in between.
 */
export async function bothOf<Theirs, Ours>(
  theirs: () => Theirs,
  ours: () => Promise<Ours> | Ours,
): Promise<[theirs: Theirs, ours: Ours]> {
  for (;;) {
    const before = theirs()
    const told = await ours()
    if (isDeepStrictEqual(before, theirs())) return [before, told]
  }
}
