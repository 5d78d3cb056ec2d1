// The command `ping` beside ping(8), between network namespaces.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { checksum } from '#commands/ping/icmp.js'
import { Statistics } from '#commands/ping/statistics.js'
import { lacking, type Network, openNetwork, openPair } from './network.ts'
import { runBerkeley } from './run-berkeley.ts'

const skip = lacking({ ping: 'iputils-ping' })
const ALLOW_EVERYBODY = 'echo "0 2147483647" > /proc/sys/net/ipv4/ping_group_range'

// biome-ignore lint/suspicious/noExplicitAny: what JSON.parse gives
async function events(network: Network, status: number, ...commandLine: string[]): Promise<any[]> {
  const ended = await network.runBerkeley('ping', '--json', ...commandLine)
  assert.equal(ended.status, status, `${commandLine.join(' ')}: ${ended.remarks}${ended.results}`)
  return ended.results
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
}

/** What ping(8) counts. */
async function counted(
  network: Network,
  ...commandLine: string[]
): Promise<[sent: number, received: number]> {
  const { results } = await network.start('ping', ...commandLine).ended
  const [, sent, received] = /(\d+) packets transmitted, (\d+) received/.exec(results)!
  return [Number(sent), Number(received)]
}

test('answers over IPv4 and IPv6, by ping sockets and by raw ones, timed by the kernel', {
  skip,
}, async (t) => {
  const { left } = await openPair(t)
  await left.run('sh', '-c', ALLOW_EVERYBODY)
  for (const host of ['10.9.0.2', 'fd09::2']) {
    for (const socket of ['ping', 'raw']) {
      const what = ['-c', '3', '-i', '0.05', '--size', '100', '--timeout', '30', host]
      const all = await events(left, 0, ...what, '--socket', socket)
      const replies = all.filter(({ event }) => event === 'reply')
      assert.deepEqual(
        replies.map(({ sequence, from, bytes, ttl, clock }) => [sequence, from, bytes, ttl, clock]),
        [1, 2, 3].map((sequence) => [sequence, host, 108, 64, 'kernel']),
        `${host} ${socket}`,
      )
      const { times, ...summary } = all.at(-1)
      assert.deepEqual(
        [summary.event, summary.sent, summary.received, summary.loss, summary.errors, summary.duplicates],
        ['summary', 3, 3, 0, 0, 0],
      )
      const each = replies.map(({ milliseconds }) => milliseconds)
      assert.deepEqual([times.min, times.max], [Math.min(...each), Math.max(...each)])
      assert.ok(times.min > 0 && times.average >= times.min && times.average <= times.max)
    }
  }
  assert.deepEqual(await counted(left, '-c', '3', '-i', '0.05', '-W', '30', '10.9.0.2'), [3, 3])
})

test('without privileges: by a ping socket where the kernel allows it, else said clearly', {
  skip,
}, async (t) => {
  const network = await openNetwork(t, 'echo "1 0" > /proc/sys/net/ipv4/ping_group_range')
  const { MAIN } = await import('./run-berkeley.ts')
  const unprivileged = (...commandLine: string[]) =>
    network.start(
      'setpriv',
      '--bounding-set',
      '-net_raw',
      '--inh-caps',
      '-net_raw',
      process.execPath,
      MAIN,
      'ping',
      ...commandLine,
    ).ended
  const denied = await unprivileged('-c', '1', '127.0.0.1')
  assert.deepEqual([denied.status, denied.results], [2, ''])
  assert.match(denied.remarks, /ping_group_range, and raw sockets need CAP_NET_RAW/)
  await network.run('sh', '-c', ALLOW_EVERYBODY)
  const allowed = await unprivileged('-c', '1', '--timeout', '30', '127.0.0.1')
  assert.equal(allowed.status, 0, allowed.remarks)
  assert.match(allowed.remarks, /by a ping socket/)
})

test('for people: a line for each answer, and statistics', { skip }, async (t) => {
  const network = await openNetwork(t)
  const { status, results, remarks } = await network.runBerkeley(
    'ping',
    '-c',
    '2',
    '-i',
    '0.05',
    '--timeout',
    '30',
    '127.0.0.1',
  )
  assert.equal(status, 0)
  assert.match(remarks, /^Pinging 127\.0\.0\.1 with 56 bytes, by a (raw|ping) socket; Ctrl-C ends\.\n$/)
  assert.match(
    results,
    /^(64 bytes from 127\.0\.0\.1: seq=[12] ttl=64 time=\d+\.\d{3} ms\n){2}\n127\.0\.0\.1\n2 sent, 2 received, 0 % lost, time \d+ ms\nrtt min\/avg\/max\/mdev = [\d.]+\/[\d.]+\/[\d.]+\/[\d.]+ ms\n$/,
  )
  const quiet = await network.runBerkeley('ping', '-q', '-c', '1', '--timeout', '30', 'localhost')
  assert.match(quiet.results, /^\nlocalhost\n1 sent, 1 received/)
  assert.equal(quiet.remarks, '')
})

