// The page of a class without a browser: the report, the server behind --web, and what neither lets through.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { lstat, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { AF_UNIX, createConnection, createServer, Socket } from 'berkeley'
import { formatTarget } from '#addresses.js'
import { LiveClass, type Watcher } from '#commands/classroom/page/live-class.js'
import { makePage } from '#commands/classroom/page/page-html.js'
import { viewClass, viewCompleteClass } from '#commands/classroom/page/view-of-class.js'
import type { Candidate } from '#commands/classroom/roster.js'
import { serveHttp } from '#web/http-server.js'
import { makeGate, withHost } from './hosts.ts'
import { openSockets } from './open-descriptors.ts'
import { type Run, runBerkeley, startBerkeley } from './run-berkeley.ts'

const folder = await mkdtemp(join(tmpdir(), 'berkeley-page-'))
after(() => rm(folder, { recursive: true }))

const ADA = { id: 'ada', height: 165, weight: 58, size: 'M' } as const
const BOB = { id: 'bob', height: 166, weight: 58, size: 'M' } as const
const EVE = { id: 7, height: 190, weight: 95, size: 'XL' } as const
const NOW = new Date('2026-11-20T12:00:00Z')

async function fileOf(content: unknown): Promise<string> {
  const path = join(folder, `${crypto.randomUUID()}.json`)
  await writeFile(path, JSON.stringify(content))
  return path
}

/** The class that stands in a page. */
function classIn(html: string) {
  return JSON.parse(/<script type="application\/json" id="class">([^<]*)<\/script>/.exec(html)![1]!)
}

