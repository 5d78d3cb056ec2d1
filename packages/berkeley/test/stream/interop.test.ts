// What else takes a Duplex: Node's HTTP, HTTP/2 and TLS over sockets of ours, with curl and CPython at the other end.
import assert from 'node:assert/strict'
import { execFile, execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import * as http from 'node:http'
import * as http2 from 'node:http2'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { before, describe } from 'node:test'
import * as tls from 'node:tls'
import { promisify } from 'node:util'
import { AF_UNIX, createServer, type InetAddress, Socket } from 'berkeley'
import { type SocketDuplex, toDuplex } from 'berkeley/stream'
import { without } from '../programs.ts'
import { type Scope, socketTest } from '../scope.ts'
import { closing, freePath, warmUp } from '../worlds.ts'

before(warmUp)

const run = promisify(execFile)

/** Accepts on a loopback port, or on `path`, and gives each connection to `take`; closes all at the end. */
function accepting(t: Scope, take: (stream: SocketDuplex) => void, path?: string): string {
  const server = path === undefined ? createServer(['127.0.0.1', 0]) : new Socket<number>(AF_UNIX)
  if (path !== undefined) {
    server.bind(path as never)
    server.listen()
  }
  const streams = new Set<SocketDuplex>()
  const loop = (async () => {
    for await (const [socket] of server as ReturnType<typeof createServer>) {
      const stream = toDuplex(socket)
      streams.add(stream.once('close', () => streams.delete(stream)))
      take(stream)
    }
  })()
  t.after(async () => {
    server.close()
    await loop
    await Promise.all([...streams].map((stream) => once(stream.destroy(), 'close')))
  })
  return path ?? `127.0.0.1:${(server.getsockname() as InetAddress)[1]}`
}

async function connectTo(address: string): Promise<SocketDuplex> {
  const [host, port] = address.split(':')
  const socket = port === undefined ? new Socket<number>(AF_UNIX) : new Socket<number>()
  await socket.connect(port === undefined ? address : [host!, Number(port)])
  return toDuplex(socket)
}

function httpServer(t: Scope, listener: http.RequestListener, keepAliveTimeout = 5000): http.Server {
  const server = http.createServer({ keepAliveTimeout }, listener)
  t.after(() => server.closeAllConnections())
  return server
}

const echo: http.RequestListener = async (request, response) => {
  response.setHeader('x-method', request.method!)
  response.end(`got ${await text(request)}`)
}

describe('node:http', () => {
  const curl = without({ curl: 'curl' })

  socketTest(
    'a server of http on connections of ours answers curl, twice on one of them',
    async (t) => {
      const server = httpServer(t, echo)
      const address = accepting(t, (stream) => server.emit('connection', stream))
      const url = `http://${address}/`
      const args = ['-sS', '--noproxy', '*', '-d', 'x'.repeat(100_000), url, url, '-w', ' %{num_connects}\n']
      const { stdout } = await run('curl', args)
      assert.equal(stdout, `got ${'x'.repeat(100_000)} 1\ngot ${'x'.repeat(100_000)} 0\n`)
    },
    curl,
  )

  socketTest(
    'and on a Unix socket',
    async (t) => {
      const server = httpServer(t, echo)
      const path = accepting(t, (stream) => server.emit('connection', stream), freePath())
      const { stdout } = await run('curl', ['-sS', '--unix-socket', path, '-d', 'hello', 'http://localhost/'])
      assert.equal(stdout, 'got hello')
    },
    curl,
  )

  socketTest('an agent that keeps connections of ours alive', async (t) => {
    const server = httpServer(t, echo)
    let connections = 0
    const address = accepting(t, (stream) => {
      connections++
      server.emit('connection', stream)
    })
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
    agent.createConnection = ((
      _options: unknown,
      done: (error: Error | null, stream?: SocketDuplex) => void,
    ) => {
      connectTo(address).then((stream) => done(null, stream), done)
    }) as never
    t.after(() => agent.destroy())
    for (const body of ['first', 'second']) {
      const request = http.request(`http://${address}/`, { agent, method: 'POST' })
      request.end(body)
      const [response] = (await once(request, 'response')) as [http.IncomingMessage]
      assert.equal(response.headers['x-method'], 'POST')
      assert.equal(await text(response), `got ${body}`)
    }
    assert.equal(connections, 1)
  })

  socketTest('keepAliveTimeout of the server ends an idle connection', async (t) => {
    const server = httpServer(t, echo, 100)
    const address = accepting(t, (stream) => server.emit('connection', stream))
    const stream = await connectTo(address)
    stream.write('GET / HTTP/1.1\r\nhost: here\r\n\r\n')
    assert.match(await text(stream), /^HTTP\/1\.1 200 OK[\s\S]*got $/m) // up to the end, which the server makes
    stream.destroy()
  })

  socketTest('the URL library of CPython reads what is streamed', async (t) => {
    const server = httpServer(t, (_, response) => {
      for (let i = 0; i < 1000; i++) response.write('0123456789'.repeat(100))
      response.end()
    })
    const address = accepting(t, (stream) => server.emit('connection', stream))
    const program = `import urllib.request; print(len(urllib.request.urlopen('http://${address}/').read()))`
    assert.equal((await run('python3', ['-c', program])).stdout, '1000000\n')
  })

  socketTest('an upgrade gives the stream itself', async (t) => {
    const server = httpServer(t, echo)
    server.on('upgrade', (_, stream) => {
      stream.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n')
      stream.pipe(stream)
    })
    const address = accepting(t, (stream) => server.emit('connection', stream))
    const request = http.request(`http://${address}/`, {
      createConnection: ((_: unknown, done: (error: Error | null, stream?: SocketDuplex) => void) => {
        connectTo(address).then((stream) => done(null, stream), done)
      }) as never,
      headers: { connection: 'upgrade', upgrade: 'echo' },
    })
    request.end()
    const [, stream] = (await once(request, 'upgrade')) as [unknown, SocketDuplex]
    stream.end('there and back')
    assert.equal(await text(stream), 'there and back')
  })
})

describe('node:http2 and node:tls', () => {
  socketTest('HTTP/2, client and server', async (t) => {
    const server = http2.createServer((_, response) => response.end('by HTTP/2'))
    const address = accepting(t, (stream) => server.emit('connection', stream))
    const stream = await connectTo(address)
    const session = http2.connect(`http://${address}`, { createConnection: () => stream })
    const request = session.request({ ':path': '/' })
    assert.equal(await text(request), 'by HTTP/2')
    session.close()
    await once(session, 'close')
  })

  const openssl = without({ openssl: 'openssl' })

  function certificate(t: Scope): { key: Buffer; cert: Buffer } {
    const folder = mkdtempSync(join(tmpdir(), 'berkeley-tls-'))
    t.after(() => rmSync(folder, { recursive: true }))
    const [key, cert] = [join(folder, 'key'), join(folder, 'cert')]
    const args = [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-days',
      '1',
    ]
    execFileSync('openssl', [...args, '-subj', '/CN=localhost', '-keyout', key, '-out', cert], {
      stdio: 'ignore',
    })
    return { key: readFileSync(key), cert: readFileSync(cert) }
  }

  socketTest(
    'TLS over sockets of ours, both ends',
    async (t) => {
      const identity = certificate(t)
      const sent = 'x'.repeat(1_000_000)
      const address = accepting(t, (stream) => {
        const secure = new tls.TLSSocket(stream, { isServer: true, ...identity })
        secure.once('end', () => secure.end())
        secure.pipe(secure, { end: false })
      })
      const stream = await connectTo(address)
      const secure = tls.connect({ socket: stream, ca: identity.cert, servername: 'localhost' })
      await once(secure, 'secureConnect')
      assert.ok(secure.authorized)
      secure.write(sent)
      let received = ''
      for await (const chunk of secure) {
        received += chunk
        if (received.length >= sent.length) secure.end()
      }
      assert.equal(received, sent)
      if (!stream.destroyed) await once(stream, 'close')
    },
    openssl,
  )

  socketTest(
    'TLS with CPython at the other end',
    async (t) => {
      const identity = certificate(t)
      const server = tls.createServer(identity, (secure) => secure.end('secret'))
      const address = accepting(t, (stream) => server.emit('connection', stream))
      const program = [
        'import socket, ssl',
        'context = ssl.create_default_context(); context.check_hostname = False',
        'context.verify_mode = ssl.CERT_NONE',
        `with socket.create_connection(("127.0.0.1", ${address.split(':')[1]})) as plain:`,
        '  with context.wrap_socket(plain) as secure: print(secure.recv(100).decode())',
      ]
      assert.equal((await run('python3', ['-c', program.join('\n')])).stdout, 'secret\n')
    },
    openssl,
  )
})

describe('the same by hand', () => {
  socketTest('a proxy in one line: two streams, each into the other', async (t) => {
    const target = accepting(t, (stream) => stream.pipe(stream))
    const proxy = accepting(t, async (stream) => {
      const onward = await connectTo(target)
      stream.pipe(onward).pipe(stream)
    })
    const stream = await connectTo(proxy)
    stream.end('through')
    assert.equal(await text(stream), 'through')
    closing(t, { close: () => stream.destroy() })
  })
})
