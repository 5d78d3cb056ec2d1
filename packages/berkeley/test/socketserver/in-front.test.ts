// What stands in front of a server: systemd, inetd, proxies; and the server that was there before.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { AF_INET, AF_INET6, AF_UNIX, createConnection, createServer, SOCK_DGRAM, Socket } from 'berkeley'
import {
  AsyncTCPServer,
  AsyncUnixStreamServer,
  type ProxyHeader,
  proxyHeader,
  StreamRequestHandler,
  sdListenFds,
  sdListenFdsWithNames,
  sdNotify,
  TCPServer,
  ThreadingTCPServer,
} from 'berkeley/socketserver'
import { isTrusted } from '#socketserver/proxy-protocol/trusted.js'
import { command } from '../child.ts'
import { pathOf, without } from '../programs.ts'
import { socketTest } from '../scope.ts'
import { Echo, urlOf } from './handlers.ts'
import { ask, connectTo, everything, kinds, LONG, LONG_SUITE, LONG_TEST } from './kinds.ts'
import { Program } from './program.ts'

const folder = mkdtempSync(join(tmpdir(), 'berkeley-front-'))
after(() => rmSync(folder, { recursive: true }))

// What is opened once stays open.
{
  await using server = new TCPServer(['127.0.0.1', 0], Echo)
  await Promise.all([server.handleRequest(), ask(kinds[0]!, server.serverAddress, 'x')])
}

const [tcp, , unix, unixDatagram] = kinds as [
  (typeof kinds)[0],
  (typeof kinds)[0],
  (typeof kinds)[0],
  (typeof kinds)[0],
]
let paths = 0
const freePath = () => join(folder, `${paths++}`)

/** Says who the client is. */
class Who extends StreamRequestHandler {
  override async handle() {
    const line = await this.rfile.readline()
    await this.wfile.write(JSON.stringify([this.clientAddress, `${line}`]))
  }
}

