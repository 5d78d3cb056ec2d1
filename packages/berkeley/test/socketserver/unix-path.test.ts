// A Unix path that exists: the error says who holds it, and a server may take it over from nobody.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { after, describe, test } from 'node:test'
import { AF_UNIX, SOCK_DGRAM, SOCK_STREAM, Socket } from 'berkeley'
import * as socketserver from 'berkeley/socketserver'
import { UnixStreamServer } from 'berkeley/socketserver'
import { leavesNothingOpen } from '../descriptors.ts'
import { socketTest } from '../scope.ts'
import { Echo, EchoPacket, urlOf } from './handlers.ts'
import { type AnyServer, ask, folder, freePath, type Kind, kinds, LONG } from './kinds.ts'

after(() => rmSync(folder, { recursive: true }))

type ServerClass = new (path: string, handler: unknown) => AnyServer
const classOf = (name: string) => (socketserver as unknown as Record<string, ServerClass>)[name]!
const replacing = (name: string): ServerClass =>
  class extends classOf(name) {
    static replaceStalePath = true
  }

const LIVE = { name: 'OSError', code: 'EADDRINUSE', message: /: a server listens there$/ }
const STALE = { code: 'EADDRINUSE', message: /: nobody listens there, .* replaceStalePath = true\)$/ }
const NO_SOCKET = { code: 'EADDRINUSE', message: /: there is something else than a socket$/ }

/** Binds a path as a program does that ends without a word; long ago, unless it is `young`. */
function leaveBehind(path: string, type: number, young = false): void {
  using socket = new Socket(AF_UNIX, type)
  socket.bind(path)
  if (!young) utimesSync(path, 0, 0)
}

const prefixes = ['', 'Async', 'Threading', 'Forking'] as const

for (const prefix of prefixes) {
  for (const kind of kinds.filter(({ family }) => family === AF_UNIX) as readonly Kind[]) {
    const name = `${prefix}${kind.name}`
    const handler = urlOf(kind.type === SOCK_DGRAM ? EchoPacket.name : Echo.name)

    describe(`${name} and a path that exists`, () => {
      test('where a server listens', async () => {
        await leavesNothingOpen(async () => {
          const path = freePath()
          const live = new (classOf(name))(path, handler)
          for (const Server of [classOf(name), replacing(name)])
            assert.throws(() => new Server(path, handler), { ...LIVE, address: path, syscall: 'bind' })
          await live.serverClose()
        })
      })

      test('where a server of the other kind listens', async () => {
        const path = freePath()
        using live = new Socket(AF_UNIX, kind.type === SOCK_DGRAM ? SOCK_STREAM : SOCK_DGRAM)
        live.bind(path)
        assert.throws(() => new (replacing(name))(path, handler), LIVE)
        assert.ok(existsSync(path))
      })

      test('where nobody listens any more', async () => {
        for (const young of [false, true]) {
          const path = freePath()
          leaveBehind(path, kind.type, young)
          await leavesNothingOpen(() => {
            assert.throws(() => new (classOf(name))(path, handler), { ...STALE, address: path })
          })
          const before = readdirSync(dirname(path)).length
          const server = new (replacing(name))(path, handler)
          assert.equal(readdirSync(dirname(path)).length, before, 'nothing else is left')
          const running = server.serveForever()
          assert.equal(await ask(kind, path, 'mine\n'), 'mine\n')
          await server.shutdown(LONG)
          await running
          await server.serverClose()
        }
      })

      test('that is no socket', () => {
        const [file, directory, link] = [freePath(), freePath(), freePath()]
        writeFileSync(file, 'precious')
        mkdirSync(directory)
        symlinkSync('nowhere', link)
        for (const path of [file, directory, link])
          assert.throws(() => new (replacing(name))(path, handler), NO_SOCKET)
        assert.equal(statSync(file).size, 'precious'.length)
      })
    })
  }
}

socketTest('a server that is only about to listen keeps its path', async () => {
  const path = freePath()
  await using server = new UnixStreamServer(path, Echo, false)
  server.serverBind()
  // As if it did so this very moment.
  const program = `
    const { Socket } = await import(${JSON.stringify(import.meta.resolve('berkeley'))})
    const { UnixStreamServer } = await import(${JSON.stringify(import.meta.resolve('berkeley/socketserver'))})
    class Server extends UnixStreamServer { static replaceStalePath = true }
    const { wait } = Atomics
    Atomics.wait = (...args) => {
      process.stdout.write('waiting')
      wait(args[0], 0, 0, 500)
    }
    try { new Server(process.argv[1], class {}) } catch ({ message }) { console.log(message) }
  `
  const other = spawn(process.execPath, ['--input-type=module', '-e', program, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  other.stdout.on('data', (text) => {
    said += text
    if (text.includes('waiting') && server.fileno() >= 0) server.serverActivate()
  })
  await once(other, 'close')
  assert.match(said, /^waiting.*: a server listens there\n$/)
})

test('of many servers that find the same path stale one gets it, and the others are told', {
  timeout: 2 * LONG * 1000,
}, async () => {
  const path = freePath()
  leaveBehind(path, SOCK_STREAM)
  const program = `
    const { UnixStreamServer } = await import(${JSON.stringify(import.meta.resolve('berkeley/socketserver'))})
    class Server extends UnixStreamServer { static replaceStalePath = true }
    process.stdin.once('data', () => {
      try { new Server(process.argv[1], class {}); console.log('mine') } catch ({ code }) { console.log(code) }
      process.stdin.once('data', () => process.exit())
    })
    console.log('ready')
  `
  const racers = Array.from({ length: 6 }, () =>
    spawn(process.execPath, ['--input-type=module', '-e', program, path], {
      stdio: ['pipe', 'pipe', 'inherit'],
    }),
  )
  const heard = (racer: (typeof racers)[0]) => once(racer.stdout, 'data').then(([text]) => `${text}`.trim())
  try {
    assert.deepEqual(
      await Promise.all(racers.map(heard)),
      racers.map(() => 'ready'),
    )
    const said = racers.map(heard)
    for (const racer of racers) racer.stdin.write('go')
    const outcomes = await Promise.all(said)
    assert.equal(outcomes.filter((outcome) => outcome === 'mine').length, 1, `${outcomes}`)
    assert.equal(outcomes.filter((outcome) => outcome === 'EADDRINUSE').length, 5, `${outcomes}`)
    await using client = new Socket(AF_UNIX)
    await client.connect(path)
  } finally {
    for (const racer of racers) racer.kill()
  }
})
