// What is wrong with an argument is told by a TypeError or a RangeError that names the function, the
// parameter and the value; nothing is asked of the kernel before.
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { RTM_GETLINK } from 'berkeley/netlink'
import { printable } from '#core/printable.js'
import { Bite, type Kind, kinds, readables } from '../nasty.ts'
import { formNames, forms, type Netlink } from './forms.ts'

interface Subject {
  readonly netlink: Netlink
  readonly socket: InstanceType<Netlink['NetlinkSocket']>
  readonly route: InstanceType<Netlink['RouteSocket']>
  readonly diag: InstanceType<Netlink['DiagSocket']>
}

type Row = [name: string, parameter: string, wants: Kind, call: (bad: never, at: Subject) => unknown]

const positive: Kind = () => {
  const [types, values = []] = kinds.natural()
  return [types, [...values, 0]]
}
const byte: Kind = () => {
  const [types, values = []] = kinds.natural()
  return [types, [...values, 256]]
}
const name: Kind = () => {
  const [types, values = []] = kinds.text()
  return [
    types.filter((value) => typeof value !== 'number'),
    [...values, '', 'x'.repeat(128), 0, -1, 2 ** 31],
  ]
}
const address: Kind = () => [kinds.text()[0], ['', '1', 'localhost', '127.0.0.1\0', '::1%lo', '1.2.3']]
const family: Kind = () => [kinds.natural()[0].filter((value) => value !== undefined), [1, 3, -1, 2 ** 40]]
const listOfPositive: Kind = () => [
  [...kinds.numbers()[0], ['1'], [null]],
  [[0], [-1], [1.5e300]],
]
const signal: Kind = () => [['signal', 5, null, true, {}]]
const flag: Kind = () => [kinds.boolean()[0]]

const memory = kinds.memory
const decoders = [
  'decodeMessages',
  'decodeAttributes',
  'decodeLink',
  'decodeInterfaceAddress',
  'decodeRoute',
  'decodeNeighbour',
  'decodeRule',
  'decodeInetSocket',
  'decodeUnixSocket',
  'decodePacketSocket',
  'decodeNetlinkSocket',
] as const

