// The command `sockets` beside ss(8), in a network namespace in which nothing else happens.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseRawTable } from '#commands/sockets/raw-table.js'
import { isInRange, parseNetworkRange } from '#network-range.js'
import { lacking, type Network, openNetwork } from './network.ts'
import { runBerkeley } from './run-berkeley.ts'

const skip = lacking({ ss: 'iproute2' })

const PROGRAM = `
import socket, sys
kept = []
def keep(s): kept.append(s); return s
listener = keep(socket.create_server(('127.0.0.1', 7001), backlog=5))
client = keep(socket.create_connection(('127.0.0.1', 7001)))
client.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
server = keep(listener.accept()[0])
client.sendall(b'hello')
keep(socket.create_connection(('127.0.0.1', 7001)))  # waits to be accepted
both = keep(socket.create_server(('', 7002), family=socket.AF_INET6, dualstack_ipv6=True))
six = keep(socket.create_connection(('::1', 7002)))
udp = keep(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)); udp.bind(('127.0.0.1', 7003))
talking = keep(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)); talking.connect(('127.0.0.1', 7003)); talking.send(b'abc')
keep(socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP))
unix = keep(socket.socket(socket.AF_UNIX)); unix.bind('\\0berkeley-test-name'); unix.listen(3)
packet = keep(socket.socket(socket.AF_PACKET, socket.SOCK_RAW)); packet.bind(('lo', 3))
while server.recv(100, socket.MSG_PEEK) != b'hello': pass
print('ready')
sys.stdin.read()
`

interface Row {
  readonly netid: string
  readonly state: string
  readonly receiveQueue: number
  readonly sendQueue: number
  readonly local: string
  readonly peer: string
  readonly inode: number
  readonly owners: string
}

async function ss(network: Network, ...options: string[]): Promise<Row[]> {
  const text = await network.run('ss', '-H', '-O', '-n', '-e', '-p', ...options)
  return text
    .trimEnd()
    .split('\n')
    .filter((line) => line !== '')
    .map((line): Row => {
      const [netid = '', state = '', receive, send, local = '', peer = '', ...rest] = line.trim().split(/\s+/)
      const more = rest.join(' ')
      const owners = [...more.matchAll(/\("([^"]+)",pid=(\d+),fd=(\d+)\)/g)]
      return {
        netid,
        state,
        receiveQueue: Number(receive),
        sendQueue: Number(send),
        local,
        peer,
        inode: Number(/ino:(\d+)/.exec(more)?.[1]),
        owners: owners.map(([, name, pid, fd]) => `${name}[${pid}]:${fd}`).join(' '),
      }
    })
}

const byInode = <Each extends { inode: number }>(rows: Each[]): Each[] =>
  rows.sort((a, b) => a.inode - b.inode)

// biome-ignore lint/suspicious/noExplicitAny: what JSON.parse gives
async function records(network: Network, ...options: string[]): Promise<any[]> {
  const { status, results, remarks } = await network.runBerkeley('sockets', '--json', ...options)
  assert.equal(status, 0, remarks)
  return results
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
}

/** The table for people as rows, with the inodes of --json. */
async function table(network: Network, ...options: string[]): Promise<Row[]> {
  const [{ results }, lines] = [
    await network.runBerkeley('sockets', ...options),
    await records(network, ...options),
  ]
  const [, ...rows] = results.trimEnd().split('\n')
  assert.equal(rows.length, lines.length)
  return rows.map((row, place): Row => {
    const [netid = '', state = '', receive, send, local = '', peer = '', ...rest] = row
      .split(/\s{2,}/)
      .flatMap((cell) => cell.split(/ (?=\S)/))
    return {
      netid,
      state,
      receiveQueue: Number(receive),
      sendQueue: Number(send),
      local,
      peer,
      inode: lines[place].inode,
      owners: rest.filter((word) => /\[\d+\]:\d+$/.test(word)).join(' '),
    }
  })
}

test('the same sockets as ss, with queues, states, addresses and owners', { skip }, async (t) => {
  const network = await openNetwork(t)
  const program = await network.python(t, PROGRAM)
  await program.next()
  for (const states of [['-a'], ['-l'], []]) {
    const [ours, theirs] = [
      await table(network, '--tcp', '--udp', ...states),
      await ss(network, '-t', '-u', ...states),
    ]
    assert.deepEqual(byInode(ours), byInode(theirs), states.join())
    assert.ok(ours.length >= 3, `${ours.length}`)
  }

  const all = await records(network, '--all')
  const of = (kind: string) => all.filter((each) => each.kind === kind)
  // The other connection waits to be accepted, and has no owner yet.
  const [accepted] = all.filter(({ kind, local, peer, owners }) => {
    return kind === 'tcp' && local.port === 7001 && peer.port !== 0 && owners.length > 0
  })
  assert.equal(accepted.receiveQueue, 5)
  assert.equal(accepted.tcpInfo.bytesReceived, 5)
  assert.deepEqual(
    accepted.owners.map(({ pid }: { pid: number }) => pid),
    [program.pid],
  )
  const client = all.find(
    ({ peer, kind }) => kind === 'tcp' && peer.port === 7001 && peer.host === '127.0.0.1',
  )
  assert.equal(client.timer.kind, 'keepalive')
  assert.deepEqual(
    of('raw').map(({ local }) => local),
    [{ host: '0.0.0.0', port: 1 }],
  )
  assert.deepEqual(
    of('unix').map(({ local, state }) => [local.name, state]),
    [['@berkeley-test-name', 'LISTEN']],
  )
  assert.deepEqual(
    of('packet').map(({ local, interface: device }) => [local.host, device]),
    [['all:lo', 'lo']],
  )
  assert.ok(of('netlink').some(({ local }) => local.host === 'sock_diag' && local.port !== null))

  const { results } = await network.runBerkeley(
    'sockets',
    '--raw',
    '--packet',
    '--unix',
    '--all',
    '--no-processes',
  )
  assert.match(results, /^raw +UNCONN +0 +0 +0\.0\.0\.0:icmp +0\.0\.0\.0:\*$/m)
  assert.match(results, /^p_raw +UNCONN +0 +0 +all:lo +\*$/m)
  assert.match(results, /^u_str +LISTEN +0 +3 +@berkeley-test-name \d+ +\* 0$/m)
})

test('filters by port, address, state and process', { skip }, async (t) => {
  const network = await openNetwork(t)
  const program = await network.python(t, PROGRAM)
  await program.next()
  const rows: [options: string[], count: number][] = [
    [['--tcp', '--port', '7001'], 4],
    [['--tcp', '--port', '7001', '--listening'], 1],
    [['--tcp', '--local-port', '7001', '--all'], 3],
    [['--tcp', '--peer-port', '7001', '--all'], 2],
    [['--tcp', '--port', '7001', '--port', '7002'], 6],
    [['--tcp', '--address', '::1'], 2],
    [['--tcp', '--address', '127.0.0.0/8', '--all'], 5],
    [['--tcp', '--address', '10.0.0.0/8', '--all'], 0],
    [['--tcp', '--state', 'listening,closed'], 2],
    [['--udp', '--state', 'ESTAB'], 1],
    [['--udp', '--all', '--pid', String(program.pid)], 2],
    [['--udp', '--all', '--pid', '1'], 0],
  ]
  for (const [options, count] of rows) {
    assert.equal((await records(network, ...options)).length, count, options.join(' '))
  }
  const { results } = await network.runBerkeley('sockets', '--tcp', '--info', '--local-port', '7001')
  assert.match(results, /\n {7}timestamps {2}sack {2}wscale \d+,\d+ {2}\w+ {2}(rtt .+ ms {2})?.*mss \d+/)
  assert.match(results, /received 5 bytes/)
})

test('--watch, until Ctrl-C', { skip }, async (t) => {
  const network = await openNetwork(t)
  const program = await network.python(t, PROGRAM)
  await program.next()
  const run = network.startBerkeley('sockets', '--udp', '--all', '--watch', '0.05', '--json', '--verbose')
  await run.untilResult(/(.*\n){5}/)
  run.child.kill('SIGINT')
  const { status, results } = await run.ended
  assert.equal(status, 0)
  const times = new Set(
    results
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).time),
  )
  assert.ok(times.size >= 2, `${times.size} snapshots`)
})

