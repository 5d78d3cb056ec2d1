// The line-by-line sender as a process, against Python and against servers that misbehave.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { AF_INET, SO_LINGER, SOCK_DGRAM, SOL_SOCKET, Socket } from 'berkeley'
import { formatTarget } from '#addresses.js'
import { Durations } from '#commands/lines/durations.js'
import { type Behaviour, makeGate, untilClosed, withHost } from './hosts.ts'
import { MAIN, runBerkeley, start } from './run-berkeley.ts'
import { startService, stopService } from './services.ts'

const folder = await mkdtemp(join(tmpdir(), 'berkeley-lines-'))
after(() => rm(folder, { recursive: true }))

async function fileOf(text: string): Promise<string> {
  const path = join(folder, crypto.randomUUID())
  await writeFile(path, text)
  return path
}

const POEM = await fileOf('one\n\n \t\r\ntwo words\r\nümlaut\nlast')

/** Runs `berkeley lines` against a host of our own. */
const against = (behave: Behaviour, path: string, ...options: string[]) =>
  withHost(behave, (target) => runBerkeley('lines', path, formatTarget(target), ...options))

const linesOf = (results: string) =>
  results
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))

const PYTHON_SERVER = `
import socketserver, sys
class Greeter(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile:
            self.wfile.write(b'hello ' + line)
with socketserver.TCPServer(('127.0.0.1', 0), Greeter) as server:
    print(server.server_address[1], file=sys.stderr, flush=True)
    server.serve_forever()
`

test('Python answers each line that is not blank', async () => {
  const python = start('python3', ['-c', PYTHON_SERVER])
  const [port = ''] = await python.untilRemark(/^\d+/)
  const { status, results, remarks } = await runBerkeley('lines', POEM, `127.0.0.1:${port}`)
  python.child.kill()
  assert.equal(status, 0, remarks)
  const answers = results
    .split('\n')
    .slice(0, 4)
    .map((line) => line.replace(/^ *[\d.]+ (µs|ms|s) {2}/, ''))
  assert.deepEqual(answers, ['hello one', 'hello two words', 'hello ümlaut', 'hello last'])
  assert.match(results, /\n4 lines \(2 blank ones skipped\), 0 lost; sent 27 B, .*; total [\d.]+ m?s\n/)
  assert.match(results, /\nmin [\d.]+ (µs|ms|s) {2}median .* p99 .* max .* mean .*\n/)
  assert.match(results, /\n< [\d.]+ (µs|ms|s) +╢█+ \d\n/)
})

test('--json tells each answer and the statistics; --quiet only those', async () => {
  const service = await startService('echo', ':0')
  const address = `:${service.port}`
  const lines = linesOf((await runBerkeley('lines', POEM, address, '--json')).results)
  assert.deepEqual(
    lines.slice(0, 4).map(({ line, answer }) => [line, answer]),
    [
      [1, 'one'],
      [4, 'two words'],
      [5, 'ümlaut'],
      [6, 'last'],
    ],
  )
  const { min, median, p99, max, mean, seconds, ...counts } = lines[4]
  assert.deepEqual(counts, { event: 'statistics', lines: 4, blank: 2, lost: 0, sent: 27, received: 23 })
  assert.ok(
    0 < min && min <= median && median <= p99 && p99 <= max && min <= mean && mean <= max && max < seconds,
  )
  assert.equal(linesOf((await runBerkeley('lines', POEM, address, '--json', '-q')).results).length, 1)
  const datagrams = await startService('echo', ':0', '--datagram')
  const { results } = await runBerkeley('lines', POEM, `:${datagrams.port}`, '--json', '--datagram')
  assert.deepEqual(
    linesOf(results).map(({ answer }) => answer?.trim()),
    ['one', 'two words', 'ümlaut', 'last', undefined],
  )
  await stopService(service)
  await stopService(datagrams)
})

