// The command `sniff` beside tcpdump(8): what filters let through, what is decoded, what is written.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { compileFilter } from '#commands/sniff/compile.js'
import { decodePacket } from '#commands/sniff/decode-link.js'
import { parseFilter } from '#commands/sniff/expression.js'
import { echo, FRAMES, ipv4, tagged } from './frames.ts'
import { lacking, openNetwork, openPair } from './network.ts'
import { MAIN, runBerkeley } from './run-berkeley.ts'

const skip = lacking({ tcpdump: 'tcpdump', ping: 'iputils-ping' })
const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` }

function tcpdump(...commandLine: string[]): string {
  return execFileSync('tcpdump', commandLine, { encoding: 'utf8', env, stdio: ['ignore', 'pipe', 'ignore'] })
}

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'berkeley-sniff-'))
  t.after(() => rmSync(folder, { recursive: true }))
  return folder
}

const FILTERS = [
  'ip',
  'ip6',
  'arp',
  'tcp',
  'udp',
  'sctp',
  'icmp',
  'icmp6',
  'proto 47',
  'ip proto 17',
  'ip6 proto 17',
  'host 10.7.0.1',
  'src host 10.7.0.1',
  'dst 10.7.0.2',
  'arp host 192.0.2.9',
  'ip host 192.0.2.9',
  'net 10.7.0.0/16',
  'src net 192.0.2.0/25',
  'dst net 10.0.0.0/9',
  'net 0.0.0.0/0',
  'host fd07::1',
  'dst host 2001:db8::9',
  'net fd00::/8',
  'net 2001:db8::/33',
  'ip6 net 2001:db8::8/125',
  'port 80',
  'src port 53',
  'dst port 53',
  'tcp port 80',
  'udp port domain',
  'sctp port 80',
  'tcp dst port 80',
  'portrange 50-90',
  'udp src portrange 5000-6000',
  'tcp dst portrange 40000-40001',
  'not tcp',
  'tcp or udp and port 53',
  'tcp and (port 80 or port 443)',
  'not (ip or arp)',
  '! host 10.7.0.1 && udp',
  'host 10.7.0.1 and not port 80 or icmp',
  'less 60',
  'greater 500',
  'tcp and not tcp port 80 and not src host 192.0.2.9',
]

test('filters let through what those of tcpdump do', { skip }, async (t) => {
  const network = await openNetwork(
    t,
    'echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6',
    'ip link add from type veth peer name to',
    'ip link set from up',
    'ip link set to up',
  )
  const path = join(folderOf(t), 'all.pcap')
  const program = join(dirname(fileURLToPath(import.meta.url)), 'filtering.js')
  const extra = ['vlan', 'vlan 7', 'vlan 9 and udp', 'not vlan']
  const filters = [...FILTERS, ...extra]
  const counts = JSON.parse(
    await network.run(process.execPath, program, path, 'from', 'to', ...filters),
  ) as number[]
  const countOf = (filter: string) => tcpdump('-r', path, '-n', filter).split('\n').length - 1
  assert.equal(countOf(''), FRAMES.length)
  for (const [place, filter] of filters.entries()) {
    // tcpdump looks into a VLAN only behind the word; ours always does.
    const theirs = extra.includes(filter)
      ? countOf(filter)
      : countOf(`(${filter}) and not vlan`) + countOf(`vlan and (${filter})`)
    assert.equal(counts[place], theirs, filter)
  }
  assert.ok(new Set(counts).size > 10, `${counts}`)
})

test('what is written is what tcpdump sees, and each line tells it', { skip }, async (t) => {
  const { left, right } = await openPair(t)
  const path = join(folderOf(t), 'x.pcap')
  const sniffer = right.startBerkeley(
    'sniff',
    'wire',
    '--json',
    '--write',
    path,
    '--filter',
    'port 12005 or icmp',
    '--count',
    '16',
  )
  await sniffer.untilRemark(/Listening on wire/)
  const server = await right.python(
    t,
    `
import socket
server = socket.create_server(('10.9.0.2', 12005))
heard = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); heard.bind(('10.9.0.2', 12005))
print('ready')
connection = server.accept()[0]
while connection.recv(1000): pass
`,
  )
  await server.next()
  await left.run(
    'python3',
    '-c',
    `
