// What is wrong with an argument or an attribute of `berkeley/socketserver` is told by a TypeError or a RangeError that names
// it and the value; a wrong attribute by the constructor, or by `serveForever` if it came later. Nothing is left open.
import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { after, describe, test } from 'node:test'
import { OSError, Socket } from 'berkeley'
import * as socketserver from 'berkeley/socketserver'
import { BaseRequestHandler, DatagramRequestHandler, StreamRequestHandler } from 'berkeley/socketserver'
import { leavesNothingOpen } from '../descriptors.ts'
import { Bite, type Kind, kinds } from '../nasty.ts'
import { Echo, urlOf } from './handlers.ts'
import { folder, freePath } from './kinds.ts'

after(() => rmSync(folder, { recursive: true }))

interface AnyServer {
  serveForever(interval?: unknown): Promise<void>
  handleRequest(): Promise<void>
  shutdown(deadline?: unknown): Promise<void>
  serverClose(): Promise<void>
}
type ServerClass = new (address: unknown, handler: unknown, bindAndActivate?: unknown) => AnyServer
const classOf = (name: string) => (socketserver as unknown as Record<string, ServerClass>)[name]!

const numbers: readonly unknown[] = [Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, 1e300]
const noNumbers: readonly unknown[] = ['1', '', {}, [], [1], true, 1n, Symbol('x'), () => 1, new Date(0)]
/** A whole number from `least` on, to `most` if given. */
const whole =
  (least: number, most?: number): Kind =>
  () => [
    [...noNumbers, null, undefined],
    [...numbers, least - 1, ...(most === undefined ? [] : [most + 1])],
  ]
const wholeOrNull =
  (least: number): Kind =>
  () => [
    [...noNumbers, undefined],
    [...numbers, least - 1],
  ]
const seconds: Kind = () => [
  [...noNumbers, undefined],
  [Number.NaN, -1, -0.1, Number.POSITIVE_INFINITY],
]
const yesOrNo: Kind = () => [['yes', '', {}, [], null, undefined, 1n, Symbol('x'), () => true]]
const networks: Kind = () => [
  [1, '127.0.0.1', {}, true, [1], [null], [['127.0.0.1']], undefined],
  [
    ['localhost'],
    ['10.0.0.0/33'],
    ['10.0.0.0/-1'],
    ['10.0.0.0/x'],
    ['10.0.0.0/'],
    ['::1/129'],
    [''],
    ['127.0.0.1', 'x'],
  ],
]
const handler: Kind = () => [[null, undefined, 1, 'x', {}, [], true, 1n, Symbol('x'), new Date(0)]]

/** The error says which attribute or argument is wrong, and what was given. */
function isComplaint(error: unknown, expected: new () => Error, name: RegExp): string | null {
  if (!(error instanceof expected)) return `${error}`
  return new RegExp(`^\\w+\\(\\): (${name.source})( .+)? must be .+, got .`, 's').test(error.message)
    ? null
    : error.message
}

/** What is wrong with how bad values are complained about. */
async function faultsOf(wants: Kind, name: RegExp, call: (bad: unknown) => unknown): Promise<string[]> {
  const [wrongTypes, wrongValues = []] = wants()
  const faults: string[] = []
  for (const [values, expected] of [
    [wrongTypes, TypeError],
    [wrongValues, RangeError],
  ] as const) {
    for (const bad of values) {
      let error: unknown = 'accepted'
      try {
        await call(bad)
      } catch (thrown) {
        error = thrown
      }
      // Its code must be run to know what it is.
      if (error instanceof Bite) continue
      // As in Python, a path that is too long is refused in the words of the system.
      const isTooLong = error instanceof OSError && error.code === 'ENAMETOOLONG'
      const fault = isTooLong ? null : isComplaint(error, expected as never, name)
      if (fault !== null) faults.push(`${typeof bad}: ${fault}`)
    }
  }
  return faults
}

const bad = (what: string, wants: Kind, name: RegExp, call: (value: unknown) => unknown) =>
  test(what, () => leavesNothingOpen(async () => assert.deepEqual(await faultsOf(wants, name, call), [])))

const ofAll = { timeout: seconds, maxRequests: whole(1), addressFamily: whole(-(2 ** 31), 2 ** 31 - 1) }
const ofSockets = {
  ...ofAll,
  socketType: whole(-(2 ** 31), 2 ** 31 - 1),
  requestQueueSize: whole(-(2 ** 31), 2 ** 31 - 1),
  allowReuseAddress: yesOrNo,
  allowReusePort: yesOrNo,
  replaceStalePath: yesOrNo,
  proxyProtocol: networks,
  proxyTimeout: seconds,
}
const ofPools = {
  maxQueuedRequests: whole(0),
  maxStallTime: seconds,
  blockOnClose: yesOrNo,
  reusePort: yesOrNo,
}
const ofKind = {
  UDPServer: { maxPacketSize: whole(0, 0x7ffff000) },
  UnixDatagramServer: { maxPacketSize: whole(0, 0x7ffff000) },
}
const ofPrefix = {
  '': {},
  Async: { blockOnClose: yesOrNo },
  Threading: { ...ofPools, maxThreads: whole(1, 65_536), daemonThreads: yesOrNo },
  Forking: { ...ofPools, maxChildren: whole(1, 65_536) },
}

