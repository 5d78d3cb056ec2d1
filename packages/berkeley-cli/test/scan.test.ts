// The command `scan` as a process: outputs, exit statuses, files, interruption, broken pipes.
import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { formatTarget } from '#addresses.js'
import { makeGate, untilClosed, withHost } from './hosts.ts'
import { MAIN, runBerkeley, start, startBerkeley } from './run-berkeley.ts'

const folder = await mkdtemp(join(tmpdir(), 'berkeley-scan-'))
after(() => rm(folder, { recursive: true }))

const ADA = { id: 'ada', height: 165, weight: 58, size: 'M' }
const BOB = { id: 'bob', height: 166, weight: 58, size: 'M' }
const EVE = { id: 7, height: 190, weight: 95, size: 'XL' }

async function fileOf(content: unknown): Promise<string> {
  const path = join(folder, `${crypto.randomUUID()}.json`)
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

test('a class over TCP: table on standard output, explanations on standard error', async () => {
  await withHost(
    (socket) => socket.sendall(JSON.stringify(ADA)),
    (ada) =>
      withHost(
        (socket) => socket.sendall(JSON.stringify(BOB)),
        (bob) =>
          withHost(
            (socket) => socket.sendall('{"id":"\\u001b[2J"}'),
            async (bad) => {
              const addresses = [ada, bob, bad].map(formatTarget)
              const { status, results, remarks } = await runBerkeley('classroom', 'scan', addresses.join(','))
              assert.equal(status, 0)
              assert.match(results, /^host +id +height +weight +size\n/)
              assert.match(results, new RegExp(`${addresses[0]} +ada +165 cm +58 kg +M\n`))
              assert.match(
                results,
                /\nThe most similar pair\n1\. {2}ada and bob {2}distance 2 {2}\(1 cm apart, same kg, M;/,
              )
              assert.match(remarks, new RegExp(`${addresses[2]} +missing field height; missing field weight`))
              assert.match(remarks, /2 of 3 gave a valid record\.\n$/)
              assert.ok(
                !`${results}${remarks}`.includes('\u001b'),
                'no colours, and no escapes from strangers',
              )
            },
          ),
      ),
  )
})

test('records from a file, plain and with hosts; repeated ids', async () => {
  const repeated = { host: '10.0.0.9', record: { ...ADA, height: 170 } }
  const path = await fileOf([
    ADA,
    { host: '10.0.0.1', record: BOB },
    EVE,
    repeated,
    { ...BOB },
    'nobody',
    { id: 1 },
  ])
  const { status, results, remarks } = await runBerkeley('classroom', 'scan', '--from', path)
  assert.equal(status, 0)
  assert.match(results, /^#1 +ada .*\n10\.0\.0\.1 +bob .*\n#3 +7 /m)
  assert.match(remarks, /^#6 +not an object: "nobody"$/m)
  assert.match(remarks, /^#7 +missing field height; missing field weight; missing field size$/m)
  assert.match(
    remarks,
    /^#1, 10\.0\.0\.9 gave the same id ada with different bodies: counted once, as #1 said$/m,
  )
  assert.match(remarks, /^10\.0\.0\.1, #5 gave the same id bob: counted once, as 10\.0\.0\.1 said$/m)
  assert.match(remarks, /^5 of 7 gave a valid record\.$/m)
})

test('--json tells everything, and --from reads it again', async () => {
  const path = await fileOf([ADA, BOB, EVE, {}, BOB])
  const { status, results, remarks } = await runBerkeley(
    'classroom',
    'scan',
    '--from',
    path,
    '--json',
    '--quiet',
  )
  assert.equal(status, 0)
  assert.equal(remarks, '')
  const document = JSON.parse(results)
  assert.deepEqual(document.students[0], { host: '#1', record: ADA })
  assert.equal(document.failures[0].reason, 'missing-field')
  assert.deepEqual(document.repeats, [{ id: 'bob', hosts: ['#2', '#5'], contradictory: false }])
  assert.deepEqual(document.pairs[0].ids, ['ada', 'bob'])
  assert.deepEqual(document.pairs[0].hosts, ['#1', '#2'])
  assert.equal(document.pairs.length, 3)
  assert.equal(document.unlistedTies, 0)

  const again = await runBerkeley('classroom', 'scan', '--from', await fileOf(results), '--json')
  assert.deepEqual(JSON.parse(again.results).pairs, document.pairs)
})

test('--csv is safe to open', async () => {
  const path = await fileOf([{ host: '=1+1, "x"', record: ADA }, BOB])
  const { results } = await runBerkeley('classroom', 'scan', '--from', path, '--csv')
  const lines = results.split('\r\n')
  assert.equal(lines[0], 'host,id,height,weight,size')
  assert.match(lines[1] ?? '', /^"'=1\+1, .*",ada,165,58,M$/)
  assert.equal(lines[2]?.trimEnd(), '#2,bob,166,58,M')
})

test('--pairs, ties, and how many are not listed', async () => {
  const path = await fileOf(Array.from({ length: 100 }, (_, id) => ({ ...ADA, id })))
  const { results } = await runBerkeley('classroom', 'scan', '--from', path, '--pairs', '2')
  assert.equal(results.match(/^1\. {2}/gm)?.length, 22)
  assert.match(results, /^… and 4928 pairs more at the same distance as the last\.$/m)
})

test('fewer than two students', async () => {
  const one = await runBerkeley('classroom', 'scan', '--from', await fileOf([ADA]))
  assert.equal(one.status, 1)
  assert.match(one.results, /ada/)
  assert.match(one.remarks, /error: only one student found: nobody to compare with\n$/)
  const none = await runBerkeley('classroom', 'scan', '--from', await fileOf([]), '--json')
  assert.equal(none.status, 1)
  assert.deepEqual(JSON.parse(none.results).students, [])
  assert.match(none.remarks, /error: no student found\n$/)
})

test('what cannot be scanned says why', async () => {
  const refusals: [string[], number, RegExp][] = [
    [[], 2, /no addresses to scan, and no --from/],
    [['10.0.0.1-0.300'], 2, /error: 10\.0\.0\.1-0\.300: 0\.300 is not an end for this range/],
    [['10.0.0.0/8'], 2, /more than 65536 hosts/],
    [['10.0.0.1', '--from', 'x.json'], 2, /either addresses or --from/],
    [['10.0.0.1', '--json', '--csv'], 2, /cannot be used with/],
    [['10.0.0.1', '--timeout', '-1'], 2, /must be seconds/],
    [['10.0.0.1', '--concurrency', '0'], 2, /whole number from 1 to/],
    [['--from', join(folder, 'nothing.json')], 1, /cannot read .*nothing\.json: ENOENT/],
    [['--from', await fileOf('{oops')], 1, /is not JSON/],
    [['--from', await fileOf({ a: 1 })], 1, /holds no list of records/],
  ]
  for (const [commandLine, expected, message] of refusals) {
    const { status, remarks } = await runBerkeley('classroom', 'scan', ...commandLine)
    assert.match(remarks, message)
    assert.equal(status, expected, commandLine.join(' '))
  }
})

test('help and version', async () => {
  for (const command of [
    [],
    ['classroom'],
    ['classroom', 'serve'],
    ['classroom', 'scan'],
    ['classroom', 'demo'],
  ]) {
    const { status, results } = await runBerkeley(...command, '--help')
    assert.equal(status, 0)
    assert.match(results, /^Usage: berkeley/)
    assert.match(results, /Exit status:\n {2}0 /)
  }
  const { status, results } = await runBerkeley('--version')
  assert.equal(status, 0)
  assert.match(results, /^\d+\.\d+\.\d+\n$/)
  assert.equal((await runBerkeley()).status, 2)
  assert.equal((await runBerkeley('classrom')).status, 2)
})

test('Ctrl-C and SIGTERM end a scan at once', async () => {
  for (const [signal, expected] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    const visited = makeGate()
    await withHost(
      async (socket) => {
        visited.open()
        await untilClosed(socket)
      },
      async (target) => {
        const run = startBerkeley('classroom', 'scan', formatTarget(target), '--timeout', '3600')
        await visited.opened
        run.child.kill(signal)
        const { status, results } = await run.ended
        assert.equal(status, expected)
        assert.equal(results, '')
      },
    )
  }
})

test('a reader who has enough, as head has, is no failure', async () => {
  const path = await fileOf(Array.from({ length: 5000 }, (_, id) => ({ ...ADA, id })))
  const script = '{ "$0" "$@"; echo "status $?" >&2; } | head -c 10'
  const run = start('sh', [
    '-c',
    script,
    process.execPath,
    MAIN,
    'classroom',
    'scan',
    '--from',
    path,
    '--json',
    '-q',
  ])
  const { results, remarks } = await run.ended
  assert.equal(results.length, 10)
  assert.equal(remarks, 'status 0\n')
})