test('standard input, line by line, and Ctrl-C', async () => {
  const service = await startService('echo', ':0')
  const child = spawn(process.execPath, [MAIN, 'lines', '-', `:${service.port}`, '--json'])
  child.stdin.write('one\n')
  const [answer] = await once(child.stdout.setEncoding('utf8'), 'data')
  assert.match(answer, /"answer":"one"/)
  const rest = once(child.stdout, 'data')
  child.kill('SIGINT')
  assert.match((await rest)[0], /"event":"statistics","lines":1,/)
  assert.deepEqual(await once(child, 'close'), [130, null])
  await stopService(service)
})

test('what comes from a server is fit for a terminal', async () => {
  const { results } = await against((socket) => socket.sendall('\u001b[2Jhi\u0007\n'.repeat(9)), POEM)
  assert.match(results, /\\u\{1b\}\[2Jhi\\u\{7\}\n/)
})

test('an answer without a line end, by --answer chunk', async () => {
  const behave: Behaviour = async (socket) => {
    while ((await socket.recv(1000)).length > 0) await socket.sendall('ok')
  }
  const { status, results } = await against(behave, POEM, '--answer', 'chunk', '--json')
  assert.equal(status, 0)
  assert.equal(linesOf(results).filter(({ answer }) => answer === 'ok').length, 4)
})

test('--crlf', async () => {
  const behave: Behaviour = async (socket) => {
    while ((await socket.recv(1000)).toString().endsWith('\r\n')) await socket.sendall('ok\n')
  }
  assert.equal((await against(behave, POEM, '--crlf')).status, 0)
})

test('servers that misbehave: the line and the reason are told, with the statistics so far', async () => {
  const answerOnce = async (socket: Socket<number>) => {
    await socket.recv(1000)
    await socket.sendall('first\n')
    await socket.recv(1000)
  }
  const bad: [string, Behaviour, RegExp][] = [
    ['silent', untilClosed, /line 1: no answer within 0\.3 s/],
    ['leaves', answerOnce, /line 4: the other side closed the connection without an answer/],
    [
      'vanishes',
      async (socket) => {
        await answerOnce(socket)
        socket.setsockopt(SOL_SOCKET, SO_LINGER, Buffer.from(new Int32Array([1, 0]).buffer))
      },
      /line 4: the other side broke the connection off/,
    ],
    [
      'endless',
      async (socket) => {
        for (;;) await socket.sendall(Buffer.alloc(65_536, 'x'))
      },
      /line 1: an answer of more than 1048576 bytes; a larger --line-limit allows it/,
    ],
    [
      'byte by byte',
      async (socket) => {
        for (;;) {
          await socket.sendall('x')
          await new Promise((resolve) => setTimeout(resolve, 50))
        }
      },
      /line 1: no answer within 0\.3 s/,
    ],
  ]
  for (const [name, behave, message] of bad) {
    // Connecting has the same limit, so where no time limit is tested it is long.
    const timeout = message.source.includes('0\\.3') ? '0.3' : '60'
    const { status, results, remarks } = await against(behave, POEM, '--timeout', timeout)
    assert.match(remarks, message, name)
    assert.match(results, /\d lines \(/, name)
    assert.equal(status, 1)
  }
})

test('a server that never reads', async () => {
  const path = await fileOf(`${'x'.repeat(9_000_000)}\n`.repeat(9))
  const gate = makeGate()
  await withHost(
    () => gate.opened,
    async (target) => {
      const options = ['--timeout', '0.5', '--line-limit', '10000000']
      const { status, remarks } = await runBerkeley('lines', path, formatTarget(target), ...options)
      gate.open()
      assert.match(remarks, /line 1: no answer within 0\.5 s/)
      assert.equal(status, 1)
    },
  )
})

test('a line that never ends is refused, with little memory', async () => {
  const service = await startService('echo', ':0')
  // Ten gibibytes without a line end.
  const script = `head -c 10G /dev/zero | { "$0" --max-old-space-size=64 "$@"; }`
  const run = start('sh', ['-c', script, process.execPath, MAIN, 'lines', '-', `:${service.port}`])
  const { status, remarks } = await run.ended
  assert.match(
    remarks,
    /line 1 of standard input is longer than 1048576 bytes; a larger --line-limit allows it/,
  )
  assert.equal(status, 1)
  await stopService(service)
})

test('lost datagrams are counted, and a late answer is not taken for the next one', async () => {
  const server = new Socket(AF_INET, SOCK_DGRAM)
  server.bind(['127.0.0.1', 0])
  const [, port] = server.getsockname()
  const child = spawn(process.execPath, [
    MAIN,
    'lines',
    '-',
    `:${port}`,
    '--datagram',
    '--json',
    '--timeout',
    '1',
  ])
  let results = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (results += text))
  child.stdin.write('one\n')
  const [one, from] = await server.recvfrom(1000)
  while (!results.includes('"lost"')) await once(child.stdout, 'data')
  await server.sendto(one, from)
  child.stdin.end('two\n')
  const [two] = await server.recvfrom(1000)
  await server.sendto(two, from)
  assert.deepEqual(await once(child, 'close'), [1, null])
  server.close()
  const lines = linesOf(results)
  assert.deepEqual(lines[0], { event: 'lost', line: 1 })
  assert.equal(lines[1].answer, 'two\n')
  assert.deepEqual([lines[2].lines, lines[2].lost], [2, 1])
})

test('what cannot be sent says why', async () => {
  const service = await startService('echo', ':0')
  const address = `:${service.port}`
  const refusals: [string[], number, RegExp][] = [
    [['/nowhere/x', address], 1, /cannot read \/nowhere\/x: ENOENT/],
    [[folder, address], 1, /cannot read .*: EISDIR/],
    [[POEM, 'unix:/nowhere/x'], 1, /cannot connect to unix:\/nowhere\/x: no such path/],
    [[POEM, 'x'], 2, /'x' has no port/],
    [[POEM, address, '--answer', 'word'], 2, /Allowed choices are line, chunk/],
    [[POEM], 2, /missing required argument 'address'/],
  ]
  for (const [commandLine, expected, message] of refusals) {
    const { status, remarks } = await runBerkeley('lines', ...commandLine)
    assert.match(remarks, message)
    assert.equal(status, expected)
  }
  await stopService(service)
})

test('the statistics of durations', () => {
  const durations = new Durations()
  assert.equal(durations.statistics(), null)
  assert.equal(durations.histogram(), '')
  for (let ms = 1; ms <= 1000; ms++) durations.add(ms / 1000)
  const { min, median, p99, max, mean } = durations.statistics() ?? assert.fail()
  const near = (value: number, expected: number) => Math.abs(value / expected - 1) < 0.01
  assert.deepEqual([min, max], [0.001, 1])
  assert.ok(near(median, 0.5) && near(p99, 0.99) && near(mean, 0.5005), `${median} ${p99} ${mean}`)
  const bars = [...durations.histogram().matchAll(/^([<≥] \S+ \S+) +╢█* ([\d,]+)$/gm)].map(
    ([, label, count]) => [label, count],
  )
  assert.deepEqual(bars, [
    ['< 2 ms', '1'],
    ['< 5 ms', '3'],
    ['< 10 ms', '5'],
    ['< 20 ms', '10'],
    ['< 50 ms', '30'],
    ['< 100 ms', '50'],
    ['< 200 ms', '100'],
    ['< 500 ms', '300'],
    ['< 1 s', '500'],
    ['< 2 s', '1'],
  ])
  const extremes = new Durations()
  extremes.add(0)
  extremes.add(5000)
  assert.match(extremes.histogram(), /< 1 µs +╢█+ 1\n/)
  assert.match(extremes.histogram(), /≥ 11 min 40 s +╢█+ 1\n/)
})
