// The command `lookup` as a process, beside getent(1) and python3, which ask the same resolver.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import { runBerkeley } from './run-berkeley.ts'

async function linesOf(...commandLine: string[]): Promise<Record<string, unknown>[]> {
  const { status, results, remarks } = await runBerkeley('lookup', ...commandLine, '--json')
  assert.equal(status, 0, remarks)
  return results
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
}

function python(program: string): unknown {
  return JSON.parse(execFileSync('python3', ['-c', `import json, socket\n${program}`], { encoding: 'utf8' }))
}

test('a host: all that getaddrinfo tells python3', async () => {
  const theirs = python(`
rows = socket.getaddrinfo('localhost', 'http', flags=socket.AI_CANONNAME)
print(json.dumps([[r[0].name, r[1].name, r[2], r[4][0], r[4][1]] for r in rows] + [rows[0][3]]))
`) as unknown[]
  const [ours] = await linesOf('localhost:http')
  const protocols: Record<string, number> = { IPPROTO_TCP: 6, IPPROTO_UDP: 17, IPPROTO_IP: 0 }
  const addresses = ours!.addresses as Record<string, unknown>[]
  const rows = addresses.map(({ family, type, protocol, address, port }) => {
    return [family, type, protocols[protocol as string], address, port]
  })
  assert.deepEqual([...rows, ours!.canonicalName], theirs)
  assert.equal(ours!.asked, 'localhost:http')
  assert.ok((ours!.milliseconds as number) >= 0)
})

test('an address, a service, a port and a protocol', async () => {
  const lines = await linesOf('127.0.0.1:22', '192.0.2.1', 'ssh/tcp', '53/udp', 'protocol:icmp')
  const [name] = python(`print(json.dumps(socket.getnameinfo(('127.0.0.1', 22), 0)))`) as [string]
  assert.deepEqual(
    lines.map(({ milliseconds, ...line }) => line),
    [
      { asked: '127.0.0.1:22', kind: 'address', name, service: 'ssh' },
      { asked: '192.0.2.1', kind: 'address', name: null, service: null },
      { asked: 'ssh/tcp', kind: 'service', name: 'ssh', port: 22, protocol: 'tcp' },
      { asked: '53/udp', kind: 'service', name: 'domain', port: 53, protocol: 'udp' },
      { asked: 'protocol:icmp', kind: 'protocol', name: 'icmp', number: 1 },
    ],
  )
})

test('--family, --type and --flags', async () => {
  const [line] = await linesOf('localhost', '--family', 'inet', '--type', 'dgram')
  assert.deepEqual(line!.addresses, [
    { family: 'AF_INET', type: 'SOCK_DGRAM', protocol: 'IPPROTO_UDP', address: '127.0.0.1', port: 0 },
  ])
  const mapped = await linesOf(
    'localhost',
    '--family',
    'inet6',
    '--type',
    'stream',
    '--flags',
    'v4mapped,all',
  )
  const hosts = (mapped[0]!.addresses as { address: string }[]).map(({ address }) => address)
  assert.ok(hosts.includes('::ffff:127.0.0.1'), String(hosts))
  const [numeric] = await linesOf('127.0.0.1', '--flags', 'NI_NUMERICHOST')
  assert.equal(numeric!.asked, '127.0.0.1')
  const { status, remarks } = await runBerkeley('lookup', 'localhost', '--flags', 'numerichost', '--verbose')
  assert.equal(status, 1)
  assert.match(remarks, /^Flags: AI_CANONNAME \| AI_NUMERICHOST \| NI_NUMERICHOST$/m)
  assert.match(remarks, /^localhost: \d+\.\d ms$/m)
})

test('the tables, and what was not found', async () => {
  const { status, results, remarks } = await runBerkeley('lookup', 'localhost', 'nosuch.invalid', 'ssh/tcp')
  assert.equal(status, 1)
  assert.match(
    results,
    /^host +family +type +protocol +address +port {2}canonical name\nlocalhost +inet6? +stream +tcp +/,
  )
  assert.match(results, /\n\nservice {2}port {2}protocol\nssh +22 {2}tcp\n$/)
  assert.match(remarks, /^nosuch\.invalid: .+\nerror: 1 of 3 not found\n$/)
  const failed = await runBerkeley('lookup', 'nosuch/tcp', '--json')
  assert.equal(failed.status, 1)
  assert.equal(JSON.parse(failed.results).asked, 'nosuch/tcp')
  assert.equal(typeof JSON.parse(failed.results).error.message, 'string')
})

test('what cannot be', async () => {
  const rows: [commandLine: string[], remark: RegExp][] = [
    [[], /missing required argument/],
    [['a b'], /'a b' is neither a host, an address/],
    [['127.0.0.1:http'], /the port of an address is a number/],
    [['x', '--flags', 'nosuch'], /flag 'nosuch' is none of .*canonname/],
    [['x', '--family', 'x'], /family 'x' is not known/],
  ]
  for (const [commandLine, remark] of rows) {
    const { status, results, remarks } = await runBerkeley('lookup', ...commandLine)
    assert.deepEqual([status, results], [2, ''], commandLine.join(' '))
    assert.match(remarks, remark)
  }
})
