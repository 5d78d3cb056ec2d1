// Structured values as bytes: there and back, cut and random bytes, CPython's struct module, and the kernel's own.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import {
  AF_INET,
  AF_INET6,
  AF_PACKET,
  AF_UNIX,
  CAN_EFF_FLAG,
  CAN_INV_FILTER,
  createServer,
  ETH_P_ALL,
  ICMP_DEST_UNREACH,
  ICMP_ECHOREPLY,
  ICMP_FILTER,
  ICMPV6_ECHO_REPLY,
  ICMPV6_FILTER,
  IP_ADD_MEMBERSHIP,
  IP_ADD_SOURCE_MEMBERSHIP,
  IP_DROP_MEMBERSHIP,
  IP_MSFILTER,
  IP_MULTICAST_IF,
  IPPROTO_ICMP,
  IPPROTO_ICMPV6,
  IPPROTO_IP,
  IPPROTO_IPV6,
  IPPROTO_TCP,
  IPV6_JOIN_GROUP,
  ifNametoindex,
  MCAST_EXCLUDE,
  MCAST_INCLUDE,
  MCAST_JOIN_GROUP,
  MCAST_JOIN_SOURCE_GROUP,
  MCAST_LEAVE_GROUP,
  PACKET_ADD_MEMBERSHIP,
  PACKET_DROP_MEMBERSHIP,
  PACKET_MR_MULTICAST,
  PACKET_MR_PROMISC,
  PACKET_STATISTICS,
  SKF_AD_OFF,
  SKF_AD_PAY_OFFSET,
  SO_LINGER,
  SO_MAX_PACING_RATE,
  SO_MEMINFO,
  SO_PEERCRED,
  SO_RCVBUF,
  SO_RCVTIMEO,
  SO_SNDBUF,
  SO_SNDTIMEO,
  SO_TIMESTAMPING,
  SO_TXTIME,
  SOCK_DGRAM,
  SOCK_RAW,
  SOCK_STREAM,
  SOF_TIMESTAMPING_RX_SOFTWARE,
  SOF_TIMESTAMPING_SOFTWARE,
  SOL_ICMPV6,
  SOL_PACKET,
  SOL_RAW,
  SOL_SOCKET,
  Socket,
  socketpair,
  TCP_ESTABLISHED,
  TCP_INFO,
  TCP_LISTEN,
} from 'berkeley'
import { getsourcefilter } from 'berkeley/options'
import fc from 'fast-check'
import { bpf } from '#core/bpf.js'
import { btSecurity } from '#core/structs/bluetooth.js'
import { canFilter } from '#core/structs/can.js'
import { canIsotpFcOptions, canIsotpLlOptions, canIsotpOptions } from '#core/structs/can-isotp.js'
import { type SockFilter, sockFilter } from '#core/structs/filter.js'
import { icmp6Filter, icmpFilter } from '#core/structs/icmp.js'
import { j1939Filter } from '#core/structs/j1939.js'
import { linger } from '#core/structs/linger.js'
import { meminfo } from '#core/structs/meminfo.js'
import { groupReq, groupSourceReq, ipMreq, ipMreqn, ipMreqSource, ipv6Mreq } from '#core/structs/multicast.js'
import { packetMreq, tpacketStats } from '#core/structs/packet.js'
import { groupFilter, ipMsfilter } from '#core/structs/source-filter.js'
import type { StructCodec } from '#core/structs/struct.js'
import { type TcpInfo, tcpInfo } from '#core/structs/tcp-info.js'
import { tcpMd5sig } from '#core/structs/tcp-md5sig.js'
import { timeval } from '#core/structs/time.js'
import { soTimestamping } from '#core/structs/timestamping.js'
import { sockTxtime } from '#core/structs/tx-time.js'
import { ucred } from '#core/structs/ucred.js'
import { layout } from '#sys/layout.js'
import { packageRoot } from './package-root.ts'

const RUNS = { numRuns: 1000 }

const uint = (bits: number) => fc.integer({ min: 0, max: 2 ** bits - 1 })
const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })
const amount = fc.oneof(
  fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
  fc.constant(Number.POSITIVE_INFINITY),
)
const ipv4 = fc.tuple(uint(8), uint(8), uint(8), uint(8)).map((bytes) => bytes.join('.'))
// Written as inet_ntop(3) does, without a run of zeros to shorten.
const ipv6 = fc
  .array(fc.integer({ min: 1, max: 0xffff }), { minLength: 8, maxLength: 8 })
  .map((groups) => groups.map((group) => group.toString(16)).join(':'))
const uint64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
const ip = fc.oneof(ipv4, ipv6)
const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((array) => Buffer.from(array))
const microseconds = fc.integer({ min: 0, max: 2 ** 50 }).map((total) => total / 1e6)

const record = (fields: object): fc.Arbitrary<unknown> =>
  fc.record(fields as Record<string, fc.Arbitrary<unknown>>, { noNullPrototype: true })
const instruction = record({ code: uint(16), jt: uint(8), jf: uint(8), k: uint(32) })

// ---- struct tcp_info ------------------------------------------------------------------------------------------------

const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
const whole = tcpInfo.decode(Buffer.alloc(layout.tcp_info.size))
const tcpNames = Object.keys(whole) as (keyof TcpInfo)[]
const offset = (name: string): number => layout.tcp_info[`tcpi_${snake(name)}`] as number
const special: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  sndWscale: uint(4),
  rcvWscale: uint(4),
  deliveryRateAppLimited: fc.boolean(),
  fastopenClientFail: uint(2),
}