test('what routers say, and who says it', { skip }, async (t) => {
  const { left, right } = await openPair(t)
  await left.run('ip', 'route', 'add', 'default', 'via', '10.9.0.2')
  await left.run('ip', '-6', 'route', 'add', 'default', 'via', 'fd09::2')
  await right.run(
    'sh',
    '-c',
    'echo 1 > /proc/sys/net/ipv4/ip_forward; echo 1 > /proc/sys/net/ipv6/conf/all/forwarding',
  )
  await left.run('sh', '-c', ALLOW_EVERYBODY)
  for (const socket of ['ping', 'raw']) {
    const error = async (...commandLine: string[]) => {
      const all = await events(left, 1, '-c', '1', '--timeout', '30', '--socket', socket, ...commandLine)
      assert.equal(all.at(-1).received, 0)
      const { from, type, code, message, sequence } = all.find(({ event }) => event === 'error')
      assert.equal(sequence, 1)
      return [from, type, code, message]
    }
    assert.deepEqual(await error('10.99.0.1'), ['10.9.0.2', 3, 0, 'network unreachable'])
    assert.deepEqual(await error('fd99::1'), ['fd09::2', 1, 0, 'no route'])
    await right.run('ip', 'route', 'add', '10.99.0.0/16', 'dev', 'wire')
    await right.run('ip', 'route', 'add', 'fd99::/16', 'dev', 'wire')
    assert.deepEqual(await error('10.99.0.1', '--ttl', '1'), ['10.9.0.2', 11, 0, 'time to live exceeded'])
    assert.deepEqual(await error('fd99::1', '--ttl', '1'), ['fd09::2', 3, 0, 'hop limit exceeded'])
    await right.run('ip', 'route', 'del', '10.99.0.0/16', 'dev', 'wire')
    await right.run('ip', 'route', 'del', 'fd99::/16', 'dev', 'wire')
    await pause(3000) // A router that has told somebody a few of these tells one a second.
  }
  const { results } = await left.runBerkeley('ping', '-c', '1', '--timeout', '30', '10.99.0.1')
  assert.match(results, /^from 10\.9\.0\.2: seq=1 network unreachable\n/)
})

test('no answer: said of each, 100 % lost, status 1 as that of ping', { skip }, async (t) => {
  const { left, right } = await openPair(t)
  await right.run('sh', '-c', 'echo 1 > /proc/sys/net/ipv4/icmp_echo_ignore_all')
  const all = await events(left, 1, '-c', '2', '-i', '0.05', '--timeout', '0.3', '10.9.0.2')
  assert.deepEqual(
    all.map(({ event, sequence }) => [event, sequence]),
    [
      ['timeout', 1],
      ['timeout', 2],
      ['summary', undefined],
    ],
  )
  assert.deepEqual([all[2].sent, all[2].received, all[2].loss, all[2].times], [2, 0, 1, null])
  assert.deepEqual(await counted(left, '-c', '2', '-i', '0.05', '-W', '0.3', '10.9.0.2'), [2, 0])
})

test('Ctrl-C prints the statistics and is a good end', { skip }, async (t) => {
  const network = await openNetwork(t)
  const run = network.startBerkeley('ping', '-i', '0.02', '127.0.0.1')
  await run.untilResult(/(.*\n){3}/)
  run.child.kill('SIGINT')
  const { status, results } = await run.ended
  assert.equal(status, 0)
  assert.match(results, /\n127\.0\.0\.1\n\d+ sent, \d+ received, .*\nrtt min/)
  const none = network.startBerkeley('ping', '--timeout', '60', '--socket', 'raw', '240.0.0.1')
  await none.untilRemark(/Pinging|error/)
  await pause(50)
  none.child.kill('SIGINT')
  assert.notEqual((await none.ended).status, 0)
})

test('--deadline ends all of it', { skip }, async (t) => {
  const network = await openNetwork(t)
  const all = await events(network, 1, '-c', '1000', '-i', '0.1', '--deadline', '0.5', '127.0.0.1')
  assert.ok(all.at(-1).sent >= 1 && all.at(-1).sent < 1000)
})

test('what cannot be', async () => {
  const rows: [commandLine: string[], remark: RegExp][] = [
    [[], /missing required argument/],
    [['a b'], /'a b' is neither an address nor a host name/],
    [['nosuch.invalid'], /^error: nosuch\.invalid: no such host/],
    [['-4', '-6', 'x'], /cannot be used with/],
    [['-i', '0.001', '127.0.0.1'], /--interval must be at least 0\.\d+ s, or it would be a flood/],
    [['-s', '70000', '127.0.0.1'], /0 to 65507/],
    [['-4', '::1'], /no such host/],
    [['-I', 'nosuch0', '127.0.0.1'], /there is no interface nosuch0|not permitted/],
  ]
  for (const [commandLine, remark] of rows) {
    const { status, results, remarks } = await runBerkeley('ping', ...commandLine)
    assert.deepEqual([status, results], [2, ''], `${commandLine.join(' ')}: ${remarks}`)
    assert.match(remarks, remark)
  }
})

test('the checksum of RFC 1071, and statistics', () => {
  assert.equal(checksum(Buffer.from('0001f203f4f5f6f7', 'hex')), ~0xddf2 & 0xffff)
  assert.equal(checksum(Buffer.from('00', 'hex')), 0xffff)
  const statistics = new Statistics()
  assert.equal(statistics.times, null)
  for (const milliseconds of [2, 4, 4, 4, 5, 5, 7, 9]) {
    statistics.sent++
    statistics.answered(milliseconds)
  }
  statistics.sent += 8
  assert.deepEqual(statistics.times, { min: 2, average: 5, max: 9, deviation: 2 })
  assert.equal(statistics.loss, 0.5)
})