describe('the header of the PROXY protocol', () => {
  const headers: [name: string, header: ProxyHeader][] = [
    [
      'TCP4',
      {
        version: 1,
        family: AF_INET,
        source: ['192.0.2.1', 50_000],
        destination: ['192.0.2.2', 80],
        tlvs: [],
      },
    ],
    [
      'TCP6',
      {
        version: 1,
        family: AF_INET6,
        source: ['2001:db8::1', 1, 0, 0],
        destination: ['::1', 65_535, 0, 0],
        tlvs: [],
      },
    ],
    ['UNKNOWN', { version: 1, family: null, source: null, destination: null, tlvs: [] }],
    [
      'IPv4',
      {
        version: 2,
        family: AF_INET,
        source: ['192.0.2.1', 50_000],
        destination: ['192.0.2.2', 80],
        tlvs: [
          [2, Buffer.from('host')],
          [4, Buffer.alloc(0)],
        ],
      },
    ],
    [
      'IPv6',
      {
        version: 2,
        family: AF_INET6,
        source: ['2001:db8::1', 0, 0, 0],
        destination: ['::1', 443, 0, 0],
        tlvs: [],
      },
    ],
    [
      'Unix',
      {
        version: 2,
        family: AF_UNIX,
        source: '/run/a',
        destination: '/run/b',
        tlvs: [[0x30, Buffer.from('ns')]],
      },
    ],
    [
      'Unix, an abstract name and a path that is no text',
      {
        version: 2,
        family: AF_UNIX,
        source: Buffer.from('\0name'),
        destination: Buffer.from([0x2f, 0xff]),
        tlvs: [],
      },
    ],
    ['LOCAL', { version: 2, family: null, source: null, destination: null, tlvs: [] }],
  ]
  for (const [name, header] of headers) {
    test(`version ${header.version}, ${name}: there and back`, () => {
      assert.deepEqual(proxyHeader.decode(proxyHeader.encode(header)), header)
    })
  }

  test('a connection of the proxy itself may say things, too', () => {
    const own = { version: 2, family: null, source: null, destination: null } as const
    const header = { ...own, tlvs: [[5, Buffer.from('unique')] as const] }
    const bytes = proxyHeader.encode(header)
    assert.deepEqual([bytes[12], proxyHeader.decode(bytes)], [0x20, header])
    assert.deepEqual(proxyHeader.encode({ ...own, tlvs: [] })[13], 0)
  })

  test('is as the specification has it', () => {
    const text = 'PROXY TCP4 192.0.2.1 192.0.2.2 50000 80\r\n'
    assert.equal(`${proxyHeader.encode(headers[0]![1])}`, text)
    const bytes = Buffer.from('0d0a0d0a000d0a515549540a2111000cc0000201c0000202c3500050', 'hex')
    const { tlvs: _, ...plain } = headers[3]![1]
    assert.deepEqual(proxyHeader.decode(bytes), { ...plain, tlvs: [] })
    assert.deepEqual(proxyHeader.encode({ ...plain, tlvs: [] }), bytes)
    const unknown = 'PROXY UNKNOWN ffff::1 ffff::2 65535 65535\r\n'
    assert.equal(proxyHeader.decode(Buffer.from(unknown)).source, null)
  })

  const binary = proxyHeader.encode(headers[3]![1])
  const changed = (at: number, value: number) => Buffer.from(binary).fill(value, at, at + 1)
  for (const [what, bytes] of [
    ['nothing', Buffer.alloc(0)],
    ['something else', Buffer.from('GET / HTTP/1.1\r\n')],
    ['a line without end', Buffer.from('PROXY TCP4 1.2.3.4 1.2.3.4 1 2')],
    ['a line that is too long', Buffer.from(`PROXY UNKNOWN ${'x'.repeat(100)}\r\n`)],
    ['no address', Buffer.from('PROXY TCP4 host 1.2.3.4 1 2\r\n')],
    ['an address of the other family', Buffer.from('PROXY TCP4 ::1 ::1 1 2\r\n')],
    ['a port that is none', Buffer.from('PROXY TCP4 1.2.3.4 1.2.3.4 65536 2\r\n')],
    ['a port with a zero in front', Buffer.from('PROXY TCP4 1.2.3.4 1.2.3.4 01 2\r\n')],
    ['another version', changed(12, 0x31)],
    ['another command', changed(12, 0x22)],
    ['another family', changed(13, 0x41)],
    ['too short a length', changed(15, 3)],
    ['a TLV that is cut off', changed(30, 0xff)],
    ['no more than a beginning', binary.subarray(0, 20)],
  ] as const) {
    test(`refused: ${what}`, () => {
      assert.throws(() => proxyHeader.decode(bytes), { name: 'RangeError', message: /PROXY protocol header/ })
    })
  }

  test('is taken from those who are trusted', () => {
    for (const [list, host, is] of [
      [['127.0.0.1'], '127.0.0.1', true],
      [['127.0.0.1'], '127.0.0.2', false],
      [['10.0.0.0/8'], '10.255.0.1', true],
      [['10.0.0.0/9'], '10.128.0.1', false],
      [['0.0.0.0/0'], '8.8.8.8', true],
      [['192.0.2.1', '2001:db8::/33'], '2001:db8:7fff::1', true],
      [['2001:db8::/33'], '2001:db8:8000::1', false],
      [['10.0.0.0/8'], '::ffff:10.1.2.3', true],
      [['fe80::/10'], 'fe80::1%lo', true],
      [['*'], '1.2.3.4', true],
      [[], '1.2.3.4', false],
    ] as const)
      assert.equal(isTrusted(list, [host, 1]), is, `${list} ${host}`)
    assert.equal(isTrusted(['127.0.0.1'], '/run/x'), false)
    assert.equal(isTrusted(['*'], ''), true)
    assert.throws(() => isTrusted(['10.0.0.0/33'], ['10.0.0.1', 1]), RangeError)
  })

  class Behind extends AsyncTCPServer {
    static override proxyProtocol = ['127.0.0.1']
  }
  const line = 'PROXY TCP4 192.0.2.1 192.0.2.2 50000 80\r\n'

  for (const [name, header, address] of [
    ['in one piece', [line], ['192.0.2.1', 50_000]],
    ['byte by byte', [...line], ['192.0.2.1', 50_000]],
    ['in version 2, byte by byte', [...binary].map((byte) => Buffer.from([byte])), ['192.0.2.1', 50_000]],
    ['together with what follows', [`${line}hel`], ['192.0.2.1', 50_000], 'lo\n'],
    ['of a proxy that speaks for itself', ['PROXY UNKNOWN\r\n'], null],
  ] as const) {
    socketTest(`is received ${name}`, async () => {
      await using server = new Behind(['127.0.0.1', 0], Who)
      const running = server.serveForever()
      await using client = await createConnection(server.serverAddress)
      client.setsockopt(6, 1, true)
      for (const part of header) {
        await client.sendall(part)
        await new Promise(setImmediate)
      }
      await client.sendall(name.startsWith('together') ? 'lo\n' : 'hello\n')
      const expected = [address ?? client.getsockname(), 'hello\n']
      assert.deepEqual(JSON.parse(await everything(client)), expected)
      await server.shutdown(LONG)
      await running
    })
  }

  socketTest('crosses to a thread', async () => {
    await using server = new ThreadingTCPServer(['127.0.0.1', 0], urlOf('Teller'))
    server.proxyProtocol = ['127.0.0.0/8']
    const running = server.serveForever()
    await using client = await createConnection(server.serverAddress)
    await client.sendall(line)
    assert.deepEqual(JSON.parse(await everything(client))[3], ['192.0.2.1', 50_000])
    await server.shutdown(LONG)
    await running
  })

  socketTest('must come, whole and in time, or the client is turned away', async () => {
    class Hurried extends Behind {
      static override proxyTimeout = 0.05
    }
    await using server = new Hurried(['127.0.0.1', 0], Who)
    const running = server.serveForever()
    for (const said of ['GET / HTTP/1.1\r\n', 'PROXY TCP4', '', `PROXY ${'x'.repeat(200)}`]) {
      await using client = await createConnection(server.serverAddress)
      await client.sendall(said)
      assert.equal(await everything(client).catch((error) => error.code && ''), '')
    }
    await server.shutdown(LONG)
    await running
    const { refused, failed, accepted } = server.stats()
    assert.deepEqual([accepted, refused, failed], [4, 4, 0])
  })

  socketTest('is not taken from anybody else', async () => {
    await using server = new Behind(['127.0.0.1', 0], Who)
    server.proxyProtocol = ['192.0.2.7']
    const running = server.serveForever()
    await using client = await createConnection(server.serverAddress)
    await client.sendall(line)
    assert.deepEqual(JSON.parse(await everything(client)), [client.getsockname(), line])
    await server.shutdown(LONG)
    await running
  })
})