/** How many bits a member has: as far as to the next. */
function tcpMember(name: string): fc.Arbitrary<unknown> {
  if (name in special) return special[name]!
  const ends = [...Object.values(layout.tcp_info)].filter((end) => end > offset(name))
  const size = Math.min(...ends) - offset(name)
  return size === 8 ? amount : uint(size * 8)
}

// What a kernel of some age tells: the members up to a certain one.
const anyTcpInfo = fc
  .tuple(record(Object.fromEntries(tcpNames.map((name) => [name, tcpMember(name)]))), fc.nat(tcpNames.length))
  .map(([info, count]) => {
    const last = Math.max(0, tcpNames.length - count)
    // Several share a byte: they come together.
    const end = tcpNames.findIndex((name, i) => i >= last && !(name in special))
    return Object.fromEntries(Object.entries(info as object).slice(0, end < 0 ? undefined : end))
  })

test('every member of struct tcp_info has a name', () => {
  const members = Object.keys(layout.tcp_info).filter(
    (name) => !/^(size|tcpi_wscales|tcpi_flags)$/.test(name),
  )
  const named = tcpNames.filter((name) => !(name in special)).map((name) => `tcpi_${snake(name)}`)
  assert.deepEqual(named.sort(), members.sort())
})

// ---- the table ------------------------------------------------------------------------------------------------------

interface Row {
  readonly name: string
  readonly codec: StructCodec<never, never>
  readonly values: fc.Arbitrary<unknown>
  /** The least bytes that can be read. */
  readonly least: number
  /** What Python packs to the same bytes: a format, and the values. */
  readonly packed?: readonly [value: unknown, format: string, ...values: unknown[]]
}

const row = (
  name: string,
  codec: unknown,
  least: number,
  values: fc.Arbitrary<unknown>,
  packed?: Row['packed'],
) => ({ name, codec, least, values, ...(packed && { packed }) }) as Row

const inet = (...octets: number[]) => Buffer.from(octets)
const sockaddrIn = (...octets: number[]) => [AF_INET, 0, inet(...octets)]
const six = Buffer.from('ff150000000000000000000000000001', 'hex')