test('what cannot be', async () => {
  const rows: [commandLine: string[], remark: RegExp][] = [
    [['--state', 'x'], /state 'x' is none of established/],
    [['--address', 'x'], /'x' is not an address or a network/],
    [['--address', '10.0.0.0/33'], /at most 32 bits/],
    [['--all', '--listening'], /cannot be used with/],
    [['--port', '0'], /1 to 65535/],
    [['--watch', '0'], /seconds/],
  ]
  for (const [commandLine, remark] of rows) {
    const { status, results, remarks } = await runBerkeley('sockets', ...commandLine)
    assert.deepEqual([status, results], [2, ''], commandLine.join(' '))
    assert.match(remarks, remark)
  }
})

test('/proc/net/raw, for kernels that tell of raw sockets nowhere else', () => {
  const heading =
    '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops\n'
  const line =
    '   1: 0100007F:0001 00000000:0000 07 00000010:00000300 00:00000000 00000000  1000        0 7155 2 0000000000000000 0\n'
  assert.deepEqual(parseRawTable(2, heading + line), [
    {
      family: 2,
      state: 7,
      local: ['127.0.0.1', 1],
      remote: ['0.0.0.0', 0],
      rqueue: 768,
      wqueue: 16,
      uid: 1000,
      inode: 7155,
    },
  ])
  const six =
    '   58: 00000000000000000000000001000000:003A 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 9 2 0 0\n'
  assert.deepEqual(parseRawTable(10, heading + six)[0]?.local, ['::1', 58])
})

test('ranges of addresses', () => {
  const rows: [range: string, host: string, isIn: boolean][] = [
    ['10.0.0.0/8', '10.255.0.1', true],
    ['10.0.0.0/8', '11.0.0.1', false],
    ['10.1.2.3', '10.1.2.3', true],
    ['10.1.2.3/31', '10.1.2.2', true],
    ['0.0.0.0/0', '255.1.1.1', true],
    ['0.0.0.0/0', '::1', false],
    ['10.0.0.0/8', '::ffff:10.0.0.1', true],
    ['fe80::/10', 'fe80::1%eth0', true],
    ['fd00::/9', 'fd80::', false],
    ['::/0', 'fd80::', true],
  ]
  for (const [range, host, isIn] of rows)
    assert.equal(isInRange(parseNetworkRange(range), host), isIn, `${range} ${host}`)
})