describe('behind a real proxy, a server knows the client', LONG_SUITE, () => {
  class Behind extends AsyncTCPServer {
    static override proxyProtocol = ['127.0.0.1']
  }

  async function seenThrough(start: (front: Socket, port: number) => Program): Promise<void> {
    await using server = new Behind(['127.0.0.1', 0], Who)
    const running = server.serveForever()
    using front = createServer(['127.0.0.1', 0]) as unknown as Socket
    await using _proxy = start(front, server.serverAddress[1])
    for (let i = 0; i < 3; i++) {
      await using client = await connectTo(tcp, front.getsockname())
      await client.sendall('hello\n')
      assert.deepEqual(JSON.parse(await everything(client)), [client.getsockname(), 'hello\n'])
    }
    await server.shutdown(LONG)
    await running
  }

  for (const [version, option] of [
    ['1', 'send-proxy'],
    ['2', 'send-proxy-v2'],
  ] as const) {
    test(`HAProxy, version ${version}`, { ...LONG_TEST, skip: without({ haproxy: 'haproxy' }) }, async () => {
      const program = pathOf('haproxy')
      const file = freePath()
      await seenThrough((front, port) => {
        writeFileSync(
          file,
          `defaults\n mode tcp\n timeout connect 5s\n timeout client 30s\n timeout server 30s\n
frontend front\n bind fd@3\n default_backend back\n
backend back\n server one 127.0.0.1:${port} ${option}\n`,
        )
        return new Program(program, ['-db', '-f', file], [front.fileno()])
      })
    })
  }

  test('nginx', { ...LONG_TEST, skip: without({ nginx: 'nginx libnginx-mod-stream' }) }, async () => {
    const program = pathOf('nginx')
    const file = freePath()
    await seenThrough((front, port) => {
      writeFileSync(
        file,
        `daemon off; worker_processes 1; pid ${file}.pid; error_log stderr;
load_module /usr/lib/nginx/modules/ngx_stream_module.so;
events {}
stream { server { listen 127.0.0.1:${front.getsockname()[1]}; proxy_pass 127.0.0.1:${port}; proxy_protocol on; } }\n`,
      )
      // The way in which nginx gives its sockets to its own successor.
      return new Program(program, ['-c', file], [front.fileno()], { ...process.env, NGINX: '3;' }, 'SIGTERM')
    })
  })
})