const rows: readonly Row[] = [
  row('linger', linger, 8, record({ onoff: fc.boolean(), linger: int32 }), [
    { onoff: true, linger: 7 },
    '@ii',
    1,
    7,
  ]),
  row('timeval', timeval, 16, microseconds, [2.5, '@ll', 2, 500_000]),
  row('ucred', ucred, 12, record({ pid: int32, uid: uint(32), gid: uint(32) }), [
    { pid: 1, uid: 2, gid: 4294967295 },
    '@iII',
    1,
    2,
    4294967295,
  ]),
  row('sockTxtime', sockTxtime, 8, record({ clockid: int32, flags: uint(32) }), [
    { clockid: 11, flags: 2 },
    '@iI',
    11,
    2,
  ]),
  row('ipMreq', ipMreq, 8, record({ multiaddr: ipv4, interface: ipv4 }), [
    { multiaddr: '224.1.2.3', interface: '127.0.0.1' },
    '4s4s',
    inet(224, 1, 2, 3),
    inet(127, 0, 0, 1),
  ]),
  row('ipMreqn', ipMreqn, 12, record({ multiaddr: ipv4, address: ipv4, ifindex: int32 }), [
    { multiaddr: '224.1.2.3', ifindex: 5 },
    '@4s4si',
    inet(224, 1, 2, 3),
    inet(0, 0, 0, 0),
    5,
  ]),
  row('ipMreqSource', ipMreqSource, 12, record({ multiaddr: ipv4, interface: ipv4, sourceaddr: ipv4 }), [
    { multiaddr: '232.1.2.3', sourceaddr: '10.0.0.1' },
    '4s4s4s',
    inet(232, 1, 2, 3),
    inet(0, 0, 0, 0),
    inet(10, 0, 0, 1),
  ]),
  row('ipv6Mreq', ipv6Mreq, 20, record({ multiaddr: ipv6, interface: uint(32) }), [
    { multiaddr: 'ff15::1', interface: 5 },
    '@16sI',
    six,
    5,
  ]),
  row('groupReq', groupReq, 136, record({ interface: uint(32), group: ip }), [
    { interface: 5, group: '224.1.2.3' },
    '@I4xHH4s120x',
    5,
    ...sockaddrIn(224, 1, 2, 3),
  ]),
  row('groupSourceReq', groupSourceReq, 264, record({ interface: uint(32), group: ip, source: ip }), [
    { group: '232.1.2.3', source: '10.0.0.1' },
    '@I4xHH4s120xHH4s120x',
    0,
    ...sockaddrIn(232, 1, 2, 3),
    ...sockaddrIn(10, 0, 0, 1),
  ]),
  row(
    'groupFilter',
    groupFilter,
    144,
    record({ interface: uint(32), group: ip, fmode: uint(32), slist: fc.array(ip, { maxLength: 9 }) }),
    [
      { interface: 5, group: '232.1.2.3', fmode: MCAST_INCLUDE, slist: ['10.0.0.1', '10.0.0.2'] },
      '@I4xHH4s120xIIHH4s120xHH4s120x',
      5,
      ...sockaddrIn(232, 1, 2, 3),
      MCAST_INCLUDE,
      2,
      ...sockaddrIn(10, 0, 0, 1),
      ...sockaddrIn(10, 0, 0, 2),
    ],
  ),
  row(
    'ipMsfilter',
    ipMsfilter,
    16,
    record({ multiaddr: ipv4, interface: ipv4, fmode: uint(32), slist: fc.array(ipv4, { maxLength: 9 }) }),
    [
      { multiaddr: '232.1.2.3', fmode: MCAST_EXCLUDE, slist: ['10.0.0.1'] },
      '@4s4sII4s',
      inet(232, 1, 2, 3),
      inet(0, 0, 0, 0),
      MCAST_EXCLUDE,
      1,
      inet(10, 0, 0, 1),
    ],
  ),
  row(
    'canIsotpOptions',
    canIsotpOptions,
    12,
    record({
      flags: uint(32),
      frameTxtime: uint(32),
      extAddress: uint(8),
      txpadContent: uint(8),
      rxpadContent: uint(8),
      rxExtAddress: uint(8),
    }),
    [{ flags: 4, frameTxtime: 1000, rxExtAddress: 9 }, '@IIBBBB', 4, 1000, 0, 0xcc, 0xcc, 9],
  ),
  row('canIsotpFcOptions', canIsotpFcOptions, 3, record({ bs: uint(8), stmin: uint(8), wftmax: uint(8) }), [
    { bs: 8, wftmax: 2 },
    'BBB',
    8,
    0,
    2,
  ]),
  row('canIsotpLlOptions', canIsotpLlOptions, 3, record({ mtu: uint(8), txDl: uint(8), txFlags: uint(8) }), [
    { txFlags: 1 },
    'BBB',
    16,
    8,
    1,
  ]),
  row(
    'j1939Filter',
    j1939Filter,
    0,
    fc.array(
      record({
        name: uint64,
        nameMask: uint64,
        pgn: uint(32),
        pgnMask: uint(32),
        addr: uint(8),
        addrMask: uint(8),
      }),
    ),
    [[{ name: 1, nameMask: 255n, pgn: 2, addr: 3, addrMask: 4 }], '@QQIIBB6x', 1, 255, 2, 0, 3, 4],
  ),
  row(
    'meminfo',
    meminfo,
    36,
    record({
      ...Object.fromEntries(
        ['rmemAlloc', 'rcvbuf', 'wmemAlloc', 'sndbuf', 'wmemQueued', 'optmem', 'backlog', 'drops'].map(
          (name) => [name, uint(32)],
        ),
      ),
      fwdAlloc: int32,
    }),
    [{ rmemAlloc: 1, sndbuf: 4, fwdAlloc: -5, drops: 9 }, '@IIIIiIIII', 1, 0, 0, 4, -5, 0, 0, 0, 9],
  ),
  row('soTimestamping', soTimestamping, 8, record({ flags: int32, bindPhc: int32 }), [
    { flags: 32768 },
    '@ii',
    32768,
    0,
  ]),
  row('btSecurity', btSecurity, 2, record({ level: uint(8), keySize: uint(8) }), [
    { level: 2, keySize: 16 },
    'BB',
    2,
    16,
  ]),
  row('packetMreq', packetMreq, 16, record({ ifindex: int32, type: uint(16), address: bytes(8) }), [
    { ifindex: 3, type: PACKET_MR_MULTICAST, address: Buffer.from('010000000001', 'hex') },
    '@iHH8s',
    3,
    PACKET_MR_MULTICAST,
    6,
    Buffer.from('010000000001', 'hex'),
  ]),
  row(
    'tpacketStats',
    tpacketStats,
    8,
    fc.oneof(
      record({ packets: uint(32), drops: uint(32) }),
      record({ packets: uint(32), drops: uint(32), freezeQCnt: uint(32) }),
    ),
    [{ packets: 1, drops: 2, freezeQCnt: 3 }, '@III', 1, 2, 3],
  ),
  row('canFilter', canFilter, 0, fc.array(record({ id: uint(32), mask: uint(32) })), [
    [
      { id: 0x123, mask: 0x7ff },
      { id: CAN_EFF_FLAG | CAN_INV_FILTER | 5, mask: -1 },
    ],
    '=IIII',
    0x123,
    0x7ff,
    0xa0000005,
    0xffffffff,
  ]),
  row('sockFilter', sockFilter, 0, fc.array(instruction), [
    [{ code: 0x15, jt: 1, jf: 2, k: -1 }],
    '@HBBI',
    0x15,
    1,
    2,
    0xffffffff,
  ]),
  row('icmpFilter', icmpFilter, 4, fc.subarray(Array.from({ length: 32 }, (_, type) => type)), [
    [ICMP_ECHOREPLY, ICMP_DEST_UNREACH],
    '@I',
    0xfffffff6,
  ]),
  row('icmp6Filter', icmp6Filter, 32, fc.subarray(Array.from({ length: 256 }, (_, type) => type)), [
    [ICMPV6_ECHO_REPLY],
    '@8I',
    ...[0, 1, 2, 3, 4, 5, 6, 7].map((word) => (word === 4 ? 0xfffffffd : 0xffffffff)),
  ]),
  row('tcpInfo', tcpInfo, 0, anyTcpInfo),
  row(
    'tcpMd5sig',
    tcpMd5sig,
    216,
    record({ addr: ip, flags: uint(8), prefixlen: uint(8), ifindex: int32, key: bytes(80) }),
    [
      { addr: '10.0.0.1', flags: 1, prefixlen: 24, key: Buffer.from('secret') },
      '@HH4s120xBBHi80s',
      ...sockaddrIn(10, 0, 0, 1),
      1,
      24,
      6,
      0,
      Buffer.from('secret'),
    ],
  ),
]

const encode = (codec: Row['codec'], value: unknown): Buffer => codec.encode(value as never)

