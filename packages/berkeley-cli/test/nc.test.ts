// `nc` against ncat, socat and Python, with real pipes on both ends.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { without } from './programs.ts'
import { MAIN, type Run, runBerkeley, start } from './run-berkeley.ts'

/** A shell script in which `nc` is ours, in a process group of its own. */
function shell(context: TestContext, script: string, ...commandLine: string[]): Run {
  const ours = `nc() { exec '${process.execPath}' '${MAIN}' nc "$@"; }\n`
  const run = start('setsid', ['bash', '-c', `set -o pipefail\n${ours}${script}`, 'bash', ...commandLine])
  context.after(() => signalAll(run, 'SIGKILL'))
  return run
}

function signalAll({ child }: Run, signal: NodeJS.Signals): void {
  try {
    process.kill(-(child.pid as number), signal)
  } catch {
    // They have ended.
  }
}

/** A Python program that prints where it listens as its first line on standard error. */
function python(context: TestContext, script: string, ...commandLine: string[]): Run {
  const run = start('python3', ['-c', script, ...commandLine])
  context.after(() => run.child.kill('SIGKILL'))
  return run
}

async function placeOf(run: Run): Promise<string> {
  const [, place = ''] = await run.untilRemark(/Listening on (\S+)\s/)
  return place
}

function makeFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'berkeley-nc-'))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

const LISTEN = `
import hashlib, socket, sys, time
family, kind, address = getattr(socket, sys.argv[1]), getattr(socket, sys.argv[2]), sys.argv[3]
server = socket.socket(family, kind)
server.bind(address if family == socket.AF_UNIX else (address, 0))
if kind != socket.SOCK_DGRAM:
    server.listen()
name = server.getsockname()
where = 'unix:' + name if family == socket.AF_UNIX else ('[%s]:%d' if ':' in name[0] else '%s:%d') % name[:2]
print('Listening on', where, file=sys.stderr, flush=True)
`

/** Reads to the end, and answers only then. */
const ANSWER_AT_END = `${LISTEN}
connection, _ = server.accept()
data = b''
while chunk := connection.recv(65536):
    data += chunk
connection.sendall(b'got ' + data)
`

for (const [family, kind, option] of [
  ['AF_INET', 'SOCK_STREAM', ''],
  ['AF_INET6', 'SOCK_STREAM', ''],
  ['AF_UNIX', 'SOCK_STREAM', ''],
  ['AF_UNIX', 'SOCK_SEQPACKET', '--seqpacket'],
] as const) {
  test(`${family} ${kind}: the end of standard input is a half-close, and the answer comes after it`, async (context) => {
    const addresses = { AF_INET: '127.0.0.1', AF_INET6: '::1', AF_UNIX: join(makeFolder(context), 'socket') }
    const server = python(context, ANSWER_AT_END, family, kind, addresses[family])
    const place = await placeOf(server)
    const { status, results, remarks } = await shell(context, `printf hello | nc ${option} "$1"`, place).ended
    assert.equal(results, 'got hello')
    assert.equal(status, 0, remarks)
    assert.equal(remarks, '')
  })
}

test('listening: ncat and socat connect', {
  skip: without({ ncat: 'ncat', socat: 'socat' }),
}, async (context) => {
  const one = shell(context, 'printf ours | nc --listen 127.0.0.1:0')
  const [host = '', port = ''] = (await placeOf(one)).split(':')
  const ncat = shell(context, 'printf theirs | ncat "$1" "$2"', host, port)
  assert.equal((await ncat.ended).results, 'ours')
  assert.equal((await one.ended).results, 'theirs')
  assert.equal((await one.ended).status, 0)

  const path = join(makeFolder(context), 'socket')
  const other = shell(context, 'printf ours | nc --listen "unix:$1"', path)
  await placeOf(other)
  const socat = shell(context, 'printf theirs | socat -t 60 - "UNIX-CONNECT:$1"', path)
  assert.equal((await socat.ended).results, 'ours')
  assert.equal((await other.ended).results, 'theirs')
})