import socket
u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for n in range(3): u.sendto(bytes(100 + n), ('10.9.0.2', 12005))
s = socket.create_connection(('10.9.0.2', 12005)); s.sendall(b'hello'); s.close()
`,
  )
  await left.run('ping', '-c', '8', '-i', '0.01', '10.9.0.2')
  const { status, results, remarks } = await sniffer.ended
  assert.equal(status, 0, remarks)
  assert.match(remarks, /\n16 packets captured, \d+ passed the filter, 0 dropped by the kernel\.\n$/)
  const lines = results
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  assert.equal(lines.length, 16)
  const theirs = tcpdump('-r', path, '-n', '-S', '-tt', '--nano').trimEnd().split('\n')
  assert.equal(theirs.length, 16)
  for (const [place, { time, ip, tcp, udp, icmp }] of lines.entries()) {
    const line = theirs[place] ?? ''
    const [seconds = '', rest = ''] = line.split(/ IP (.*)/)
    assert.equal(`${(Date.parse(time) / 1000) | 0}.${time.slice(20, 29)}`, seconds)
    if (tcp !== undefined) {
      assert.ok(
        rest.startsWith(`${ip.source}.${tcp.source} > ${ip.destination}.${tcp.destination}: Flags [`),
        line,
      )
      assert.ok(rest.endsWith(`length ${tcp.length}`) && rest.includes(`win ${tcp.window},`), line)
      assert.equal(tcp.flags.includes('SYN'), /Flags \[S/.test(rest), line)
      assert.equal(tcp.options.includes('sack allowed'), rest.includes('sackOK'), line)
    } else if (udp !== undefined) {
      assert.ok(
        rest.startsWith(`${ip.source}.${udp.source} > `) && rest.endsWith(`UDP, length ${udp.length}`),
        line,
      )
    } else assert.match(rest, new RegExp(`ICMP echo re\\w+, id ${icmp.id}, seq ${icmp.sequence},`))
  }
})

test('of all interfaces, cut, and in a VLAN', { skip }, async (t) => {
  const { left, right } = await openPair(t)
  const path = join(folderOf(t), 'x.pcap')
  const any = right.startBerkeley(
    'sniff',
    '--filter',
    'icmp',
    '--count',
    '2',
    '--write',
    path,
    '--snap',
    '40',
  )
  const wire = right.startBerkeley(
    'sniff',
    'wire',
    '--filter',
    'vlan 7 and icmp',
    '--count',
    '1',
    '--hex',
    '--verbose',
  )
  await Promise.all([any, wire].map((run) => run.untilRemark(/Listening/)))
  await left.run('ping', '-c', '1', '10.9.0.2')
  // As a VLAN device would send it; this works where the kernel has none.
  const echoRequest = ipv4({
    source: '10.8.0.1',
    destination: '10.8.0.2',
    protocol: 1,
    payload: echo(8, 3, 1),
  })
  const send = `import socket
wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
wire.bind(('wire', 0))
for frame in ['${tagged(7, echoRequest).toString('hex')}', '${echoRequest.toString('hex')}']: wire.send(bytes.fromhex(frame))`
  await left.run('python3', '-c', send)
  const { results } = await any.ended
  assert.match(
    results,
    /^\d\d:\d\d:\d\d\.\d{6} wire in 10\.9\.0\.1 > 10\.9\.0\.2 ICMP echo request id \d+ seq 1 length 64\n/,
  )
  assert.match(results, /\n\S+ wire out 10\.9\.0\.2 > 10\.9\.0\.1 ICMP echo reply id \d+ seq 1 length 64\n$/)
  const read = tcpdump('-r', path, '-n', '-v')
  assert.match(read, /10\.9\.0\.1 > 10\.9\.0\.2: .*ICMP/s)
  assert.equal(read.match(/length 84/g)?.length, 2, read)
  const shown = (await wire.ended).results
  assert.match(
    shown,
    /^\S+ wire other ([\da-f]{2}:){5}[\da-f]{2} > ([\da-f]{2}:){5}[\da-f]{2} vlan 7 10\.8\.0\.1 > 10\.8\.0\.2 ICMP echo request/,
  )
  assert.match(shown, /\n {4}0000 {2}([\da-f]{2} +){12}81 00 00 07 {2}/)
})

test("a program of tcpdump's; the end by --duration and by Ctrl-C", { skip }, async (t) => {
  const network = await openNetwork(t)
  const path = join(folderOf(t), 'program')
  writeFileSync(path, await network.run('tcpdump', '-i', 'lo', '-ddd', 'icmp[icmptype] == icmp-echoreply'))
  const run = network.startBerkeley('sniff', 'lo', '--bpf', path)
  await run.untilRemark(/Listening/)
  await network.run('ping', '-c', '2', '-i', '0.01', '127.0.0.1')
  await run.untilResult(/\n.*\n/)
  run.child.kill('SIGINT')
  const { status, results, remarks } = await run.ended
  assert.equal(status, 0)
  assert.match(results, /^(\S+ lo in 127\.0\.0\.1 > 127\.0\.0\.1 ICMP echo reply .*\n){2}$/)
  assert.match(remarks, /\n2 packets captured, \d+ passed the filter, 0 dropped by the kernel\.\n$/)
  const short = await network.runBerkeley('sniff', '--duration', '0.2', '--quiet')
  assert.deepEqual([short.status, short.results], [0, ''])
  assert.match(short.remarks, /^0 packets captured/)
  const full = await network.runBerkeley('sniff', 'lo', '--write', '/dev/full', '--duration', '5')
  assert.equal(full.status, 1)
  assert.match(full.remarks, /cannot write \/dev\/full: ENOSPC/)
})

const FLOOD = `
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for n in range(int(sys.argv[1])): s.sendto(bytes(1000), ('127.0.0.1', 9))
`

test('what the kernel has no room for is counted', { skip }, async (t) => {
  const network = await openNetwork(t)
  const sniffer = network.startBerkeley(
    'sniff',
    'lo',
    '--filter',
    'udp port 9',
    '--write',
    '/dev/null',
    '--json',
  )
  await sniffer.untilRemark(/Listening/)
  sniffer.child.kill('SIGSTOP')
  await network.run('python3', '-c', FLOOD, '20000')
  sniffer.child.kill('SIGINT')
  sniffer.child.kill('SIGCONT')
  const { status, remarks } = await sniffer.ended
  assert.equal(status, 0)
  const [, passed, dropped] = /, (\d+) passed the filter, (\d+) dropped by the kernel/.exec(remarks)!
  assert.equal(Number(passed), 20_000)
  assert.ok(Number(dropped) > 5000, remarks)
})

test('a slow reader of --write - gets whole packets', { skip }, async (t) => {
  const network = await openNetwork(t)
  const pipeline = `"$0" "$@" | (sleep 1; tcpdump -r - -n --count 2>&1 | tail -1)`
  const what = [
    'sniff',
    'lo',
    '--quiet',
    '--filter',
    'udp port 9',
    '--write',
    '-',
    '--count',
    '1000',
    '--duration',
    '60',
  ]
  const run = network.start('sh', '-c', pipeline, process.execPath, MAIN, ...what)
  // It says nothing while it is quiet: its packet socket shows that it is there.
  for (;;) {
    const sockets = await network.run('cat', '/proc/self/net/packet')
    if (/^\S+ +\d+ +3 +0003 +\d+ +1 /m.test(sockets)) break
  }
  await network.run('python3', '-c', FLOOD, '1000')
  const { results, remarks } = await run.ended
  assert.match(remarks, /^1000 packets captured/)
  assert.equal(results, '1000 packets\n')
})

test('decoding: a line for every frame, and no bytes that break it', () => {
  const texts = FRAMES.map((frame) => decodePacket(frame, 'ethernet').text)
  for (const text of [
    'ARP who has 10.7.0.2? tell 10.7.0.1',
    'ARP 10.7.0.2 is at 02:00:00:00:00:01',
    '10.7.0.1:40000 > 192.0.2.9:80 TCP [SYN] seq 1000 win 512 length 0 <mss 1460, sack allowed, time 1 0>',
    '192.0.2.9:443 > 10.7.0.1:40001 TCP [SYN ACK] seq 1000 ack 2000 win 512 length 0',
    '10.7.0.1:5000 > 10.7.0.2:53 UDP length 8',
    '10.7.0.1:53 > 10.7.0.2:1999 UDP length 600, first fragment of 7',
    '10.7.0.1 > 10.7.0.2 UDP fragment 7 at 600, length 108',
    '10.7.0.1 > 192.0.2.9 ICMP echo request id 7 seq 1 length 16',
    '192.0.2.9 > 10.7.0.1 ICMP time exceeded code 0 length 16',
    '10.7.0.1 > 192.0.2.9 GRE length 30',
    '[fd07::1]:40000 > [2001:db8::9]:80 TCP [SYN] seq 1000 win 512 length 0',
    'fd07::1 > 2001:db8::9 ICMP6 echo request id 9 seq 3 length 16',
    'fd07::1 > ff02::1:ff00:9 ICMP6 who has 2001:db8::9 length 24',
    'fd07::1 > 2001:db8::9 TCP fragment 99 at 80, length 40, more follow',
    'fd07::1 > 2001:db8::9 ICMP6 echo reply id 9 seq 3 length 16',
    '02:00:00:00:00:01 > 02:00:00:00:00:02 [cut]',
    'vlan 7 10.7.0.1:1024 > 10.7.0.2:80 TCP [SYN] seq 1000 win 512 length 0',
  ]) {
    assert.ok(texts.includes(text), `${text}\n${texts.join('\n')}`)
  }
  for (const frame of FRAMES) {
    for (let length = 0; length < frame.length; length++) decodePacket(frame.subarray(0, length), 'ethernet')
    for (let at = 12; at < frame.length; at++) {
      for (const byte of [0, 1, 0x7f, 0xff]) {
        const broken = Buffer.from(frame)
        broken[at] = byte
        const { text } = decodePacket(broken, 'ethernet')
        assert.match(text, /^[ -~]+$/)
      }
    }
  }
})

test('what cannot be', async () => {
  const rows: [commandLine: string[], status: number, remark: RegExp][] = [
    [['-f', 'prot 80'], 2, /filter 'prot 80': 'prot' is not known/],
    [['-f', 'port'], 2, /ends where something was expected/],
    [['-f', 'port nosuchservice'], 2, /neither a port nor the name of one/],
    [['-f', 'port 70000'], 2, /neither a port/],
    [['-f', 'portrange 9-8'], 2, /runs backwards/],
    [['-f', 'host example.org'], 2, /hosts are given by their addresses/],
    [['-f', '(tcp'], 2, /a '\)' is missing/],
    [['-f', 'tcp udp'], 2, /'udp' was not expected here/],
    [['-f', 'icmp port 80'], 2, /icmp has no ports/],
    [['-f', `${'not '.repeat(10_000)}tcp`], 2, /nested too deeply/],
    [['-f', 'tcp', '--bpf', 'x'], 2, /cannot be used with/],
    [['--bpf', '/dev/null'], 2, /not what tcpdump -ddd prints/],
    [['--bpf', '/nosuch'], 1, /cannot read \/nosuch/],
    [['nosuch0'], 1, /there is no interface nosuch0/],
    [['lo', '--write', '-'], 2, /--write - needs --quiet/],
  ]
  for (const [commandLine, status, remark] of rows) {
    const ended = await runBerkeley('sniff', ...commandLine)
    assert.deepEqual(
      [ended.status, ended.results],
      [status, ''],
      `${commandLine.join(' ').slice(0, 50)}: ${ended.remarks}`,
    )
    assert.match(ended.remarks, remark)
  }
})

test('an address alone is a host', () => {
  for (const [short, long] of [
    ['10.7.0.2', 'host 10.7.0.2'],
    ['src ff02::1', 'src host ff02::1'],
    ['10.0.0.0/8', 'net 10.0.0.0/8'],
  ] as const) {
    assert.deepEqual(parseFilter(short), parseFilter(long))
  }
})

test('long filters have long jumps; too long ones are refused', () => {
  const long = (count: number) => Array.from({ length: count }, (_, port) => `port ${port + 1}`).join(' or ')
  const short = compileFilter(parseFilter(long(5)), 100)
  assert.ok(short.length < 150)
  const far = compileFilter(parseFilter(long(60)), 100)
  assert.ok(far.length > 1000 && far.every(({ jt, jf }) => jt <= 255 && jf <= 255))
  assert.throws(() => compileFilter(parseFilter(long(190)), 100), /too long/)
})