const noSystemd = without({ 'systemd-socket-activate': 'systemd' })

describe('started by systemd', { ...LONG_SUITE, skip: noSystemd }, () => {
  const activate = (path: string, options: readonly string[], program: string) => {
    const forwarded = ['NODE_OPTIONS', 'NOTIFY_SOCKET'].map((name) => `-E${name}=${process.env[name] ?? ''}`)
    const socketActivate = pathOf('systemd-socket-activate')
    return new Program(socketActivate, ['-l', path, ...forwarded, ...options, ...command(program)])
  }

  async function connected(kind: typeof unix, path: string): Promise<Socket<number>> {
    // It listens before it says so, and says so to stderr only.
    for (;;) {
      try {
        return await connectTo(kind, path)
      } catch (error) {
        if (!['ENOENT', 'ECONNREFUSED'].includes((error as { code: string }).code)) throw error
        await new Promise(setImmediate)
      }
    }
  }

  test('a server gets its socket, and its name', LONG_TEST, async () => {
    const path = freePath()
    await using _activate = activate(path, ['--fdname=door'], 'activated')
    await using client = await connected(unix, path)
    await client.sendall('hello\n')
    assert.match(`${await client.recv(100)}`, /^\d+ door hello\n$/)
  })

  test('a program gets a connection on standard input', LONG_TEST, async () => {
    const path = freePath()
    await using _activate = activate(path, ['--accept', '--inetd'], 'inetd')
    for (let i = 0; i < 2; i++) {
      await using client = await connected(unix, path)
      await client.sendall(`hello ${i}\n`)
      client.shutdown(1)
      assert.equal(await everything(client), `hello ${i}\n`)
    }
  })

  for (const [what, kind, options, program] of [
    ['a listening socket', unix, ['--inetd'], 'inetd'],
    ['a socket of datagrams', unixDatagram, ['--inetd', '--datagram'], 'inetd datagrams'],
  ] as const) {
    test(`a program gets ${what} on standard input`, LONG_TEST, async () => {
      const path = freePath()
      await using _activate = activate(path, options, program)
      await using client = await connected(kind, path)
      await client.sendall('hello\n')
      assert.equal(`${await client.recv(100)}`, 'hello\n')
    })
  }

  test('sdListenFds believes only what is meant for this process', () => {
    const { env } = process
    for (const [pid, fds, names] of [
      [undefined, '1', ''],
      [String(process.pid + 1), '1', ''],
      [String(process.pid), 'x', ''],
      [String(process.pid), undefined, ''],
      [String(process.pid), '0', 'a:b'],
    ] as const) {
      Object.assign(env, { LISTEN_PID: pid, LISTEN_FDS: fds, LISTEN_FDNAMES: names })
      assert.deepEqual(sdListenFdsWithNames(false), [])
      assert.equal(env.LISTEN_FDNAMES, names)
      assert.deepEqual(sdListenFds(), [])
      assert.deepEqual(
        [env.LISTEN_PID, env.LISTEN_FDS, env.LISTEN_FDNAMES],
        [undefined, undefined, undefined],
      )
    }
  })

  socketTest('sdNotify tells whoever listens', async () => {
    assert.equal(sdNotify('READY=1'), false)
    for (const address of [freePath(), `\0berkeley-notify-${process.pid}`]) {
      using manager = new Socket(AF_UNIX, SOCK_DGRAM)
      manager.bind(address)
      process.env.NOTIFY_SOCKET = address.replace('\0', '@')
      assert.equal(sdNotify('READY=1\nSTATUS=well'), true)
      assert.equal(`${await manager.recv(100)}`, 'READY=1\nSTATUS=well')
      assert.equal(sdNotify('STOPPING=1', true), true)
      assert.equal(process.env.NOTIFY_SOCKET, undefined)
    }
    assert.throws(() => sdNotify(7 as never), TypeError)
  })
})