test('datagrams: UDP with ncat, Unix with Python, whose answers find us', {
  skip: without({ ncat: 'ncat' }),
}, async (context) => {
  const ours = shell(context, 'printf answer | nc --listen --udp --idle 3 127.0.0.1:0')
  const [host = '', port = ''] = (await placeOf(ours)).split(':')
  const ncat = shell(context, '(printf question; sleep 1) | timeout 60 ncat -u -i 2 "$1" "$2"', host, port)
  assert.equal((await ours.ended).results, 'question')
  assert.match((await ours.ended).remarks, /error: nothing moved for 3 s/)
  assert.equal((await ncat.ended).results, 'answer')

  const script = `${LISTEN}
data, address = server.recvfrom(65536)
server.sendto(b'got ' + data, address)
server.recvfrom(1)
`
  const server = python(context, script, 'AF_UNIX', 'SOCK_DGRAM', join(makeFolder(context), 'socket'))
  const client = shell(context, 'printf hello | nc --udp --idle 3 "$1"', await placeOf(server))
  assert.equal((await client.ended).results, 'got hello')
})

test('datagrams of strangers are not taken for those of the first, unless --keep-open', async (context) => {
  for (const [option, expected] of [
    ['', 'one.three.'],
    ['--keep-open', 'one.two.three.'],
  ] as const) {
    const run = shell(context, `nc --listen --udp ${option} 127.0.0.1:0 < /dev/null`)
    const [host = '', port = ''] = (await placeOf(run)).split(':')
    const script = `
import socket, sys
first, second = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
for sender, text in (first, b'one.'), (second, b'two.'), (first, b'three.'):
    sender.sendto(text, (sys.argv[1], int(sys.argv[2])))
`
    assert.equal((await python(context, script, host, port).ended).status, 0)
    await run.untilResult(/three\.$/)
    assert.equal(run.results(), expected)
    signalAll(run, 'SIGINT')
  }
})

test('--keep-open takes one connection after the other, and Ctrl-C is its end', async (context) => {
  const run = shell(context, 'nc --listen --keep-open 127.0.0.1:0 < /dev/null')
  const place = await placeOf(run)
  for (const name of ['first ', 'second '])
    assert.equal((await shell(context, 'printf "$2" | nc "$1"', place, name).ended).status, 0)
  run.child.kill('SIGINT')
  const { status, results } = await run.ended
  assert.equal(results, 'first second ')
  assert.equal(status, 0)
})

test('--send-only is done when standard input ends, --recv-only when the other side does', async (context) => {
  const script = `${LISTEN}
connection, _ = server.accept()
connection.sendall(b'unasked')
print(connection.recv(100, socket.MSG_WAITALL))
`
  const sending = python(context, script, 'AF_INET', 'SOCK_STREAM', '127.0.0.1')
  const sent = await shell(context, 'printf hello | nc --send-only "$1"', await placeOf(sending)).ended
  assert.deepEqual([sent.status, sent.results], [0, ''])
  assert.equal((await sending.ended).results, "b'hello'\n")

  const waiting = `${LISTEN}
connection, _ = server.accept()
connection.sendall(b'unasked')
connection.settimeout(0.5)
try:
    print(connection.recv(100))
except TimeoutError:
    print('no end')
`
  const talking = python(context, waiting, 'AF_INET', 'SOCK_STREAM', '127.0.0.1')
  const received = await shell(context, 'echo unsent | nc --recv-only "$1"', await placeOf(talking)).ended
  assert.deepEqual([received.status, received.results], [0, 'unasked'])
  assert.equal((await talking.ended).results, 'no end\n')
})

const HEADER_READER = `${LISTEN}
connection, _ = server.accept()
data = b''
while chunk := connection.recv(65536):
    data += chunk
peer = connection.getpeername()
print(data[:28].hex() if data[0] == 13 else data, peer[0], peer[1])
`

test('the PROXY header is sent first', async (context) => {
  const first = python(context, HEADER_READER, 'AF_INET', 'SOCK_STREAM', '127.0.0.1')
  const place = await placeOf(first)
  assert.equal((await shell(context, 'printf hello | nc --proxy-protocol v1 "$1"', place).ended).status, 0)
  const [, port = ''] = place.split(':')
  const [, , line = '', own = ''] = /^(b'(.*)\\nhello') \S+ (\d+)$/m.exec((await first.ended).results) ?? []
  assert.equal(line, `PROXY TCP4 127.0.0.1 127.0.0.1 ${own} ${port}\\r`)

  const second = python(context, HEADER_READER, 'AF_INET', 'SOCK_STREAM', '127.0.0.1')
  const other = await placeOf(second)
  await shell(context, 'printf hello | nc --proxy-protocol v2 "$1"', other).ended
  const [header = '', , source = ''] = (await second.ended).results.trim().split(' ')
  const ports = [Number(source), Number(other.split(':')[1])].map((number) =>
    number.toString(16).padStart(4, '0'),
  )
  assert.equal(header, `0d0a0d0a000d0a515549540a2111000c7f0000017f000001${ports.join('')}`)
})