describe('report', () => {
  test('a file becomes a page on standard output, with everything in it', async () => {
    const { status, results, remarks } = await runBerkeley(
      'classroom',
      'report',
      '--from',
      await fileOf([ADA, { host: '10.0.0.1', record: BOB }, EVE, { ...ADA, height: 170 }, { id: 'x' }]),
    )
    assert.equal(status, 0, remarks)
    assert.match(remarks, /4 of 5 gave a valid record/)
    const { seats, pairs, repeats, state, sizes } = classIn(results)
    assert.deepEqual([state, sizes.length, seats.length], ['done', 8, 5])
    assert.deepEqual(seats[1], { source: '10.0.0.1', student: BOB })
    assert.equal(seats[3].sameAs, '#1')
    assert.match(seats[4].trouble, /missing field height/)
    assert.deepEqual([pairs[0].first, pairs[0].second, pairs[0].rank], [0, 1, 1])
    assert.match(repeats[0], /#1, #4 gave the same id ada with different bodies/)
    assert.doesNotMatch(results, /\b(?:src|href)="(?!data:)/, 'nothing is fetched')
    assert.doesNotMatch(results, /https?:\/\/(?!www\.w3\.org)/, 'nor linked')
  })

  test('the policy allows its own script and style, and nothing else', async () => {
    const { html, policy } = makePage(viewCompleteClass([], 3, NOW), { live: false })
    const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`
    const script = /<script>([\s\S]*)<\/script>/.exec(html)![1]!
    const style = /<style>([\s\S]*?)<\/style>/.exec(html)![1]!
    assert.ok(html.includes(`content="${policy}"`))
    assert.deepEqual(policy.split('; '), [
      "default-src 'none'",
      `script-src ${hash(script)}`,
      `style-src ${hash(style)}`,
      'img-src data:',
      "connect-src 'none'",
      "base-uri 'none'",
      "form-action 'none'",
    ])
  })

  test('the licenses of what is bundled are in it', () => {
    const { html } = makePage(viewCompleteClass([], 3, NOW), { live: false })
    assert.match(html, /d3-selection[\s\S]*Mike Bostock[\s\S]*Permission to use, copy, modify/)
  })

  test('no text of a host can end the data or begin an element', () => {
    const hostile = '</script><script>alert(1)</script><!--\u2028&'
    const seats = [{ source: hostile, failure: { reason: 'not-json', detail: hostile } }] as const
    const { html } = makePage(viewCompleteClass(seats, 3, NOW), { live: false })
    assert.equal(html.match(/<script/g)?.length, 2)
    assert.deepEqual(classIn(html).seats, [{ source: hostile, trouble: hostile }])
  })

  test('over TCP, to a file, which is whole or as it was', async () => {
    const path = join(folder, 'class.html')
    await withHost(
      (socket) => socket.sendall(JSON.stringify(ADA)),
      async (ada) => {
        const report = ['classroom', 'report', formatTarget(ada), '-o']
        const { status, results, remarks } = await runBerkeley(...report, path)
        assert.deepEqual([status, results], [0, ''], remarks)
        const missing = await runBerkeley(...report, join(folder, 'no', 'where.html'))
        assert.equal(missing.status, 1)
        assert.match(missing.remarks, /error: cannot write .*where\.html: ENOENT/)
      },
    )
    assert.deepEqual(classIn(await readFile(path, 'utf8')).seats[0].student, ADA)
    assert.deepEqual(
      (await readdir(folder)).filter((name) => name.endsWith('.part')),
      [],
    )
  })

  test('a device or a link that is named as the file stays what it is', async () => {
    const [from, target, link] = [await fileOf([ADA, BOB]), join(folder, 'target.html'), join(folder, 'link')]
    const full = join(folder, 'full')
    await symlink('/dev/full', full)
    const { status, remarks } = await runBerkeley('classroom', 'report', '--from', from, '-o', full)
    assert.equal(status, 1)
    assert.match(remarks, /error: cannot write .*full: ENOSPC/)
    await symlink(target, link)
    assert.equal((await runBerkeley('classroom', 'report', '--from', from, '-o', link)).status, 0)
    assert.ok((await lstat(link)).isSymbolicLink())
    assert.equal(classIn(await readFile(target, 'utf8')).seats.length, 2)
  })

  test('nobody there is a failure, and no page', async () => {
    const { status, results, remarks } = await runBerkeley(
      'classroom',
      'report',
      '--from',
      await fileOf([{}]),
    )
    assert.deepEqual([status, results], [1, ''])
    assert.match(remarks, /error: no student found/)
  })

  test('of more than two thousand hosts only students have seats, and the others are counted', () => {
    const silent = Array.from({ length: 3000 }, (_, place): Candidate => {
      return { source: `h${place}`, failure: { reason: 'refused', detail: 'refused' } }
    })
    const { seats, unseated } = viewCompleteClass([...silent, { source: 'last', student: ADA }], 3, NOW)
    assert.deepEqual([seats, unseated], [[{ source: 'last', student: ADA }], 3000])
  })
})

// ---- the server behind --web ----------------------------------------------------------------------------------------

/** Runs `berkeley classroom …` with its page on a port that the system chooses, while `use` runs. */
async function withPage(
  commandLine: string[],
  use: (url: string, run: Run) => Promise<void>,
): Promise<string> {
  const run = startBerkeley('classroom', ...commandLine, '--web-address', '127.0.0.1:0')
  try {
    const [, url] = await run.untilRemark(/Open (http:\S+)/)
    await use(url!, run)
  } finally {
    run.child.kill('SIGINT')
  }
  const { status, remarks } = await run.ended
  assert.equal(status, 0, remarks)
  return remarks
}

interface Told {
  readonly event: string
  readonly data: { state: string; answered: number; seats?: unknown[]; changed?: unknown[] }
}

/** Follows the scan to its end. */
async function followToEnd(url: string): Promise<Told[]> {
  const response = await fetch(`${url}events`)
  assert.equal(response.headers.get('content-type'), 'text/event-stream')
  const told: Told[] = []
  let text = ''
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk
    const blocks = text.split('\n\n')
    text = blocks.pop()!
    for (const block of blocks) {
      const [, event, data] = /^event: (\w+)\ndata: (.*)$/.exec(block) ?? []
      if (event !== undefined) told.push({ event, data: JSON.parse(data!) })
    }
    if (told.at(-1)?.data.state === 'done') return told
  }
  throw new Error('the events ended before the scan')
}

describe('--web', () => {
  for (const command of ['scan', 'serve']) {
    test(`${command} --web: the first page begins the scan, which is told there and on the terminal`, async () => {
      await withHost(
        (socket) => socket.sendall(JSON.stringify(ADA)),
        (ada) =>
          withHost(
            (socket) => socket.sendall(JSON.stringify(BOB)),
            async (bob) => {
              const hosts = [ada, bob].map(formatTarget)
              const remarks = await withPage([command, ...hosts, '--web'], async (url, run) => {
                const page = await fetch(url)
                assert.match(
                  page.headers.get('content-security-policy')!,
                  /connect-src 'self'.*frame-ancestors/,
                )
                assert.equal(classIn(await page.text()).state, 'waiting')
                assert.doesNotMatch(run.remarks(), /valid record/)
                const told = await followToEnd(url)
                assert.deepEqual(
                  [told[0]!.event, told[0]!.data.state, told[0]!.data.seats?.length],
                  ['class', 'waiting', 2],
                )
                assert.equal(told.at(-1)!.data.answered, 2)
                const answer = await fetch(`${url}records.json`)
                const saved = (await answer.json()) as { students: { record: unknown }[]; pairs: unknown[] }
                assert.deepEqual(
                  saved.students.map(({ record }) => record),
                  [ADA, BOB],
                )
                assert.equal(saved.pairs.length, 1)
                const report = classIn(await (await fetch(`${url}report.html`)).text())
                assert.equal(report.state, 'done')
              })
              assert.match(remarks, /2 of 2 gave a valid record\.\nStopped\.\n$/)
            },
          ),
      )
    })
  }

  test('only the page itself asks for another scan, and only one at a time', async () => {
    const gate = makeGate()
    let asked = 0
    await withHost(
      async (socket) => {
        if (++asked === 2) await gate.opened
        await socket.sendall(JSON.stringify(ADA))
      },
      async (ada) => {
        await withPage(['scan', formatTarget(ada)], async (url) => {
          const scan = async (origin: string) => {
            return (await fetch(`${url}scan`, { method: 'POST', headers: { origin } })).status
          }
          assert.equal(await scan('http://elsewhere.example'), 403)
          await followToEnd(url)
          const origin = url.replace(/\/$/, '')
          assert.deepEqual([await scan(origin), await scan(origin)], [202, 409])
          gate.open()
          await followToEnd(url)
          assert.equal(asked, 2)
        })
      },
    )
  })

  test('what it does not have, how it is not asked, and by which name', async () => {
    await withPage(['scan', '127.0.0.1:1'], async (url) => {
      const statusOf = async (path: string, options: RequestInit = {}) =>
        (await fetch(url + path, options)).status
      assert.equal(await statusOf('nothing'), 404)
      assert.equal(await statusOf('../../etc/passwd'), 404)
      assert.equal(await statusOf('', { method: 'POST' }), 405)
      assert.equal(await statusOf('scan'), 405)
      assert.equal(await statusOf('', { method: 'HEAD' }), 200)
      assert.equal(await statusOf('events', { method: 'HEAD' }), 200)
      assert.equal(await request(url, 'GET / HTTP/1.1\r\nhost: rebound.example\r\n'), 421)
      assert.equal(await request(url, 'GET / HTTP/1.1\r\nhost: localhost:1\r\n'), 200)
      assert.equal(await request(url, 'rubbish\r\n'), 400)
    })
  })

  test('on a Unix socket, which is gone afterwards', async () => {
    const path = join(folder, 'page')
    const run = startBerkeley('classroom', 'scan', '127.0.0.1:1', '--web-address', `unix:${path}`)
    await run.untilRemark(/Open unix:/)
    const socket = new Socket(AF_UNIX)
    await socket.connect(path)
    await socket.sendall('GET / HTTP/1.1\r\nhost: any\r\nconnection: close\r\n\r\n')
    assert.match(String(await socket.recv(100)), /^HTTP\/1\.1 200 OK/)
    socket.close()
    run.child.kill('SIGTERM')
    assert.equal((await run.ended).status, 0)
    await assert.rejects(readFile(path), { code: 'ENOENT' })
  })

  test('Ctrl-C ends it at once: in the middle of a scan, with a page open, and with a visitor who says nothing', async () => {
    await withHost(
      (socket) => socket.recv(1), // never answers
      async (silent) => {
        const started = performance.now()
        await withPage(['scan', formatTarget(silent), '--timeout', '3600'], async (url) => {
          const visitor = new Socket()
          await visitor.connect(['127.0.0.1', Number(new URL(url).port)])
          const events = await fetch(`${url}events`)
          await events.body!.getReader().read()
          visitor.unref()
        })
        assert.ok(performance.now() - started < 60_000)
      },
    )
  })

  test('command lines that make no sense', async () => {
    const wrong = async (...commandLine: string[]) => {
      const { status, remarks } = await runBerkeley('classroom', ...commandLine)
      assert.equal(status, 2, remarks)
      return remarks
    }
    assert.match(await wrong('scan', '127.0.0.1', '--web', '--json'), /cannot be used with option '--json'/)
    assert.match(await wrong('scan', '--web'), /no addresses to scan/)
    assert.match(await wrong('serve', '--web'), /no addresses to scan/)
    assert.match(await wrong('serve', '127.0.0.1'), /only with --web serve takes addresses/)
    assert.match(await wrong('serve', '127.0.0.1', '--web', '--port', '0'), /none to scan/)
    assert.match(await wrong('scan', '10.0.0.0/20', '--web'), /seats for 2000 hosts, not for 4094/)
    assert.match(await wrong('scan', '127.0.0.1', '--web-address', 'nonsense'), /has no port/)
    assert.match(await wrong('scan', '127.0.0.1', '--web-address', 'vsock:1:1'), /no browser opens/)
    assert.match(await wrong('report', '127.0.0.1', '--from', 'x'), /either addresses or --from/)
  })
})

/** The status that raw bytes get, after which an empty line is sent. */
async function request(url: string, head: string): Promise<number> {
  const socket = new Socket()
  await socket.connect(['127.0.0.1', Number(new URL(url).port)])
  await socket.sendall(`${head}connection: close\r\n\r\n`)
  const answer = String(await socket.recv(1000))
  socket.close()
  return Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1])
}

test('who takes too long to ask is told so and cut off, and others are served meanwhile', async () => {
  const before = openSockets()
  const listener = createServer(['127.0.0.1', 0])
  const [, port] = listener.getsockname()
  const stopping = new AbortController()
  const onTrouble = (error: Error) => {
    throw error
  }
  const options = { connections: 10, signal: stopping.signal, onTrouble, patience: 200 }
  const serving = serveHttp(listener, (_, response) => response.end('answer'), options)
  const slow = await createConnection(['127.0.0.1', port])
  await slow.sendall('GET / HTTP/1.1\r\nx-more: ')
  assert.equal(await request(`http://127.0.0.1:${port}`, 'GET / HTTP/1.1\r\nhost: any\r\n'), 200)
  assert.match(String(await slow.recv(1000)), /^HTTP\/1\.1 408 /)
  assert.equal((await slow.recv(1000)).length, 0)
  slow.close()
  stopping.abort()
  await serving
  assert.deepEqual(
    openSockets().filter((socket) => !before.includes(socket)),
    [],
  )
})

// ---- those who watch ------------------------------------------------------------------------------------------------

const tick = () => new Promise((resolve) => setTimeout(resolve, 100))

test('a watcher who is slow is told nothing, and then everything anew', async () => {
  const live = new LiveClass(['a', 'b'], 3)
  const told: string[] = []
  const slow = { isReady: true, tell: (event: string) => told.push(event) }
  live.begin()
  live.watch(slow as Watcher)
  slow.isReady = false
  live.add(0, { source: 'a', student: ADA })
  await tick()
  live.add(1, { source: 'b', student: BOB })
  live.end()
  assert.deepEqual(told, ['class'])
  slow.isReady = true
  live.caughtUp(slow as Watcher)
  live.caughtUp(slow as Watcher)
  assert.deepEqual(told, ['class', 'class'])
  live.leave(slow as Watcher)
  live.begin()
  live.close()
  assert.equal(told.length, 2)
})

test('answers that come together are told together', async () => {
  const live = new LiveClass(['a', 'b'], 3)
  const told: unknown[] = []
  live.begin()
  live.watch({ isReady: true, tell: (event, data) => told.push([event, 'changed' in data && data.changed]) })
  live.add(0, { source: 'a', student: ADA })
  live.add(1, { source: 'b', failure: { reason: 'refused', detail: 'refused' } })
  await tick()
  await tick()
  live.close()
  assert.deepEqual(told.slice(1), [
    [
      'update',
      [
        [0, { source: 'a', student: ADA }],
        [1, { source: 'b', trouble: 'refused' }],
      ],
    ],
  ])
})

test('places in the view are places in the list of hosts, whatever has come', () => {
  const candidates: (Candidate | undefined)[] = [undefined, undefined, undefined, undefined]
  candidates[3] = { source: 'd', student: BOB }
  candidates[1] = { source: 'b', student: ADA }
  const view = viewClass(['a', 'b', 'c', 'd'], candidates, { state: 'scanning', pairs: 3, time: NOW })
  assert.equal(view.answered, 2)
  assert.deepEqual(
    view.pairs.map(({ first, second }) => [first, second].sort()),
    [[1, 3]],
  )
})