for (const prefix of ['', 'Async', 'Threading', 'Forking'] as const) {
  for (const kind of ['TCPServer', 'UDPServer', 'UnixStreamServer', 'UnixDatagramServer'] as const) {
    const isUnix = kind.startsWith('Unix')
    const Server = classOf(`${prefix}${kind}`)
    const address = () => (isUnix ? freePath() : ['127.0.0.1', 0])
    const good = prefix === 'Threading' || prefix === 'Forking' ? urlOf('Echo') : Echo

    describe(`${prefix}${kind} refuses`, () => {
      bad(
        'a bad address',
        isUnix ? kinds.unix : kinds.inet,
        /serverAddress|address(.family|.bytes)?|host|port/,
        (value) => new Server(value, good),
      )
      bad('a bad handler', handler, /RequestHandlerClass/, (value) => new Server(address(), value))
      bad('a bad bindAndActivate', yesOrNo, /bindAndActivate/, (value) => {
        if (value !== undefined) new Server(address(), good, value)
        else new Server(address(), good, null)
      })

      test('a bad pollInterval, a bad deadline', () =>
        leavesNothingOpen(async () => {
          const server = new Server(address(), good)
          const [wrongTypes] = seconds()
          const given = () => [wrongTypes.filter((value) => value !== undefined), seconds()[1]!] as const
          assert.deepEqual(await faultsOf(given, /pollInterval/, (value) => server.serveForever(value)), [])
          assert.deepEqual(await faultsOf(given, /deadline/, (value) => server.shutdown(value)), [])
          await server.serverClose()
        }))

      const attributes: Record<string, Kind> = {
        ...ofSockets,
        ...ofPrefix[prefix],
        ...ofKind[kind as keyof typeof ofKind],
      }
      for (const [name, wants] of Object.entries(attributes)) {
        bad(`${name} of a class`, wants, new RegExp(name), (value) => {
          class Own extends Server {}
          Object.defineProperty(Own, name, { value })
          new Own(address(), good)
        })
      }

      test('attributes that are given later', () =>
        leavesNothingOpen(async () => {
          for (const [name, wants] of Object.entries(attributes)) {
            const server = new Server(address(), good)
            const set = (value: unknown) => Object.assign(server, { [name]: value })
            const serve = (value: unknown) => set(value).serveForever()
            const handle = (value: unknown) => set(value).handleRequest()
            assert.deepEqual(await faultsOf(wants, new RegExp(name), serve), [])
            assert.deepEqual(await faultsOf(wants, new RegExp(name), handle), [])
            await server.serverClose()
          }
        }))
    })
  }
}

const ofHandlers = { blocking: yesOrNo, maxRequestTime: seconds }
const ofStreams = {
  timeout: seconds,
  maxLineSize: wholeOrNull(0),
  maxRequestSize: wholeOrNull(0),
  rbufsize: whole(-1),
  wbufsize: whole(-1),
  disableNagleAlgorithm: yesOrNo,
}

for (const [Base, attributes] of [
  [BaseRequestHandler, ofHandlers],
  [DatagramRequestHandler, ofHandlers],
  [StreamRequestHandler, { ...ofHandlers, ...ofStreams }],
] as const) {
  describe(`a server refuses a ${Base.name}`, () => {
    for (const [name, wants] of Object.entries(attributes)) {
      bad(`with a bad ${name}`, wants, new RegExp(name), async (value) => {
        class Own extends (Base as typeof BaseRequestHandler) {}
        Object.defineProperty(Own, name, { value })
        await using server = new socketserver.TCPServer(['127.0.0.1', 0], Own)
        await server.serveForever()
      })
    }
  })
}

for (const Server of [socketserver.ThreadingTCPServer, socketserver.ForkingTCPServer]) {
  test(`${Server.name} refuses a handler with a bad attribute, in words of its thread or process`, async () => {
    await using server = new Server(['127.0.0.1', 0], urlOf('Misconfigured'))
    await assert.rejects(server.serveForever(), {
      name: 'RangeError',
      message: 'Misconfigured(): maxLineSize must be 0 to 9007199254740991, got -1',
    })
  })
}