test('the PROXY header is expected and told; what is none is refused', async (context) => {
  const send = `
import socket, sys
with socket.create_connection((sys.argv[1], int(sys.argv[2]))) as connection:
    for piece in sys.argv[3:]:
        connection.sendall(bytes.fromhex(piece))
    connection.shutdown(socket.SHUT_WR)
    connection.recv(1)
`
  const run = shell(context, 'nc --listen --keep-open --json --proxy-protocol v2 127.0.0.1:0 < /dev/null')
  await run.untilRemark(/"listening"/)
  const { address } = JSON.parse(run.remarks().split('\n')[0] ?? '')
  const [host, port] = address.split(':')
  const hex = (text: string) => Buffer.from(text, 'latin1').toString('hex')
  const good = '0d0a0d0a000d0a515549540a2111000cc0000201c0000202c3500050'
  const cases: [string[], RegExp][] = [
    [
      [good.slice(0, 10), good.slice(10), hex('data.')],
      /"source":\["192\.0\.2\.1",50000\],"destination":\["192\.0\.2\.2",80\]/,
    ],
    [[good + hex('at once.')], /proxy-header.*proxy-header/s],
    [[hex('GET / HTTP/1.1\r\n\r\n')], /no PROXY header; it begins with \\"GET \/ HTTP/],
    [[hex('PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n')], /a PROXY header of v1 instead of v2/],
    [[hex(`PROXY ${'x'.repeat(200)}`)], /no PROXY header; it begins with/],
    [['0d0a0d0a000d0a515549540a2111000401020304'], /a bad PROXY header/],
    [['0d0a0d0a000d0a515549540a21'], /the connection ended within its PROXY header/],
  ]
  for (const [pieces, message] of cases) {
    const peer = python(context, send, host, port, ...pieces)
    await run.untilRemark(message)
    await peer.ended
  }
  run.child.kill('SIGINT')
  assert.equal((await run.ended).results, 'data.at once.')
})

const TOOLS = { tcpdump: 'tcpdump', tshark: 'tshark' }

test('--record: tcpdump and tshark read what passed, and have nothing to complain of', {
  skip: without(TOOLS),
}, async (context) => {
  const folder = makeFolder(context)
  const cases = [
    ['AF_INET', 'SOCK_STREAM', '127.0.0.1', ''],
    ['AF_INET6', 'SOCK_STREAM', '::1', ''],
    ['AF_UNIX', 'SOCK_STREAM', join(folder, 'socket'), ''],
  ] as const
  for (const [family, kind, address] of cases) {
    const file = join(folder, `${family}.pcap`)
    const server = python(context, ANSWER_AT_END, family, kind, address)
    // 300001 bytes: several segments, and an odd number for the checksums.
    const client = shell(
      context,
      'head -c 300001 /dev/zero | tr "\\0" x | nc --record "$2" "$1" | sha256sum',
      await placeOf(server),
      file,
    )
    const expected = createHash('sha256')
      .update(`got ${'x'.repeat(300_001)}`)
      .digest('hex')
    assert.equal((await client.ended).results.split(' ')[0], expected)
    const listing = await start('tcpdump', ['-nn', '-vv', '-r', file]).ended
    assert.equal(listing.status, 0, listing.remarks)
    assert.doesNotMatch(listing.results, /incorrect|bad cksum|wrong/i)
    assert.match(listing.results, /Flags \[S\],.*Flags \[S\.\],.*Flags \[F\.\],.*Flags \[F\.\],/s)
    const checks = ['-o', 'tcp.check_checksum:TRUE', '-o', 'ip.check_checksum:TRUE']
    const complaints =
      'tcp.analysis.flags || tcp.checksum.status == 0 || ip.checksum.status == 0 || _ws.malformed'
    const odd = await start('tshark', ['-r', file, ...checks, '-Y', complaints]).ended
    assert.equal(odd.results, '', family)
    const stream = await start('tshark', ['-r', file, '-q', '-z', 'follow,tcp,raw,0']).ended
    const lines = stream.results.split('\n')
    const [sent, got] = [/^[0-9a-f]+$/, /^\t[0-9a-f]+$/].map((line) =>
      Buffer.from(
        lines
          .filter((text) => line.test(text))
          .join('')
          .replaceAll('\t', ''),
        'hex',
      ).toString(),
    )
    assert.ok(sent === 'x'.repeat(300_001), `${family}: what was sent`)
    assert.ok(got === `got ${'x'.repeat(300_001)}`, `${family}: what came`)
  }
})

test('--record of datagrams', { skip: without(TOOLS) }, async (context) => {
  const file = join(makeFolder(context), 'udp.pcap')
  const script = `${LISTEN}
data, address = server.recvfrom(65536)
server.sendto(b'got ' + data, address)
server.recvfrom(1)
`
  const server = python(context, script, 'AF_INET', 'SOCK_DGRAM', '127.0.0.1')
  const place = await placeOf(server)
  await shell(context, 'printf hello | nc --udp --idle 2 --record "$2" "$1"', place, file).ended
  const fields = ['-T', 'fields', '-e', 'udp.length', '-e', 'data.text', '-e', 'udp.checksum.status']
  const options = ['-o', 'udp.check_checksum:TRUE', '-o', 'data.show_as_text:TRUE']
  const { results } = await start('tshark', ['-r', file, ...options, ...fields]).ended
  assert.deepEqual(results.trimEnd().split('\n'), ['13\thello\t1', '17\tgot hello\t1'])
})

test('--hex dumps both directions', async (context) => {
  const server = python(context, ANSWER_AT_END, 'AF_INET', 'SOCK_STREAM', '127.0.0.1')
  const run = await shell(context, 'printf "hello\\033[2J" | nc --hex "$1"', await placeOf(server)).ended
  assert.equal(run.results, 'got hello\u001b[2J')
  assert.equal(
    run.remarks,
    `> 0000  68 65 6c 6c 6f 1b 5b 32  4a                       hello.[2J\n` +
      `< 0000  67 6f 74 20 68 65 6c 6c  6f 1b 5b 32 4a           got hello.[2J\n`,
  )
})

/** The most memory that a process has had, in kibibytes. */
function peakOf(pid: string): number {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
}

test('what passes is never kept: a slow reader, a peer that never reads, a line without end', async (context) => {
  const folder = makeFolder(context)
  // The reader of our output stops after a while; the peer sends without end.
  const endless = `${LISTEN}
connection, _ = server.accept()
connection.settimeout(1)
sent, block = 0, b'x' * 65536
try:
    while True:
        sent += connection.send(block)
except TimeoutError:
    print('stuck after', sent, file=sys.stderr, flush=True)
connection.recv(1)
`
  const talker = python(context, endless, 'AF_INET', 'SOCK_STREAM', '127.0.0.1')
  const slow = shell(
    context,
    `(echo $BASHPID > "$2"; nc --recv-only "$1") | (head -c 20000000 > /dev/null; sleep 60)`,
    await placeOf(talker),
    join(folder, 'pid'),
  )
  const [, sent] = await talker.untilRemark(/stuck after (\d+)/)
  assert.ok(Number(sent) > 20_000_000 && Number(sent) < 60_000_000, `sent ${sent}`)
  const pid = readFileSync(join(folder, 'pid'), 'utf8').trim()
  assert.ok(peakOf(pid) < 150_000, `${peakOf(pid)} KiB`)
  // And Ctrl-C is heard though the output is stuck.
  process.kill(Number(pid), 'SIGINT')
  await talker.ended
  signalAll(slow, 'SIGKILL')

  const deaf = python(
    context,
    `${LISTEN}\nconnection, _ = server.accept()\ntime.sleep(60)`,
    'AF_INET',
    'SOCK_STREAM',
    '127.0.0.1',
  )
  const stuck = shell(
    context,
    `yes | (echo $BASHPID > "$2"; nc --idle 4 "$1")`,
    await placeOf(deaf),
    join(folder, 'other pid'),
  )
  const watching = setInterval(() => {
    try {
      const now = peakOf(readFileSync(join(folder, 'other pid'), 'utf8').trim())
      if (now > peak) peak = now // One that is just ending has no memory to tell of.
    } catch {
      // Not there yet, or not any more.
    }
  }, 100)
  let peak = 0
  const { status, remarks } = await stuck.ended
  clearInterval(watching)
  assert.match(remarks, /error: nothing moved for 4 s/)
  assert.equal(status, 1)
  assert.ok(peak > 10_000 && peak < 150_000, `${peak} KiB`)
})

test('128 MiB both ways at once, unharmed', async (context) => {
  const folder = makeFolder(context)
  const block = createHash('sha512').update('seed').digest()
  const [one, other] = ['hex', 'base64'].map((encoding) => {
    const file = join(folder, encoding)
    writeFileSync(file, block.toString(encoding as BufferEncoding).repeat(1_048_576))
    return { file, checksum: createHash('sha256').update(readFileSync(file)).digest('hex') }
  }) as [{ file: string; checksum: string }, { file: string; checksum: string }]
  const server = shell(context, 'nc --listen 127.0.0.1:0 < "$1" | sha256sum', one.file)
  const client = shell(context, 'nc "$1" < "$2" | sha256sum', await placeOf(server), other.file)
  assert.deepEqual(
    [(await client.ended).results.slice(0, 64), (await client.ended).status],
    [one.checksum, 0],
  )
  assert.deepEqual(
    [(await server.ended).results.slice(0, 64), (await server.ended).status],
    [other.checksum, 0],
  )
})

test('whoever has read enough ends it without a failure', async (context) => {
  const server = python(
    context,
    `${LISTEN}
connection, _ = server.accept()
try:
    while True:
        connection.sendall(b'more and more\\n' * 1000)
except OSError:
    pass
`,
    'AF_INET',
    'SOCK_STREAM',
    '127.0.0.1',
  )
  const run = await shell(
    context,
    'nc --recv-only "$1" | head -n 1; echo "$PIPESTATUS"',
    await placeOf(server),
  ).ended
  assert.equal(run.results, 'more and more\n0\n')
})

test('what cannot be, or breaks, says why, with the statuses of ncat', async (context) => {
  const folder = makeFolder(context)
  const reset = `${LISTEN}
import struct
connection, _ = server.accept()
connection.recv(1)
connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
connection.close()
`
  const server = python(context, reset, 'AF_INET', 'SOCK_STREAM', '127.0.0.1')
  const file = join(folder, 'reset.pcap')
  const broken = await shell(context, 'printf hello | nc --record "$2" "$1"', await placeOf(server), file)
    .ended
  assert.match(
    broken.remarks,
    /error: the other side (broke the connection off|closed before everything was sent)/,
  )
  assert.equal(broken.status, 1)

  const cases: [string[], number, RegExp][] = [
    [['127.0.0.1:1'], 1, /cannot connect to 127\.0\.0\.1:1: nobody listens there/],
    [[`unix:${folder}/none`], 1, /no such path/],
    [['--udp', `unix:${folder}/none`], 1, /no such path/],
    [['--listen', '192.0.2.1:0'], 1, /this machine does not have that address/],
    [['--record', `${folder}/no/file`, '127.0.0.1:1'], 1, /cannot write .*no such file/],
    [['--record', '/dev/full', '127.0.0.1:1'], 1, /cannot write \/dev\/full: ENOSPC/],
    [['127.0.0.1'], 2, /has no port/],
    [['--seqpacket', '127.0.0.1:1'], 2, /--seqpacket is for unix: and vsock:/],
    [['--udp', '--proxy-protocol', 'v1', '127.0.0.1:1'], 2, /is for streams/],
    [['--proxy-protocol', 'v3', '127.0.0.1:1'], 2, /Allowed choices are v1, v2/],
    [['--keep-open', '127.0.0.1:1'], 2, /goes with --listen/],
    [['--udp', '--seqpacket', 'unix:x'], 2, /cannot be used with/],
    [['--send-only', '--recv-only', 'unix:x'], 2, /cannot be used with/],
    [['--idle', '0', 'unix:x'], 2, /must be seconds/],
    [[], 2, /missing required argument 'address'/],
  ]
  for (const [commandLine, status, message] of cases) {
    const ended = await runBerkeley('nc', ...commandLine)
    assert.match(ended.remarks, message)
    assert.equal(ended.status, status, commandLine.join(' '))
  }
})