describe('a server in the place of another', LONG_SUITE, () => {
  const CLIENTS = 50

  /** Fifty clients, each with one connection after the other. */
  function load(address: readonly [string, number]) {
    const failures: unknown[] = []
    let served = 0
    let isOver = false
    const run = async (): Promise<void> => {
      while (!isOver) {
        try {
          assert.equal(await ask(tcp, address, 'hello\n'), 'hello\n')
          served++
        } catch (error) {
          failures.push(error)
        }
      }
    }
    const clients = Promise.all(Array.from({ length: CLIENTS }, run))
    const someServed = async (): Promise<void> => {
      const goal = served + 2 * CLIENTS
      while (served < goal && failures.length === 0) await new Promise(setImmediate)
    }
    const end = async (): Promise<void> => {
      isOver = true
      await clients
      assert.deepEqual(failures, [])
    }
    return { someServed, end }
  }

  test('takes over by descriptor passing, and no client notices', LONG_TEST, async () => {
    const path = freePath()
    const [file, ...args] = command(`succession ${path}`)
    let current = new Program(file!, args)
    const port = Number(await current.says())
    const clients = load(['127.0.0.1', port])
    await clients.someServed()
    for (let generation = 0; generation < 3; generation++) {
      const next = new Program(file!, args)
      assert.equal(Number(await next.says()), port)
      assert.equal(await current.ends(), 0)
      await clients.someServed()
      current = next
    }
    await clients.end()
    await current[Symbol.asyncDispose]()
  })

  test('takes over by LISTEN_FDS, and no client notices', LONG_TEST, async () => {
    const server = new TCPServer(['127.0.0.1', 0], Echo)
    server.requestQueueSize = 1024
    server.maxRequests = 1000
    const running = server.serveForever()
    const clients = load(server.serverAddress)
    await clients.someServed()
    const taker = ['-c', 'LISTEN_PID=$$ LISTEN_FDS=1 exec "$0" "$@"', ...command('listen-fds')]
    await using next = new Program('sh', taker, [server.fileno()])
    assert.equal(await next.says(), 'ready')
    await server.shutdown(LONG)
    await running
    await server.serverClose()
    await clients.someServed()
    await clients.end()
  })
})

socketTest('a server takes a socket in place of an address, and nothing else', async () => {
  const socket = createServer(['127.0.0.1', 0]) as unknown as Socket
  const address = socket.getsockname()
  await using server = new AsyncTCPServer(socket, Echo)
  assert.deepEqual(server.serverAddress, address)
  const running = server.serveForever()
  assert.equal(await ask(tcp, address, 'x\n'), 'x\n')
  await server.shutdown(LONG)
  await running
  using datagrams = new Socket(AF_INET, SOCK_DGRAM)
  assert.throws(() => new AsyncTCPServer(datagrams, Echo), {
    name: 'RangeError',
    message: /socket of type 1/,
  })
  const blocking = await import('berkeley/blocking')
  using wrong = new blocking.Socket()
  assert.throws(() => new AsyncTCPServer(wrong as never, Echo), {
    name: 'TypeError',
    message: /with promises/,
  })
  assert.throws(() => new AsyncUnixStreamServer(datagrams as never, Echo), RangeError)
})