const rows: Row[] = [
  ['NetlinkSocket', 'protocol', kinds.int, (bad, { netlink }) => new netlink.NetlinkSocket(bad)],
  ['NetlinkSocket', 'options', kinds.options, (bad, { netlink }) => new netlink.NetlinkSocket(0, bad)],
  [
    'NetlinkSocket',
    'timeout',
    kinds.secondsOrNull,
    (bad, { netlink }) => new netlink.NetlinkSocket(0, { timeout: bad }),
  ],
  [
    'NetlinkSocket',
    'rcvbuf',
    kinds.natural,
    (bad, { netlink }) => new netlink.NetlinkSocket(0, { rcvbuf: bad }),
  ],
  ['NetlinkSocket', 'peer', kinds.uint32, (bad, { netlink }) => new netlink.NetlinkSocket(0, { peer: bad })],
  ['RouteSocket', 'options', kinds.options, (bad, { netlink }) => new netlink.RouteSocket(bad)],
  ['DiagSocket', 'options', kinds.options, (bad, { netlink }) => new netlink.DiagSocket(bad)],
  ['request', 'type', kinds.port, (bad, { socket }) => socket.request(bad)],
  ['request', 'flags', kinds.port, (bad, { socket }) => socket.request(RTM_GETLINK, bad)],
  ['request', 'payload', kinds.data, (bad, { socket }) => socket.request(RTM_GETLINK, 0, bad)],
  ['request', 'options', kinds.options, (bad, { socket }) => socket.request(RTM_GETLINK, 0, '', bad)],
  ['request', 'signal', signal, (bad, { socket }) => socket.request(RTM_GETLINK, 0, '', { signal: bad })],
  ['dump', 'type', kinds.port, (bad, { socket }) => socket.dump(bad)],
  ['dump', 'payload', kinds.data, (bad, { socket }) => socket.dump(RTM_GETLINK, bad)],
  ['dump', 'options', kinds.options, (bad, { socket }) => socket.dump(RTM_GETLINK, '', bad)],
  ['links', 'options', kinds.options, (bad, { route }) => route.links(bad)],
  ['link', 'which', name, (bad, { route }) => route.link(bad)],
  ['link', 'options', kinds.options, (bad, { route }) => route.link(1, bad)],
  ['addresses', 'options', kinds.options, (bad, { route }) => route.addresses(bad)],
  ['addresses', 'family', byte, (bad, { route }) => route.addresses({ family: bad })],
  ['addresses', 'index', positive, (bad, { route }) => route.addresses({ index: bad })],
  ['addresses', 'signal', signal, (bad, { route }) => route.addresses({ signal: bad })],
  ['routes', 'options', kinds.options, (bad, { route }) => route.routes(bad)],
  ['routes', 'family', byte, (bad, { route }) => route.routes({ family: bad })],
  [
    'routes',
    'table',
    () => [kinds.uint32()[0], [0, -1, 2 ** 32]],
    (bad, { route }) => route.routes({ table: bad }),
  ],
  ['routeTo', 'destination', address, (bad, { route }) => route.routeTo(bad)],
  ['routeTo', 'options', kinds.options, (bad, { route }) => route.routeTo('127.0.0.1', bad)],
  ['routeTo', 'source', address, (bad, { route }) => route.routeTo('127.0.0.1', { source: bad })],
  ['routeTo', 'source', () => [[], ['::1']], (bad, { route }) => route.routeTo('127.0.0.1', { source: bad })],
  ['routeTo', 'index', positive, (bad, { route }) => route.routeTo('127.0.0.1', { index: bad })],
  ['routeTo', 'mark', kinds.uint32, (bad, { route }) => route.routeTo('127.0.0.1', { mark: bad })],
  ['neighbours', 'options', kinds.options, (bad, { route }) => route.neighbours(bad)],
  ['neighbours', 'family', byte, (bad, { route }) => route.neighbours({ family: bad })],
  ['neighbours', 'index', positive, (bad, { route }) => route.neighbours({ index: bad })],
  ['rules', 'options', kinds.options, (bad, { route }) => route.rules(bad)],
  ['rules', 'family', byte, (bad, { route }) => route.rules({ family: bad })],
  ['tcp', 'options', kinds.options, (bad, { diag }) => diag.tcp(bad)],
  ['tcp', 'family', family, (bad, { diag }) => diag.tcp({ family: bad })],
  ['tcp', 'states', listOfPositive, (bad, { diag }) => diag.tcp({ states: bad })],
  ['tcp', 'states', () => [[], [[32]]], (bad, { diag }) => diag.tcp({ states: bad })],
  ['tcp', 'sport', () => [kinds.port()[0], [0, -1, 65_536]], (bad, { diag }) => diag.tcp({ sport: bad })],
  ['tcp', 'dport', () => [kinds.port()[0], [0, -1, 65_536]], (bad, { diag }) => diag.tcp({ dport: bad })],
  ['udp', 'options', kinds.options, (bad, { diag }) => diag.udp(bad)],
  ['udp', 'family', family, (bad, { diag }) => diag.udp({ family: bad })],
  ['unix', 'options', kinds.options, (bad, { diag }) => diag.unix(bad)],
  ['raw', 'family', family, (bad, { diag }) => diag.raw({ family: bad })],
  ['packet', 'options', kinds.options, (bad, { diag }) => diag.packet(bad)],
  ['netlink', 'options', kinds.options, (bad, { diag }) => diag.netlink(bad)],
  ['unix', 'states', listOfPositive, (bad, { diag }) => diag.unix({ states: bad })],
  ['watch', 'options', kinds.options, (bad, { netlink }) => netlink.watch(bad)],
  [
    'watch',
    'options',
    () => [[], [{ links: false, addresses: false }]],
    (bad, { netlink }) => netlink.watch(bad),
  ],
  ['watch', 'links', flag, (bad, { netlink }) => netlink.watch({ links: bad })],
  ['watch', 'addresses', flag, (bad, { netlink }) => netlink.watch({ addresses: bad })],
  ['watch', 'routes', flag, (bad, { netlink }) => netlink.watch({ routes: bad })],
  ['watch', 'neighbours', flag, (bad, { netlink }) => netlink.watch({ neighbours: bad })],
  ['watch', 'rules', flag, (bad, { netlink }) => netlink.watch({ rules: bad })],
  ['watch', 'initial', flag, (bad, { netlink }) => netlink.watch({ initial: bad })],
  ['watch', 'timeout', kinds.secondsOrNull, (bad, { netlink }) => netlink.watch({ timeout: bad })],
  ['watch', 'rcvbuf', kinds.natural, (bad, { netlink }) => netlink.watch({ rcvbuf: bad })],
  ['watch', 'signal', signal, (bad, { netlink }) => netlink.watch({ signal: bad })],
  ['subscribe', 'protocol', kinds.int, (bad, { netlink }) => netlink.subscribe(bad, [1])],
  ['subscribe', 'groups', listOfPositive, (bad, { netlink }) => netlink.subscribe(0, bad)],
  ['subscribe', 'options', kinds.options, (bad, { netlink }) => netlink.subscribe(0, [1], bad)],
  ['subscribe', 'signal', signal, (bad, { netlink }) => netlink.subscribe(0, [1], { signal: bad })],
  ...decoders.map(
    (decoder): Row => [decoder, 'buffer|payload', memory, (bad, { netlink }) => netlink[decoder](bad)],
  ),
  [
    'decodeAcknowledgement',
    'message|payload',
    kinds.anything,
    (bad, { netlink }) => netlink.decodeAcknowledgement(bad),
  ],
  ['encodeMessage', 'message|type', kinds.anything, (bad, { netlink }) => netlink.encodeMessage(bad)],
  ['encodeMessage', 'type', kinds.port, (bad, { netlink }) => netlink.encodeMessage({ type: bad })],
  [
    'encodeMessage',
    'flags',
    kinds.port,
    (bad, { netlink }) => netlink.encodeMessage({ type: 1, flags: bad }),
  ],
  [
    'encodeMessage',
    'payload',
    kinds.data,
    (bad, { netlink }) => netlink.encodeMessage({ type: 1, payload: bad }),
  ],
  ['encodeAttributes', 'attributes|type', kinds.numbers, (bad, { netlink }) => netlink.encodeAttributes(bad)],
  [
    'encodeAttributes',
    'attributes|type',
    kinds.listOfWrong,
    (bad, { netlink }) => netlink.encodeAttributes(bad),
  ],
  ['encodeAttributes', 'type', kinds.port, (bad, { netlink }) => netlink.encodeAttributes([[bad, 'x']])],
]

