// The command `options` as a process: beside python3, which asks the same kernel, and on a program that runs.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import * as berkeley from 'berkeley'
import { NUMBERS } from '#commands/options/read.js'
import { OPTIONS } from '#commands/options/table.js'
import { runBerkeley } from './run-berkeley.ts'

interface Line {
  readonly pid?: number
  readonly fd?: number
  readonly level: string
  readonly option: string
  readonly value?: unknown
  readonly refused?: string
}

async function linesOf(...commandLine: string[]): Promise<Line[]> {
  const { status, results, remarks } = await runBerkeley('options', ...commandLine, '--json')
  assert.equal(status, 0, remarks)
  return results
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line)
}

async function python(program: string): Promise<unknown> {
  const child = spawn('python3', ['-c', program], { stdio: ['ignore', 'pipe', 'inherit'] })
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  await once(child, 'close')
  return JSON.parse(Buffer.concat(chunks).toString())
}

/** A program of python3 that runs; `next` is the next line that it prints, after one was written to it. */
function start(program: string): { pid: number; next: () => Promise<string>; end: () => Promise<void> } {
  const child = spawn('python3', ['-c', program], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  const ended = once(child, 'close')
  return {
    pid: child.pid!,
    next: async () => (await lines.next()).value as string,
    async end() {
      child.kill()
      await ended
    },
  }
}

test('a fresh socket has what python3 says', async () => {
  const given = (await python(`
import json, socket, struct
s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
print(json.dumps({n: s.getsockopt(l, getattr(socket, n)) for l, ns in [
  (socket.SOL_SOCKET, ['SO_SNDBUF', 'SO_RCVBUF', 'SO_KEEPALIVE', 'SO_REUSEADDR', 'SO_PRIORITY']),
  (socket.SOL_IP, ['IP_TOS', 'IP_TTL', 'IP_MULTICAST_TTL']),
  (socket.SOL_TCP, ['TCP_NODELAY', 'TCP_MAXSEG', 'TCP_KEEPIDLE', 'TCP_KEEPCNT', 'TCP_NOTSENT_LOWAT']),
] for n in ns} | {'TCP_CONGESTION': s.getsockopt(socket.SOL_TCP, socket.TCP_CONGESTION, 16).rstrip(bytes(1)).decode()}))
`)) as Record<string, unknown>
  const lines = await linesOf('inet', 'stream')
  const values = Object.fromEntries(lines.map(({ option, value }) => [option, value]))
  for (const [name, value] of Object.entries(given)) assert.equal(values[name], value, name)
  assert.deepEqual(
    [values.SO_DOMAIN, values.SO_TYPE, values.SO_PROTOCOL, values.IP_MTU_DISCOVER],
    ['AF_INET', 'SOCK_STREAM', 'IPPROTO_TCP', 'IP_PMTUDISC_WANT'],
  )
  assert.deepEqual(values.SO_LINGER, { onoff: false, linger: 0 })
  assert.equal((values.TCP_INFO as { state: number }).state, berkeley.TCP_CLOSE)
  assert.ok(lines.length > 80, `${lines.length} options`)
  assert.ok(
    lines.every((line) => line.refused === undefined),
    'without --all nothing that was refused',
  )
})

test('families, types and protocols by their names; levels and names to choose from them', async () => {
  const mptcp = await linesOf(
    'AF_INET6',
    'sock_stream',
    'mptcp',
    '--name',
    'is_mptcp',
    '--name',
    'so_protocol',
  )
  assert.deepEqual(
    mptcp.map(({ level, option, value }) => [level, option, value]),
    [
      ['SOL_SOCKET', 'SO_PROTOCOL', 'IPPROTO_MPTCP'],
      ['SOL_TCP', 'TCP_IS_MPTCP', 1],
    ],
  )
  const netlink = await linesOf('netlink', 'raw', 'route', '--level', 'netlink')
  assert.ok(netlink.some(({ option, value }) => option === 'NETLINK_EXT_ACK' && value === 0))
  assert.ok(netlink.every(({ level }) => level === 'SOL_NETLINK'))
})

test('--all says why something is refused', async () => {
  const lines = await linesOf('inet', 'dgram', '--level', 'socket', '--level', 'tcp', '--all')
  const of = (name: string) => lines.find(({ option }) => option === name)
  assert.equal(of('TCP_NODELAY')?.refused, 'EOPNOTSUPP')
  assert.equal(of('SO_SNDBUFFORCE'), undefined)
  const { results } = await runBerkeley(
    'options',
    'inet',
    'dgram',
    '--level',
    'tcp',
    '--name',
    'nodelay',
    '--all',
  )
  assert.match(
    results,
    /^AF_INET SOCK_DGRAM IPPROTO_UDP\nSOL_TCP\n {2}TCP_NODELAY {2}EOPNOTSUPP: Operation not supported/,
  )
})

test('the table for people, without colours where there is no terminal', async () => {
  const { results } = await runBerkeley(
    'options',
    'unix',
    'dgram',
    '--name',
    'SO_LINGER',
    '--name',
    'SO_TYPE',
  )
  assert.equal(
    results,
    'AF_UNIX SOCK_DGRAM\nSOL_SOCKET\n  SO_TYPE    SOCK_DGRAM\n  SO_LINGER  { onoff: false, linger: 0 }\n',
  )
})

test('of a running process: what it has set; what it would miss is left to it', async (t) => {
  const program = start(`
import fcntl, os, socket, sys
tcp = socket.socket()
tcp.setsockopt(socket.SOL_TCP, socket.TCP_KEEPIDLE, 77)
closed = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
closed.bind(('127.0.0.1', 0))
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.connect(closed.getsockname())
closed.close()
udp.send(b'nobody hears this')
print(tcp.fileno(), udp.fileno(), flush=True)
sys.stdin.readline()
`)
  t.after(() => program.end())
  const [tcp, udp] = (await program.next()).split(' ').map(Number) as [number, number]
  const all = await linesOf('--pid', String(program.pid))
  // Its standard input and outputs may be sockets as well.
  assert.deepEqual(
    [...new Set(all.map(({ fd }) => fd))].filter((fd) => fd! > 2),
    [tcp, udp],
  )
  assert.ok(all.every(({ pid }) => pid === program.pid))
  const [idle] = await linesOf('--pid', String(program.pid), '--fd', String(tcp), '--name', 'TCP_KEEPIDLE')
  assert.deepEqual([idle?.fd, idle?.value], [tcp, 77])
  const error = ['--pid', String(program.pid), '--fd', String(udp), '--name', 'SO_ERROR']
  assert.equal((await linesOf(...error, '--all'))[0]?.refused, 'EBUSY')

  // It is still there: who opens the descriptor on its own, and asks, gets it.
  const { close } = berkeley
  const { fromProcess, getsockopt } = await import('berkeley/options')
  const copy = fromProcess(program.pid, udp)
  t.after(() => close(copy))
  assert.equal(getsockopt(copy, berkeley.SOL_SOCKET, berkeley.SO_ERROR), berkeley.ECONNREFUSED)
})

test('what cannot be', async () => {
  const rows: [commandLine: string[], status: number, remark: RegExp][] = [
    [[], 2, /name a family, as inet, or a process with --pid/],
    [['nowhere'], 2, /family 'nowhere' is none of .*inet/],
    [['inet', 'x'], 2, /type 'x' is none of .*stream/],
    [['inet', '--level', 'x'], 2, /level 'x' is none of SOL_SOCKET/],
    [['inet', '--fd', '3'], 2, /--pid/],
    [['inet', '--pid', '1'], 2, /not both/],
    [['inet', '--name', 'nosuch'], 1, /no such option/],
    [['--pid', '4194304'], 1, /there is no process 4194304/],
    [['--pid', String(process.pid), '--fd', '99999'], 1, /has no descriptor 99999/],
    [['--pid', String(process.pid), '--fd', '0'], 1, /is not a socket|no such option/],
  ]
  for (const [commandLine, status, remark] of rows) {
    const ended = await runBerkeley('options', ...commandLine)
    if (commandLine.includes('0') && ended.status === 0) continue // Standard input may well be a socket.
    assert.deepEqual([ended.status, ended.results], [status, ''], commandLine.join(' '))
    assert.match(ended.remarks, remark)
  }
})

test('lists of numbers are short', {
  skip: process.getuid?.() !== 0 && 'raw sockets need root',
}, async () => {
  const { results } = await runBerkeley('options', 'inet6', 'raw', 'icmpv6', '--level', 'icmpv6')
  assert.match(results, /^AF_INET6 SOCK_RAW IPPROTO_ICMPV6\nSOL_ICMPV6\n {2}ICMPV6_FILTER {2}\[0–255\]\n$/)
})

test('every name of the table is a constant', () => {
  for (const [level, options] of Object.entries(OPTIONS)) {
    for (const name of [level, ...Object.keys(options)]) assert.equal(typeof NUMBERS[name], 'number', name)
  }
})