describe('structs as bytes', () => {
  for (const { name, codec, values } of rows) {
    test(`${name}: what is encoded comes back`, () => {
      const holds = (value: unknown) => assert.deepEqual(codec.decode(encode(codec, value)), value)
      fc.assert(fc.property(values, holds), RUNS)
    })
  }

  for (const { name, codec, values, least } of rows) {
    test(`${name}: bytes that were cut off are refused, or have less in them`, () => {
      const holds = (value: unknown) => {
        const all = encode(codec, value)
        for (let length = 0; length < all.length; length++) {
          const cut = all.subarray(0, length)
          if (length < least) assert.equal(codec.understands(cut), false)
          if (codec.understands(cut)) codec.decode(cut)
          else
            assert.throws(() => codec.decode(cut), {
              name: 'RangeError',
              message: new RegExp(`^${name}\\.decode`),
            })
        }
      }
      fc.assert(fc.property(values, holds), { numRuns: 20 })
    })
  }

  for (const { name, codec, least } of rows) {
    test(`${name}: any bytes can be read, and give the same again`, () => {
      const anyBytes = fc.uint8Array({ minLength: least, maxLength: least + 400 })
      const holds = (received: Uint8Array) => {
        if (!codec.understands(received)) return
        const value = codec.decode(received)
        assert.deepEqual(codec.decode(received), value)
        assert.deepEqual(codec.decode(Buffer.concat([Buffer.alloc(3), received]).subarray(3)), value)
      }
      fc.assert(fc.property(anyBytes, holds), RUNS)
    })
  }

  test("CPython's struct.pack makes the same bytes", () => {
    const cases = rows.flatMap(({ name, codec, packed }) => (packed ? [{ name, codec, packed }] : []))
    const input = JSON.stringify(
      cases.map(({ packed: [, ...python] }) => python),
      (_key, value) => {
        const { type, data } = Object(value) as { type?: unknown; data?: number[] }
        return type === 'Buffer' ? { bytes: Buffer.from(data!).toString('hex') } : value
      },
    )
    const { stdout, stderr, status } = spawnSync('python3', [join(packageRoot, 'test/python/pack.py')], {
      input,
    })
    assert.equal(status, 0, stderr?.toString())
    const digits: string[] = JSON.parse(stdout.toString())
    for (const [i, { name, codec, packed }] of cases.entries()) {
      assert.equal(encode(codec, packed[0]).toString('hex'), digits[i], name)
    }
  })

  const refused: [name: string, codec: unknown, value: unknown, error: string, message: RegExp][] = [
    ['no struct', linger, 5, 'TypeError', /^linger\.encode\(\): value must be \{ onoff, linger \}, got 5/],
    ['null', ipMreq, null, 'TypeError', /value must be \{ multiaddr, interface\? \}, got null/],
    [
      'a member missing',
      linger,
      { onoff: true },
      'TypeError',
      /^linger\.encode\(\): linger must be a whole number/,
    ],
    ['too large', linger, { onoff: true, linger: 2 ** 31 }, 'RangeError', /linger must be .* got 2147483648/],
    ['no boolean', linger, { onoff: 'yes', linger: 1 }, 'TypeError', /onoff must be a boolean/],
    ['no seconds', timeval, '5', 'TypeError', /^timeval\.encode\(\): value must be a number of seconds/],
    ['negative', timeval, -1, 'RangeError', /^timeval\.encode\(\): value must be 0 to/],
    ['not a number', timeval, Number.NaN, 'RangeError', /value must be 0 to .* got NaN/],
    ['a name', ipMreq, { multiaddr: 'all.hosts' }, 'RangeError', /multiaddr must be a numeric IPv4 address/],
    [
      'bytes',
      ipMreq,
      { multiaddr: inet(1, 2, 3, 4) },
      'TypeError',
      /multiaddr must be a numeric IPv4 address/,
    ],
    ['IPv4', ipv6Mreq, { multiaddr: '224.0.0.1' }, 'RangeError', /multiaddr must be a numeric IPv6 address/],
    [
      'too long a key',
      tcpMd5sig,
      { addr: '10.0.0.1', key: Buffer.alloc(81) },
      'RangeError',
      /^tcpMd5sig\.encode\(\): key must be at most 80 bytes, got 81/,
    ],
    ['no group', groupReq, { group: '' }, 'RangeError', /group must be a numeric IP address/],
    ['no text', groupReq, { group: 5 }, 'TypeError', /group must be a numeric IP address/],
    [
      'too long',
      packetMreq,
      { ifindex: 1, type: 0, address: Buffer.alloc(9) },
      'RangeError',
      /address must be at most 8/,
    ],
    ['no sources', groupFilter, { group: '::1', fmode: 0 }, 'TypeError', /slist must be an array/],
    ['a source', ipMsfilter, { multiaddr: '1.2.3.4', fmode: 0, slist: ['::1'] }, 'RangeError', /slist must/],
    ['no struct', ipMsfilter, 5, 'TypeError', /value must be \{ multiaddr, interface\?, fmode, slist \}/],
    ['no mode', groupFilter, { group: '::1', slist: [] }, 'TypeError', /fmode must be a whole number/],
    ['no list', j1939Filter, {}, 'TypeError', /^j1939Filter\.encode\(\): value must be an array/],
    ['a mask', j1939Filter, [{ addrMask: 256 }], 'RangeError', /addrMask must be 0 to 255/],
    ['no list', canFilter, { id: 1, mask: 1 }, 'TypeError', /^canFilter\.encode\(\): value must be an array/],
    ['in a list', canFilter, [{ id: 1 }], 'TypeError', /^canFilter\.encode\(\): mask must be a whole number/],
    ['no list', icmpFilter, 0, 'TypeError', /^icmpFilter\.encode\(\): value must be an array of ICMP types/],
    ['no such type', icmpFilter, [32], 'RangeError', /type must be 0 to 31, got 32/],
    ['no such type', icmp6Filter, [256], 'RangeError', /type must be 0 to 255, got 256/],
    // biome-ignore lint/suspicious/noSparseArray: that is what it is about
    ['a hole', sockFilter, [,], 'TypeError', /^sockFilter\.encode\(\): value must be \{ code, jt/],
    ['an instruction', sockFilter, [{ code: 1, jt: 256, jf: 0, k: 0 }], 'RangeError', /jt must be 0 to 255/],
    ['a bit-field', tcpInfo, { sndWscale: 256 }, 'RangeError', /sndWscale must be 0 to 255/],
  ]
  for (const [what, codec, value, name, message] of refused) {
    test(`refused, ${what}: ${message.source}`, () => {
      assert.throws(() => encode(codec as Row['codec'], value), { name, message })
    })
  }

  test('decode wants bytes, of any kind', () => {
    assert.throws(() => linger.decode('12345678' as never), {
      name: 'TypeError',
      message: /^linger\.decode\(\): buffer/,
    })
    const memory = new Uint8Array([9, 1, 0, 0, 0, 5, 0, 0, 0, 9]).buffer
    assert.deepEqual(linger.decode(new DataView(memory, 1, 8)), { onoff: true, linger: 5 })
  })

  test('a span of time never becomes none', () => {
    assert.equal(timeval.decode(timeval.encode(1e-9)), 1e-6)
    assert.equal(timeval.decode(timeval.encode(0)), 0)
    assert.equal(timeval.decode(timeval.encode(0.9999999)), 1)
    // These are not the sum of its two parts as binary fractions.
    for (const seconds of [15.263744, 14.81088])
      assert.equal(timeval.decode(timeval.encode(seconds)), seconds)
  })
})

// ---- the kernel -----------------------------------------------------------------------------------------------------

const lo = ifNametoindex('lo')

/** Why sockets of a kind cannot be had here, such as for want of privileges; `false` if they can. */
function lacking(family: number, type: number, proto = 0): string | false {
  try {
    new Socket<number>(family, type, proto).close()
    return false
  } catch (error) {
    return (error as Error).message
  }
}

describe('the kernel reads and writes the same bytes', () => {
  test('SO_LINGER', () => {
    using socket = new Socket()
    assert.deepEqual(linger.decode(socket.getsockopt(SOL_SOCKET, SO_LINGER, 8)), { onoff: false, linger: 0 })
    socket.setsockopt(SOL_SOCKET, SO_LINGER, linger.encode({ onoff: true, linger: 7 }))
    assert.deepEqual(linger.decode(socket.getsockopt(SOL_SOCKET, SO_LINGER, 64)), { onoff: true, linger: 7 })
  })

  test('SO_RCVTIMEO, SO_SNDTIMEO', () => {
    using socket = new Socket()
    for (const option of [SO_RCVTIMEO, SO_SNDTIMEO]) {
      assert.equal(timeval.decode(socket.getsockopt(SOL_SOCKET, option, 16)), 0)
      socket.setsockopt(SOL_SOCKET, option, timeval.encode(1.25))
      // The kernel counts in ticks.
      assert.ok(Math.abs(timeval.decode(socket.getsockopt(SOL_SOCKET, option, 16)) - 1.25) < 0.011)
    }
  })

  test('SO_PEERCRED', () => {
    const [left, right] = socketpair(AF_UNIX)
    const expected = { pid: process.pid, uid: process.getuid!(), gid: process.getgid!() }
    assert.deepEqual(ucred.decode(left.getsockopt(SOL_SOCKET, SO_PEERCRED, 12)), expected)
    left.close()
    right.close()
  })

  test('TCP_INFO', async () => {
    using server = createServer(['127.0.0.1', 0])
    using client = new Socket(AF_INET, SOCK_STREAM)
    client.setsockopt(SOL_SOCKET, SO_MAX_PACING_RATE, 1_000_000)
    await client.connect(server.getsockname())
    const [accepted] = await server.accept()
    using connection = accepted
    await client.sendall(Buffer.alloc(1000))
    assert.equal((await connection.recv(2000)).length, 1000)
    const raw = client.getsockopt(IPPROTO_TCP, TCP_INFO, 1024)
    const info = tcpInfo.decode(raw)
    const known = tcpNames.filter(
      (name) => !(name in special) && offset(name) < Math.min(raw.length, layout.tcp_info.size),
    )
    assert.deepEqual(new Set(Object.keys(info)), new Set([...known, ...Object.keys(special)]))
    assert.equal(info.state, TCP_ESTABLISHED)
    assert.equal(info.dataSegsOut, 1)
    assert.equal(info.maxPacingRate, 1_000_000)
    if (info.bytesSent !== undefined) assert.equal(info.bytesSent, 1000)
    assert.ok(info.rtt > 0 && info.sndMss > 500 && info.sndCwnd > 0)
    const receiver = tcpInfo.decode(connection.getsockopt(IPPROTO_TCP, TCP_INFO, 1024))
    assert.equal(receiver.bytesReceived, 1000)
    assert.equal(receiver.maxPacingRate, Number.POSITIVE_INFINITY)
    const old = tcpInfo.decode(client.getsockopt(IPPROTO_TCP, TCP_INFO, 104))
    assert.ok('totalRetrans' in old && !('pacingRate' in old))
    assert.equal(tcpInfo.decode(server.getsockopt(IPPROTO_TCP, TCP_INFO, 1024)).state, TCP_LISTEN)
  })

  test('what the kernel wrote is what we write', () => {
    using server = createServer(['127.0.0.1', 0])
    const raw = server.getsockopt(IPPROTO_TCP, TCP_INFO, layout.tcp_info.size)
    assert.deepEqual(tcpInfo.encode(tcpInfo.decode(raw)), raw)
  })

  /** The IPv4 groups of lo, as addresses. */
  function groupsOfLoopback(): string[] {
    const text = readFileSync('/proc/net/igmp', 'utf8')
    const [, part = ''] = /^1\tlo.*\n((?:\t.*\n)*)/m.exec(text) ?? []
    return [...part.matchAll(/^\t+([0-9A-F]{8})/gm)].map(([, digits]) => {
      const bytes = Buffer.from(digits!, 'hex')
      return [...bytes].reverse().join('.')
    })
  }

  const memberships: [name: string, option: number, leave: number, value: Buffer, group: string][] = [
    [
      'ip_mreq',
      IP_ADD_MEMBERSHIP,
      IP_DROP_MEMBERSHIP,
      ipMreq.encode({ multiaddr: '239.9.9.1', interface: '127.0.0.1' }),
      '239.9.9.1',
    ],
    [
      'ip_mreqn',
      IP_ADD_MEMBERSHIP,
      IP_DROP_MEMBERSHIP,
      ipMreqn.encode({ multiaddr: '239.9.9.2', ifindex: lo }),
      '239.9.9.2',
    ],
    [
      'group_req',
      MCAST_JOIN_GROUP,
      MCAST_LEAVE_GROUP,
      groupReq.encode({ interface: lo, group: '239.9.9.3' }),
      '239.9.9.3',
    ],
  ]
  for (const [name, join, leave, value, group] of memberships) {
    test(`struct ${name}: joins and leaves`, () => {
      using socket = new Socket(AF_INET, SOCK_DGRAM)
      assert.ok(!groupsOfLoopback().includes(group))
      socket.setsockopt(IPPROTO_IP, join, value)
      assert.ok(groupsOfLoopback().includes(group))
      socket.setsockopt(IPPROTO_IP, leave, value)
      assert.ok(!groupsOfLoopback().includes(group))
    })
  }

  test('struct ip_mreqn: the interface of sent multicast', () => {
    using socket = new Socket(AF_INET, SOCK_DGRAM)
    socket.setsockopt(
      IPPROTO_IP,
      IP_MULTICAST_IF,
      ipMreqn.encode({ multiaddr: '0.0.0.0', address: '127.0.0.1' }),
    )
    assert.deepEqual([...socket.getsockopt(IPPROTO_IP, IP_MULTICAST_IF, 4)], [127, 0, 0, 1])
  })

  const sources: [name: string, option: number, value: Buffer, group: string][] = [
    [
      'ip_mreq_source',
      IP_ADD_SOURCE_MEMBERSHIP,
      ipMreqSource.encode({ multiaddr: '232.9.9.1', interface: '127.0.0.1', sourceaddr: '127.0.0.5' }),
      '0xe8090901',
    ],
    [
      'group_source_req',
      MCAST_JOIN_SOURCE_GROUP,
      groupSourceReq.encode({ interface: lo, group: '232.9.9.2', source: '127.0.0.5' }),
      '0xe8090902',
    ],
  ]
  for (const [name, option, value, group] of sources) {
    test(`struct ${name}: joins for one sender`, () => {
      using socket = new Socket(AF_INET, SOCK_DGRAM)
      socket.setsockopt(IPPROTO_IP, option, value)
      const line = readFileSync('/proc/net/mcfilter', 'utf8')
        .split('\n')
        .find((text) => text.includes(group))
      assert.match(line ?? '', /lo\s+0xe80909\d\d\s+0x7f000005\s+1/)
    })
  }

  const noIpv6 = lacking(AF_INET6, SOCK_DGRAM)
  const memberships6: [name: string, option: number, value: Buffer, group: string][] = [
    ['ipv6_mreq', IPV6_JOIN_GROUP, ipv6Mreq.encode({ multiaddr: 'ff15::9:1', interface: lo }), '90001'],
    ['group_req', MCAST_JOIN_GROUP, groupReq.encode({ interface: lo, group: 'ff15::9:2' }), '90002'],
  ]
  for (const [name, option, value, group] of memberships6) {
    test(`struct ${name}: joins, IPv6`, { skip: noIpv6 }, () => {
      using socket = new Socket(AF_INET6, SOCK_DGRAM)
      socket.setsockopt(IPPROTO_IPV6, option, value)
      assert.match(
        readFileSync('/proc/net/igmp6', 'utf8'),
        new RegExp(`^1\\s+lo\\s+ff15${'0'.repeat(23)}${group} `, 'm'),
      )
    })
  }

  test('struct packet_mreq, struct tpacket_stats', { skip: lacking(AF_PACKET, SOCK_RAW) }, async () => {
    using socket = new Socket(AF_PACKET, SOCK_RAW)
    socket.bind(['lo', ETH_P_ALL])
    const flags = () => Number(readFileSync('/sys/class/net/lo/flags', 'utf8'))
    const IFF_PROMISC = 0x100
    const membership = packetMreq.encode({ ifindex: lo, type: PACKET_MR_PROMISC })
    socket.setsockopt(SOL_PACKET, PACKET_ADD_MEMBERSHIP, membership)
    assert.equal(flags() & IFF_PROMISC, IFF_PROMISC)
    socket.setsockopt(SOL_PACKET, PACKET_DROP_MEMBERSHIP, membership)
    assert.equal(flags() & IFF_PROMISC, 0)
    using sender = new Socket(AF_INET, SOCK_DGRAM)
    await sender.sendto('x', ['127.0.0.1', 9])
    const stats = tpacketStats.decode(socket.getsockopt(SOL_PACKET, PACKET_STATISTICS, 12))
    assert.ok(stats.packets > 0)
    assert.ok(!('freezeQCnt' in stats))
  })

  test('struct icmp_filter', { skip: lacking(AF_INET, SOCK_RAW, IPPROTO_ICMP) }, () => {
    using socket = new Socket(AF_INET, SOCK_RAW, IPPROTO_ICMP)
    const filter = () => icmpFilter.decode(socket.getsockopt(SOL_RAW, ICMP_FILTER, 4))
    assert.equal(filter().length, 32)
    socket.setsockopt(SOL_RAW, ICMP_FILTER, icmpFilter.encode([ICMP_ECHOREPLY]))
    assert.deepEqual(filter(), [ICMP_ECHOREPLY])
  })

  test('struct icmp6_filter', { skip: lacking(AF_INET6, SOCK_RAW, IPPROTO_ICMPV6) }, () => {
    using socket = new Socket(AF_INET6, SOCK_RAW, IPPROTO_ICMPV6)
    const filter = () => icmp6Filter.decode(socket.getsockopt(SOL_ICMPV6, ICMPV6_FILTER, 32))
    assert.equal(filter().length, 256)
    socket.setsockopt(SOL_ICMPV6, ICMPV6_FILTER, icmp6Filter.encode([ICMPV6_ECHO_REPLY]))
    assert.deepEqual(filter(), [ICMPV6_ECHO_REPLY])
  })

  test('SO_MEMINFO', async () => {
    using socket = new Socket(AF_INET, SOCK_DGRAM)
    socket.bind(['127.0.0.1', 0])
    const info = () => meminfo.decode(socket.getsockopt(SOL_SOCKET, SO_MEMINFO, 64))
    assert.equal(info().rmemAlloc, 0)
    assert.equal(info().rcvbuf, socket.getsockopt(SOL_SOCKET, SO_RCVBUF))
    assert.equal(info().sndbuf, socket.getsockopt(SOL_SOCKET, SO_SNDBUF))
    socket.setsockopt(SOL_SOCKET, SO_RCVBUF, 2304)
    for (let i = 0; i < 20; i++) await socket.sendto(Buffer.alloc(1000), socket.getsockname())
    assert.ok(info().rmemAlloc > 1000 && info().drops > 0, JSON.stringify(info()))
  })

  test('struct so_timestamping', () => {
    using socket = new Socket(AF_INET, SOCK_DGRAM)
    const value = { flags: SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_RX_SOFTWARE, bindPhc: 0 }
    socket.setsockopt(SOL_SOCKET, SO_TIMESTAMPING, soTimestamping.encode(value))
    assert.deepEqual(soTimestamping.decode(socket.getsockopt(SOL_SOCKET, SO_TIMESTAMPING, 8)), value)
    assert.equal(socket.getsockopt(SOL_SOCKET, SO_TIMESTAMPING), value.flags)
  })

  test('struct ip_msfilter', () => {
    using socket = new Socket(AF_INET, SOCK_DGRAM)
    const place = { multiaddr: '239.9.9.8', interface: '127.0.0.1' }
    socket.setsockopt(IPPROTO_IP, IP_ADD_MEMBERSHIP, ipMreq.encode(place))
    const slist = ['127.0.0.7', '127.0.0.8']
    const filter = ipMsfilter.encode({ ...place, fmode: MCAST_INCLUDE, slist })
    socket.setsockopt(IPPROTO_IP, IP_MSFILTER, filter)
    assert.deepEqual(getsourcefilter(socket, 'lo', place.multiaddr), { fmode: MCAST_INCLUDE, slist })
  })

  test('struct sock_txtime', () => {
    using socket = new Socket(AF_INET, SOCK_DGRAM)
    const value = { clockid: 1, flags: 1 }
    socket.setsockopt(SOL_SOCKET, SO_TXTIME, sockTxtime.encode(value))
    assert.deepEqual(sockTxtime.decode(socket.getsockopt(SOL_SOCKET, SO_TXTIME, 8)), value)
  })
})

// ---- classic BPF ----------------------------------------------------------------------------------------------------

const UDP_HEADER = 8

/** Which of some datagrams come through a program, cut as it cuts them. */
async function filtered(program: readonly SockFilter[], datagrams: readonly string[]): Promise<string[]> {
  using receiver = new Socket(AF_INET, SOCK_DGRAM)
  receiver.bind(['127.0.0.1', 0])
  const { status, stderr } = spawnSync('python3', [join(packageRoot, 'test/python/attach_filter.py')], {
    input: sockFilter.encode(program),
    stdio: ['pipe', 'ignore', 'pipe', receiver.fileno()],
  })
  assert.equal(status, 0, stderr?.toString())
  using sender = new Socket(AF_INET, SOCK_DGRAM)
  for (const datagram of datagrams) await sender.sendto(datagram, receiver.getsockname())
  // On the loopback, what is sent has been filtered and delivered when sendto returns.
  receiver.settimeout(0)
  const received: string[] = []
  for (;;) {
    try {
      received.push((await receiver.recv(1000)).toString())
    } catch {
      return received
    }
  }
}

describe('classic BPF', () => {
  const datagrams = ['a1', 'b22', 'c333', 'a4444', '']

  const programs: [name: string, program: () => readonly SockFilter[], received: string[]][] = [
    ['accept', () => [bpf.accept()], datagrams],
    ['accept some bytes', () => [bpf.accept(UDP_HEADER + 2)], ['a1', 'b2', 'c3', 'a4', '']],
    ['drop', () => [bpf.drop()], []],
    [
      'raw instructions',
      () => [bpf.stmt(0x30, UDP_HEADER), bpf.jump(0x15, 97, 0, 1), bpf.stmt(0x6, -1), bpf.stmt(0x6, 0)],
      ['a1', 'a4444'],
    ],
    [
      'labels',
      () =>
        bpf.program(
          bpf.load(8, UDP_HEADER),
          bpf.jumpIf('==', 97, 'take'),
          bpf.jumpIf('==', 98, 'take', 'leave'),
          bpf.label('leave'),
          bpf.drop(),
          bpf.label('take'),
          bpf.accept(),
        ),
      ['a1', 'b22', 'a4444'],
    ],
    [
      'not equal, goto',
      () =>
        bpf.program(
          bpf.load(16, UDP_HEADER),
          bpf.jumpIf('!=', 0x6131, 'go'),
          bpf.drop(),
          bpf.label('go'),
          bpf.goto('end'),
          bpf.drop(),
          bpf.label('end'),
          bpf.accept(),
        ),
      ['b22', 'c333', 'a4444'],
    ],
    [
      'length and comparisons',
      () =>
        bpf.program(
          bpf.loadLength(),
          bpf.jumpIf('<=', UDP_HEADER + 2, 'no'),
          bpf.jumpIf('<', UDP_HEADER + 5, 'yes', 'no'),
          bpf.label('yes'),
          bpf.accept(),
          bpf.label('no'),
          bpf.drop(),
        ),
      ['b22', 'c333'],
    ],
    [
      'X, memory, arithmetic',
      () =>
        bpf.program(
          bpf.loadXImmediate(1),
          bpf.loadIndexed(8, UDP_HEADER), // The second byte.
          bpf.alu('-', 48),
          bpf.store(3),
          bpf.loadLength(),
          bpf.alu('-', UDP_HEADER + 1),
          bpf.tax(),
          bpf.loadMemory(3),
          bpf.jumpIf('==', 'X', 'same', 'other'), // As many digits as the digit says.
          bpf.label('same'),
          bpf.loadLength(),
          bpf.acceptA(),
          bpf.label('other'),
          bpf.drop(),
        ),
      ['a1', 'b22', 'c333', 'a4444'],
    ],
    [
      'ancillary',
      () => [bpf.loadAncillary(SKF_AD_PAY_OFFSET), bpf.jump(0x15, 0, 0, 1), bpf.drop(), bpf.accept()],
      datagrams,
    ],
  ]
  for (const [name, program, received] of programs) {
    test(name, async () => assert.deepEqual(await filtered(program(), datagrams), received))
  }

  test('what C makes of the same', () => {
    assert.deepEqual(bpf.loadAncillary(4), { code: 0x20, jt: 0, jf: 0, k: (SKF_AD_OFF + 4) >>> 0 })
    assert.deepEqual(bpf.loadXHeaderLength(14), { code: 0xb1, jt: 0, jf: 0, k: 14 })
    assert.deepEqual(bpf.alu('<<', 'X'), { code: 0x6c, jt: 0, jf: 0, k: 0 })
    const jumps = [bpf.jumpIf('&', 7, 1, 2), bpf.jumpIf('<', 'X', 1, 2)]
    assert.deepEqual(bpf.program(...jumps, bpf.drop(), bpf.drop(), bpf.drop()).slice(0, 2), [
      { code: 0x45, jt: 1, jf: 2, k: 7 },
      { code: 0x3d, jt: 2, jf: 1, k: 0 },
    ])
    const all = [
      bpf.loadImmediate(1),
      bpf.loadXLength(),
      bpf.loadXMemory(1),
      bpf.storeX(1),
      bpf.negate(),
      bpf.txa(),
    ]
    assert.deepEqual(
      all.map(({ code }) => code),
      [0x00, 0x81, 0x61, 0x03, 0x84, 0x87],
    )
  })

  const far = Array.from({ length: 256 }, () => bpf.drop())
  const refused: [name: string, make: () => unknown, error: string, message: RegExp][] = [
    [
      'no such label',
      () => bpf.program(bpf.goto('x')),
      'RangeError',
      /jump must be to a label of the program, got 'x'/,
    ],
    [
      'backwards',
      () => bpf.program(bpf.label('x'), bpf.goto('x')),
      'RangeError',
      /jump must be to a label further on/,
    ],
    [
      'too far',
      () => bpf.program(bpf.jumpIf('==', 1, 'x'), ...far, bpf.label('x'), bpf.drop()),
      'RangeError',
      /jump must be at most 255 instructions long, got 256/,
    ],
    [
      'a name twice',
      () => bpf.program(bpf.label('x'), bpf.label('x')),
      'RangeError',
      /label must be there only once/,
    ],
    ['nothing', () => bpf.program(), 'RangeError', /items must be 1 to 4096 instructions, got 0/],
    ['no instruction', () => bpf.program(5 as never), 'TypeError', /item must be an instruction or a label/],
    ['no such size', () => bpf.load(24 as never, 0), 'RangeError', /bits must be one of 8 16 32, got 24/],
    ['no such operation', () => bpf.alu('**' as never, 0), 'RangeError', /operation must be one of/],
    ['no such condition', () => bpf.jumpIf('===' as never, 0), 'RangeError', /condition must be one of/],
    ['no such word', () => bpf.store(16), 'RangeError', /word must be 0 to 15, got 16/],
    [
      'no operand',
      () => bpf.jumpIf('==', 'Y' as never),
      'TypeError',
      /operand must be a whole number, got 'Y'/,
    ],
    ['a jump too far', () => bpf.jump(0x15, 1, 256, 0), 'RangeError', /jt must be 0 to 255/],
  ]
  for (const [what, make, name, message] of refused) {
    test(`refused: ${what}`, () => assert.throws(make, { name, message }))
  }
})