/** What takes no argument, or stands in other tables. */
const harmless = ['Notifications', 'close', 'next', 'return', 'ref', 'unref', 'error', 'OSError']

const waiting = new Set([
  'request',
  'dump',
  'links',
  'link',
  'addresses',
  'routes',
  'routeTo',
  'neighbours',
  'rules',
  'tcp',
  'udp',
  'unix',
  'raw',
  'packet',
  'netlink',
])

for (const form of formNames) {
  describe(`${form}: a bad argument`, () => {
    const netlink = forms[form]
    // If a check is missing, something may begin to wait.
    const limit = { timeout: 0.05 }
    const [socket, route, diag] = [
      new netlink.NetlinkSocket(undefined, limit),
      new netlink.RouteSocket(limit),
      new netlink.DiagSocket(limit),
    ]
    const subject: Subject = { netlink, socket, route, diag }
    after(() => {
      for (const each of [socket, route, diag]) each.close()
    })

    async function faultOf(
      [called, parameter, , call]: Row,
      bad: unknown,
      expected: ErrorConstructor,
    ): Promise<string | null> {
      const what = `${typeof bad} ${printable(bad)}`
      let thrown = true
      try {
        const result = call(bad as never, subject)
        thrown = false
        await result
        ;(result as { close?(): void } | undefined)?.close?.()
        return `${what}: accepted`
      } catch (error) {
        if (!(error instanceof expected)) return `${what}: ${error}`
        if (thrown !== (form === 'blocking' || !waiting.has(called)))
          return `${what}: ${thrown ? 'thrown' : 'rejected'}`
        const complaint = new RegExp(`^${called}\\(\\): (${parameter}) must be .+, got .`, 's')
        return complaint.test(error.message) ? null : `${what}: ${error.message}`
      }
    }

    for (const row of rows) {
      const [called, parameter, wants, call] = row
      test(`${called}: ${parameter}`, async () => {
        const faults: (string | null)[] = []
        const [wrongTypes, wrongValues = []] = wants()
        for (const bad of wrongTypes) faults.push(await faultOf(row, bad, TypeError))
        for (const bad of wrongValues) faults.push(await faultOf(row, bad, RangeError))
        assert.deepEqual(
          faults.filter((fault) => fault !== null),
          [],
        )
        // Whose code must be run to know what they are: that may throw what it likes, but nothing else may
        // happen.
        for (const bad of readables()) {
          try {
            const result = (await call(bad as never, subject)) as { close?(): void } | undefined
            result?.close?.()
          } catch (error) {
            const isKnown = error instanceof Bite || error instanceof TypeError || error instanceof RangeError
            assert.ok(isKnown && !/internal/i.test(error.message), `${error}`)
          }
        }
      })
    }

    test('all that is exported, and all methods, stand in the table', () => {
      const exported = Object.entries(netlink).filter(([, value]) => typeof value === 'function')
      const names = exported.map(([exportedName]) => exportedName)
      for (const { prototype } of exported.map(([, value]) => value as unknown as { prototype?: object })) {
        for (
          let of = prototype;
          of && of !== Object.prototype && !(of instanceof Error);
          of = Object.getPrototypeOf(of)
        ) {
          for (const [method, { value }] of Object.entries(Object.getOwnPropertyDescriptors(of))) {
            if (
              typeof value === 'function' &&
              !['constructor', 'run', 'dumpOf', 'requestOf'].includes(method)
            )
              names.push(method)
          }
        }
      }
      const known = new Set([...rows.map(([called]) => called), ...harmless])
      assert.deepEqual(
        names.filter((each) => !known.has(each) && each !== 'toString'),
        [],
      )
    })
  })
}