describe('functions refuse', () => {
  const {
    handOver,
    sdListenFds,
    sdListenFdsWithNames,
    sdNotify,
    serveInetd,
    takeOver,
    BytesIO,
    proxyHeader,
  } = socketserver
  const given =
    (wants: Kind): Kind =>
    () => {
      const [wrongTypes, wrongValues = []] = wants()
      return [wrongTypes.filter((value) => value !== undefined), wrongValues]
    }
  const server = { fileno: () => 0, shutdown: async () => {} }
  const path: Kind = () => [[1, true, {}, [], Symbol('x')], ['a\0b']]

  bad('sdListenFds: unsetEnvironment', given(yesOrNo), /unsetEnvironment/, (value) =>
    sdListenFds(value as never),
  )
  bad('sdListenFdsWithNames: unsetEnvironment', given(yesOrNo), /unsetEnvironment/, (value) =>
    sdListenFdsWithNames(value as never),
  )
  bad('sdNotify: state', kinds.text, /state/, (value) => sdNotify(value as never))
  bad('sdNotify: unsetEnvironment', given(yesOrNo), /unsetEnvironment/, (value) =>
    sdNotify('x', value as never),
  )
  bad('serveInetd: RequestHandlerClass', handler, /RequestHandlerClass/, (value) =>
    serveInetd(value as never),
  )
  bad('takeOver: path', path, /address|path/, (value) => takeOver(value as never))
  bad(
    'handOver: server',
    () => [[null, undefined, 1, 'x', {}, [], { fileno: 1 }, { fileno: () => 0 }]],
    /server/,
    (value) => handOver(value as never, freePath()),
  )
  bad('handOver: path', path, /address|path/, (value) => handOver(server, value as never))
  bad('handOver: deadline', given(seconds), /deadline/, (deadline) =>
    handOver(server, freePath(), { deadline } as never),
  )
  bad(
    'handOver: signal',
    () => [[1, 'x', {}, true, new EventTarget()]],
    /signal/,
    (signal) => handOver(server, freePath(), { signal } as never),
  )
  bad(
    'handOver: options',
    () => [[1, 'x', null, true]],
    /options/,
    (value) => handOver(server, freePath(), value as never),
  )
  bad('BytesIO: content', given(kinds.data), /data/, (value) => void new BytesIO(value as never))
  bad('BytesIO.write: data', kinds.data, /data/, (value) => new BytesIO().write(value as never))
  bad(
    'BytesIO.read: size',
    () => [
      ['1', {}, [], 1n, true],
      [Number.NaN, 2 ** 53],
    ],
    /size/,
    (value) => new BytesIO().read(value as never),
  )
  bad(
    'proxyHeader.decode: bytes',
    () => [[null, undefined, 1, 'x', {}, []]],
    /header/,
    (value) => proxyHeader.decode(value as never),
  )
  const header = {
    version: 2,
    family: 2,
    source: ['1.2.3.4', 1],
    destination: ['1.2.3.4', 2],
    tlvs: [],
  } as const
  bad(
    'proxyHeader.encode: header',
    () => [[null, undefined, 1, 'x']],
    /header/,
    (value) => proxyHeader.encode(value as never),
  )
  for (const [name, wrong] of [
    ['version', [0, 3, '1', null]],
    ['family', [-1, 16, '2', undefined]],
    ['source', [null, 'x', ['x', 1], ['1.2.3.4', -1], ['1.2.3.4', 65_536], ['1.2.3.4', 1.5], ['::1', 1], 7]],
    ['destination', [null, 'x', ['x', 1], ['1.2.3.4', -1], 7]],
    ['tlvs', [null, 7, [7], [[256, Buffer.alloc(1)]], [[1, 'x']], [[1, Buffer.alloc(70_000)]]]],
  ] as const) {
    test(`proxyHeader.encode: ${name}`, () => {
      for (const value of wrong as readonly unknown[])
        assert.throws(
          () => proxyHeader.encode({ ...header, [name]: value } as never),
          (error) =>
            (error instanceof TypeError || error instanceof RangeError) &&
            /proxyHeader\(\): |^\w+\(\): /.test(error.message),
          `${name} ${String(value)}`,
        )
    })
  }

  for (const [name, mix] of Object.entries({
    AsyncMixIn: socketserver.AsyncMixIn,
    ThreadingMixIn: socketserver.ThreadingMixIn,
    ForkingMixIn: socketserver.ForkingMixIn,
  })) {
    bad(
      `${name}: Base`,
      () => [[null, undefined, 1, 'x', {}, class {}, () => {}]],
      /Base/,
      (value) => (mix as (Base: unknown) => unknown)(value),
    )
  }

  test('all that is exported stands here', () => {
    const known = [
      'BaseServer',
      ...['', 'Async', 'Threading', 'Forking'].flatMap((prefix) =>
        ['TCPServer', 'UDPServer', 'UnixStreamServer', 'UnixDatagramServer'].map(
          (kind) => `${prefix}${kind}`,
        ),
      ),
      ...['AsyncMixIn', 'ThreadingMixIn', 'ForkingMixIn'],
      ...['BaseRequestHandler', 'StreamRequestHandler', 'DatagramRequestHandler', 'BytesIO'],
      ...[
        'sdListenFds',
        'sdListenFdsWithNames',
        'sdNotify',
        'serveInetd',
        'handOver',
        'takeOver',
        'proxyHeader',
      ],
    ]
    assert.deepEqual(Object.keys(socketserver).sort(), known.sort())
  })
})

test('a socket of another kind is refused, and stays the caller\u2019s', async () => {
  using socket = new Socket()
  assert.throws(() => new socketserver.UDPServer(socket, Echo), {
    name: 'RangeError',
    message: /serverAddress must be/,
  })
  assert.ok(socket.fileno() >= 0)
})
