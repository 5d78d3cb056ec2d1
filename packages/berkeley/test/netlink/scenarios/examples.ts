// The programs of examples/netlink beside those they are like.
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setImmediate as turn } from 'node:timers/promises'
import { createConnection, createServer } from 'berkeley/blocking'
import { repositoryRoot } from '../../package-root.ts'
import { ip, type Scenario, somebodyListens } from '../namespace.ts'

const example = (name: string): string => join(repositoryRoot, 'examples/netlink', name)
const run = (name: string, ...args: string[]): string =>
  execFileSync(process.execPath, [example(name), ...args], { encoding: 'utf8', cwd: repositoryRoot })

export const addresses: Scenario = async () => {
  ip('link', 'add', 'left7', 'mtu', '1400', 'type', 'veth', 'peer', 'name', 'right7')
  ip('link', 'set', 'left7', 'up')
  ip('address', 'add', '10.0.0.1/24', 'dev', 'left7')
  ip('address', 'add', '10.1.0.1', 'peer', '10.1.0.2/30', 'dev', 'left7')
  // What ip shows beyond ours is left out: details of the link and of addresses.
  const theirs = ip('address')
    .split('\n')
    .flatMap((line) => {
      const [, head, flags, mtu, state] =
        /^(\d+: [^@:]+)(?:@\S+)?: <(\S+)> mtu (\d+) .* state (\S+)/.exec(line) ?? []
      const [, hardware] = /^ {4}link\/\w+ (\S+)/.exec(line) ?? []
      const [, address] = /^ {4}(inet6? .*?) (?:brd|scope)/.exec(line) ?? []
      if (head !== undefined) {
        const names = flags!.split(',').filter((name) => name !== 'NO-CARRIER' && name !== 'M-DOWN')
        return [`${head}: <${names.join(',')}> mtu ${mtu} state ${state}`]
      }
      return hardware !== undefined
        ? [`    link ${hardware}`]
        : address !== undefined
          ? [`    ${address}`]
          : []
    })
  const ours = run('addresses.mjs')
  assert.deepEqual(ours.trimEnd().split('\n'), theirs)
  assert.ok(ours.includes(run('addresses.mjs', 'left7')))
}

export const sockets: Scenario = async () => {
  using server = createServer(['127.0.0.1', 0])
  using client = createConnection(server.getsockname() as [string, number])
  using accepted = server.accept()[0]
  client.sendall('hello')
  const columns = (text: string): string[] =>
    text
      .trim()
      .split('\n')
      .map((line) => line.trim().split(/\s+/).slice(0, 5).join(' '))
      .sort()
  const ours = run('sockets.mjs')
  assert.deepEqual(columns(ours), columns(execFileSync('ss', ['-H', '-t', '-a', '-n'], { encoding: 'utf8' })))
  assert.equal(ours.match(/rtt [\d.]+ ms, \w+/g)?.length, 2)
  assert.ok(accepted.fileno() >= 0)
}

export const watch: Scenario = async () => {
  const child = spawn(process.execPath, [example('watch.mjs')], {
    cwd: repositoryRoot,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  while (!somebodyListens()) await turn()
  ip('link', 'add', 'left7', 'type', 'veth', 'peer', 'name', 'right7')
  ip('link', 'set', 'left7', 'mtu', '1400')
  ip('address', 'add', '10.0.0.1/24', 'dev', 'left7')
  ip('link', 'delete', 'left7')
  const expected = ['new left7: down, mtu 1400', 'new left7: 10.0.0.1/24', 'del left7: down, mtu 1400']
  while (expected.length > 0) {
    const { value, done } = await lines.next()
    assert.ok(!done, `no ${expected}`)
    if (value === expected[0]) expected.shift()
  }
  child.kill('SIGINT')
  assert.deepEqual(await once(child, 'close'), [0, null])
}
