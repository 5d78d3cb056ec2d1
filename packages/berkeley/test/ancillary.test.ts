// Control messages as what they mean: there and back, cut and random bytes, CPython's struct module, and the kernel's own.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { closeSync, fstatSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import {
  type Address,
  AF_CAN,
  AF_INET,
  AF_INET6,
  AF_NETLINK,
  AF_PACKET,
  AF_TIPC,
  AF_UNIX,
  CAN_J1939,
  createServer,
  ETH_P_IP,
  IP_CHECKSUM,
  IP_PKTINFO,
  IP_RECVERR,
  IP_RECVORIGDSTADDR,
  IP_RECVTOS,
  IP_RECVTTL,
  IPPROTO_SCTP,
  IPPROTO_UDP,
  IPV6_RECVERR,
  IPV6_RECVHOPLIMIT,
  IPV6_RECVORIGDSTADDR,
  IPV6_RECVPKTINFO,
  IPV6_RECVTCLASS,
  ifNametoindex,
  J1939_NO_NAME,
  J1939_NO_PGN,
  MSG_CTRUNC,
  MSG_ERRQUEUE,
  NETLINK_PKTINFO,
  NETLINK_ROUTE,
  PACKET_AUXDATA,
  SO_BROADCAST,
  SO_EE_ORIGIN_ICMP,
  SO_EE_ORIGIN_ICMP6,
  SO_EE_ORIGIN_TIMESTAMPING,
  SO_MARK,
  SO_PASSCRED,
  SO_PASSPIDFD,
  SO_RCVMARK,
  SO_RCVPRIORITY,
  SO_RXQ_OVFL,
  SO_TIMESTAMP,
  SO_TIMESTAMPING,
  SO_TIMESTAMPNS,
  SO_TXTIME,
  SOCK_DGRAM,
  SOCK_RAW,
  SOCK_SEQPACKET,
  SOCK_STREAM,
  SOF_TIMESTAMPING_OPT_ID,
  SOF_TIMESTAMPING_OPT_TSONLY,
  SOF_TIMESTAMPING_RX_SOFTWARE,
  SOF_TIMESTAMPING_SOFTWARE,
  SOF_TIMESTAMPING_TX_SOFTWARE,
  SOL_IP,
  SOL_IPV6,
  SOL_NETLINK,
  SOL_PACKET,
  SOL_SCTP,
  SOL_SOCKET,
  SOL_TCP,
  SOL_UDP,
  Socket,
  socketpair,
  TCP_INQ,
  TIPC_ADDR_NAME,
  TIPC_ADDR_NAMESEQ,
  UDP_GRO,
  UDP_SEGMENT,
} from 'berkeley'
import { SCTP_RECVRCVINFO } from 'berkeley/families'
import fc from 'fast-check'
import {
  type Ancillary,
  type AncillaryGiven,
  codecs,
  decodeAncillary,
  encodeAncillary,
  rows,
} from '#core/ancillary.js'
import type { StructCodec } from '#core/structs/struct.js'
import { sockTxtime } from '#core/structs/tx-time.js'
import { ECONNREFUSED, ENOMSG, ENOPROTOOPT, EPERM } from '#sys/errno.js'
import { packageRoot } from './package-root.ts'

const RUNS = { numRuns: 1000 }

type Name = keyof typeof codecs
type Named<Key extends Name> = Extract<Ancillary, { name: Key }>

const uint = (bits: number) => fc.integer({ min: 0, max: 2 ** bits - 1 })
const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })
const uint64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
const nanoseconds = fc.bigInt({ min: 0n, max: 2n ** 62n })
const record = (fields: object): fc.Arbitrary<unknown> =>
  fc.record(fields as Record<string, fc.Arbitrary<unknown>>, { noNullPrototype: true })
const all = (names: string, type: fc.Arbitrary<unknown>) =>
  Object.fromEntries(names.split(' ').map((name) => [name, type]))

const ipv4 = fc.tuple(uint(8), uint(8), uint(8), uint(8)).map((bytes) => bytes.join('.'))
const ipv6 = fc
  .array(fc.integer({ min: 1, max: 0xffff }), { minLength: 8, maxLength: 8 })
  .map((groups) => groups.map((group) => group.toString(16)).join(':'))
const inetAddress = fc.tuple(ipv4, uint(16))
const inet6Address = fc.tuple(ipv6, uint(16), uint(20), uint(32))
const fixedError = { ...all('errno info data', uint(32)), ...all('origin type code', uint(8)) }

/** Any value of each codec. */
const values: Readonly<Record<Name, fc.Arbitrary<unknown>>> = {
  rights: fc.array(int32),
  credentials: record({ pid: int32, uid: uint(32), gid: uint(32) }),
  security: fc.string({ unit: 'grapheme' }).filter((text) => !text.endsWith('\0')),
  pidfd: int32,
  timestamp: fc.integer({ min: 0, max: 2 ** 50 }).map((microseconds) => microseconds / 1e6),
  timestampNs: nanoseconds,
  timestamping: record(all('software system hardware', nanoseconds)),
  timestampingPktinfo: record(all('ifIndex pktLength', uint(32))),
  timestampId: uint(32),
  txTime: uint64,
  rxqOverflow: uint(32),
  mark: uint(32),
  priority: uint(32),
  inq: int32,
  pktinfo: fc.oneof(
    record({ ifindex: int32, specDst: ipv4, addr: ipv4 }),
    record({ ifindex: uint(32), addr: ipv6 }),
  ),
  ttl: int32,
  tos: uint(8),
  hopLimit: int32,
  tclass: int32,
  originalDestination: fc.oneof(inetAddress, inet6Address),
  extendedError: fc.oneof(
    record({ ...fixedError, offender: fc.constant(null) }),
    record({ ...fixedError, offender: inetAddress }),
    record({ ...fixedError, offender: inet6Address }),
  ),
  recvFragSize: int32,
  checksum: uint(32),
  udpGro: int32,
  udpSegment: uint(16),
  packetAuxdata: record({
    ...all('status len snaplen', uint(32)),
    ...all('mac net vlanTci vlanTpid', uint(16)),
  }),
  netlinkGroup: uint(32),
  tlsRecordType: uint(8),
  algOp: uint(32),
  algIv: fc.uint8Array().map((bytes) => Buffer.from(bytes)),
  algAssoclen: uint(32),
  j1939DestAddr: uint(8),
  j1939DestName: uint64,
  j1939Prio: uint(8),
  tipcErrinfo: record(all('error length', uint(32))),
  tipcDestname: record(all('type lower upper', uint(32))),
  sctpInitmsg: record(all('numOstreams maxInstreams maxAttempts maxInitTimeo', uint(16))),
  sctpSndrcvinfo: record({
    ...all('stream ssn flags', uint(16)),
    ...all('ppid context timetolive tsn cumtsn', uint(32)),
    assocId: int32,
  }),
  sctpSndinfo: record({ ...all('sid flags', uint(16)), ...all('ppid context', uint(32)), assocId: int32 }),
  sctpRcvinfo: record({
    ...all('sid ssn flags', uint(16)),
    ...all('ppid tsn cumtsn context', uint(32)),
    assocId: int32,
  }),
  sctpNxtinfo: record({ ...all('sid flags', uint(16)), ...all('ppid length', uint(32)), assocId: int32 }),
  sctpPrinfo: record({ policy: uint(16), value: uint(32) }),
  rdsRdmaDest: uint64,
  rdsRdmaStatus: record({ userToken: uint64, status: int32 }),
  rdsCongUpdate: uint64,
  rdsZcopyCookie: uint(32),
  rdsZcopyCompletion: fc.array(uint(32), { maxLength: 8 }),
  btPktStatus: uint(8),
  btPktSeqnum: uint(16),
}

const names = Object.keys(codecs) as Name[]
const codecOf = (name: Name) => codecs[name] as unknown as StructCodec<unknown>

describe('control messages as bytes', () => {
  test('every codec has a row, and every row a codec', () => {
    assert.deepEqual(new Set(rows.map(([, , name]) => name)), new Set(names))
    const keys = rows.map(([level, type]) => `${level} ${type}`)
    assert.equal(new Set(keys).size, keys.length, 'a level and type are there twice')
  })

  for (const name of names) {
    test(`${name}: what is encoded comes back`, () => {
      const holds = (value: unknown) => {
        assert.deepEqual(codecOf(name).decode(codecOf(name).encode(value)), value)
        const item = { name, value } as AncillaryGiven
        assert.deepEqual(decodeAncillary(encodeAncillary([item])), [item])
      }
      fc.assert(fc.property(values[name], holds), RUNS)
    })
  }

  const anyMessage = fc.constantFrom(...names).chain((name) => values[name].map((value) => ({ name, value })))

  test('a list comes back, in its order', () => {
    const holds = (list: unknown[]) => {
      assert.deepEqual(decodeAncillary(encodeAncillary(list as AncillaryGiven[])), list)
    }
    fc.assert(fc.property(fc.array(anyMessage), holds), RUNS)
  })

  // Where a part of it is one as well: some of the descriptors, some of a text, an error without the offender.
  const parts: Partial<Record<Name, (length: number) => boolean>> = {
    rights: (length) => length % 4 === 0,
    security: () => true,
    extendedError: (length) => length === 16,
  }

  test('what was cut off, at any byte, comes as its bytes', () => {
    const holds = (item: { name: Name; value: unknown }) => {
      const [[level, type, data]] = encodeAncillary([item as AncillaryGiven]) as [[number, number, Buffer]]
      for (let length = 0; length < data.length; length++) {
        const cut = data.subarray(0, length)
        const [message] = decodeAncillary([[level, type, cut]])
        if (message!.name === 'unknown')
          assert.deepEqual(message, { name: 'unknown', level, type, data: cut })
        else assert.ok(parts[item.name]?.(length), `${item.name}, ${length} of ${data.length} bytes`)
      }
    }
    fc.assert(fc.property(anyMessage, holds), RUNS)
  })

  test('any bytes can be read, of any level and type', () => {
    const key = fc.oneof(
      fc.constantFrom(...rows).map(([level, type]) => [level, type] as const),
      fc.tuple(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 100 })),
    )
    const holds = ([level, type]: readonly [number, number], bytes: Uint8Array) => {
      const data = Buffer.from(bytes)
      const [message] = decodeAncillary([[level, type, data]])
      if (message!.name === 'unknown') assert.deepEqual(message, { name: 'unknown', level, type, data })
      else assert.deepEqual(decodeAncillary([[level, type, data]]), [message])
    }
    fc.assert(fc.property(key, fc.uint8Array({ maxLength: 64 }), holds), { numRuns: 20_000 })
  })

  test('what is not known goes through as it is', () => {
    const item = { name: 'unknown', level: 1, type: 99, data: Buffer.from('x') } as const
    assert.deepEqual(encodeAncillary([item]), [[1, 99, Buffer.from('x')]])
    assert.deepEqual(decodeAncillary([[1, 99, Buffer.from('x')]]), [item])
  })

  const refused: [given: unknown, error: string, message: RegExp][] = [
    [5, 'TypeError', /^encodeAncillary\(\): messages must be a list of { name, value }, got 5/],
    [[null], 'TypeError', /^encodeAncillary\(\): message must be \{ name, value \}, got null/],
    [
      [{ name: 'nothing', value: 1 }],
      'RangeError',
      /^encodeAncillary\(\): name must be that of a codec, got 'nothing'/,
    ],
    [[{ name: 'toString', value: 1 }], 'RangeError', /name must be that of a codec/],
    [[{ name: 'rights', value: 5 }], 'TypeError', /^rights\.encode\(\): value must be an array, got 5/],
    [
      [{ name: 'rights', value: ['5'] }],
      'TypeError',
      /^rights\.encode\(\): value must be a whole number, got '5'/,
    ],
    [[{ name: 'tos', value: 256 }], 'RangeError', /^tos\.encode\(\): value must be 0 to 255, got 256/],
    [
      [{ name: 'pktinfo', value: { addr: 'eth0' } }],
      'RangeError',
      /^pktinfo\.encode\(\): addr must be a numeric IPv4/,
    ],
    [[{ name: 'pktinfo', value: null }], 'TypeError', /^pktinfo\.encode\(\): value must be \{ ifindex\?/],
    [[{ name: 'security', value: 1 }], 'TypeError', /^security\.encode\(\): value must be a string/],
    [[{ name: 'txTime', value: -1n }], 'RangeError', /^txTime\.encode\(\): value must be 0 to/],
    [
      [{ name: 'rdsZcopyCompletion', value: Array(9).fill(0) }],
      'RangeError',
      /^rdsZcopyCompletion\.encode\(\): value must be at most 8 numbers, got 9/,
    ],
    [[{ name: 'rdsZcopyCompletion', value: 9 }], 'TypeError', /value must be an array, got 9/],
    [[{ name: 'algIv', value: 16 }], 'TypeError', /^algIv\.encode\(\): value must be a string, a buffer/],
    [
      [{ name: 'originalDestination', value: '::1' }],
      'TypeError',
      /^originalDestination\.encode\(\): address must be/,
    ],
  ]
  for (const [given, name, message] of refused) {
    test(`refused: ${message.source}`, () => {
      assert.throws(() => encodeAncillary(given as AncillaryGiven[]), { name, message })
    })
  }

  // What Python packs to the same bytes: a format, and the values.
  const packed: [name: Name, value: unknown, format: string, ...python: unknown[]][] = [
    ['rights', [3, 4], '@ii', 3, 4],
    ['credentials', { pid: 1, uid: 2, gid: 3 }, '@iII', 1, 2, 3],
    ['timestamp', 1.5, '@ll', 1, 500_000],
    ['timestampNs', 1_500_000_000n, '@ll', 1, 500_000_000],
    ['timestamping', { software: 1n, system: 0n, hardware: 2n * 10n ** 9n }, '@llllll', 0, 1, 0, 0, 2, 0],
    ['timestampingPktinfo', { ifIndex: 3, pktLength: 98 }, '@IIII', 3, 98, 0, 0],
    ['txTime', 2n ** 40n, '@Q', { int: String(2 ** 40) }],
    ['pktinfo', { ifindex: 2, specDst: '127.0.0.1' }, '@i4B4B', 2, 127, 0, 0, 1, 0, 0, 0, 0],
    ['pktinfo', { ifindex: 2, addr: '::1' }, '@15xBI', 1, 2],
    ['tos', 16, 'B', 16],
    ['ttl', 64, '@i', 64],
    ['udpSegment', 1400, '@H', 1400],
    ['mark', -1, '@I', 0xffffffff],
    ['originalDestination', ['1.2.3.4', 80], '@H2s4B8x', AF_INET, { bytes: '0050' }, 1, 2, 3, 4],
    [
      'extendedError',
      { errno: 111, origin: 2, type: 3, code: 4, info: 5, data: 6, offender: ['1.2.3.4', 0] },
      '@IBBBxIIHxx4B8x',
      ...[111, 2, 3, 4, 5, 6, AF_INET, 1, 2, 3, 4],
    ],
    ['algIv', Buffer.from('abc'), '@I3s', 3, { bytes: '616263' }],
    ['sctpSndinfo', { sid: 1, flags: 2, ppid: 3, context: 4, assocId: 5 }, '@HHIIi', 1, 2, 3, 4, 5],
    ['sctpPrinfo', { policy: 16, value: 500 }, '@HxxI', 16, 500],
    ['rdsRdmaStatus', { userToken: 5n, status: -1 }, '@Qi4x', 5, -1],
    ['rdsCongUpdate', 2 ** 33, '@Q', 2 ** 33],
    ['rdsZcopyCompletion', [7, 8], '@III24x', 2, 7, 8],
    ['j1939DestName', 2 ** 33, '@Q', 2 ** 33],
  ]
  test("CPython's struct.pack makes the same bytes", () => {
    const input = JSON.stringify(packed.map(([, , ...python]) => python))
    const program = join(packageRoot, 'test/python/pack.py')
    const { stdout, stderr, status } = spawnSync('python3', [program], { input })
    assert.equal(status, 0, stderr?.toString())
    const digits: string[] = JSON.parse(stdout.toString())
    for (const [i, [name, value]] of packed.entries()) {
      assert.equal(codecOf(name).encode(value).toString('hex'), digits[i], name)
    }
  })
})

// ---- the kernel -----------------------------------------------------------------------------------------------------

const ROOM = 1024
const lo = ifNametoindex('lo')

/** Why sockets of a kind cannot be had here; `false` if they can. */
function lacking(family: number, type: number, proto = 0): string | false {
  try {
    new Socket<number>(family, type, proto).close()
    return false
  } catch (error) {
    return `this machine has no such sockets: ${(error as Error).message}`
  }
}

function bound(address: Address, type: number = SOCK_DGRAM): Socket<number> {
  const family = String((address as readonly unknown[])[0]).includes(':') ? AF_INET6 : AF_INET
  const socket = new Socket<number>(family, type)
  socket.settimeout(5)
  socket.bind(address)
  return socket
}

/** Sets options; `false` for those that this kernel does not have. */
function isSet(
  socket: Socket<number>,
  level: number,
  option: number,
  value: number | boolean = true,
): boolean {
  try {
    socket.setsockopt(level, option, value)
    return true
  } catch (error) {
    if ([ENOPROTOOPT, EPERM].includes((error as { errno: number }).errno)) return false
    throw error
  }
}

/** The next message's control messages, by name; nothing is unknown. */
async function received(socket: Socket<number>, flags = 0): Promise<{ [Key in Name]?: Named<Key>['value'] }> {
  const [, ancdata, msgFlags] = await socket.recvmsg(65536, ROOM, flags)
  assert.equal(msgFlags & MSG_CTRUNC, 0)
  const messages = decodeAncillary(ancdata)
  for (const message of messages) if (message.name === 'unknown') assert.fail(JSON.stringify(message))
  return Object.fromEntries(messages.map((message) => [message.name, (message as Named<Name>).value]))
}

const own = (socket: Socket<number>) => socket.getsockname() as Address
const peer = (socket: Socket<number>) => own(socket) as unknown as readonly [host: string, port: number]

// packet_recvmsg() and j1939_sk_recvmsg() refuse flags that they do not know, and native/msg.c adds MSG_CMSG_CLOEXEC.

describe('the kernel sends and takes the same bytes', () => {
  test('IPv4: everything about a datagram', async () => {
    using receiver = bound(['127.0.0.1', 0])
    for (const option of [IP_PKTINFO, IP_RECVTTL, IP_RECVTOS, IP_RECVORIGDSTADDR, IP_CHECKSUM]) {
      receiver.setsockopt(SOL_IP, option, true)
    }
    receiver.setsockopt(SOL_SOCKET, SO_TIMESTAMPNS, true)
    receiver.setsockopt(SOL_SOCKET, SO_RXQ_OVFL, true)
    const hasMark = isSet(receiver, SOL_SOCKET, SO_RCVMARK)
    const hasPriority = isSet(receiver, SOL_SOCKET, SO_RCVPRIORITY)
    using sender = bound(['127.0.0.1', 0])
    const mayMark = isSet(sender, SOL_SOCKET, SO_MARK, 0)
    const given: AncillaryGiven[] = [
      { name: 'ttl', value: 33 },
      { name: 'tos', value: 0x10 },
      { name: 'pktinfo', value: { specDst: '127.0.0.7' } },
      ...(mayMark ? [{ name: 'mark', value: 42 } as const] : []),
      ...(mayMark && hasPriority ? [{ name: 'priority', value: 5 } as const] : []),
    ]
    await sender.sendmsg(['hello'], encodeAncillary(given), 0, own(receiver))
    const before = BigInt(Date.now()) * 1_000_000n
    // The loopback computes no checksum.
    const { timestampNs, checksum: _, mark, priority, ...rest } = await received(receiver)
    assert.deepEqual(rest, {
      ttl: 33,
      tos: 0x10,
      pktinfo: { ifindex: lo, specDst: '127.0.0.1', addr: '127.0.0.1' },
      originalDestination: own(receiver),
      ...(rest.rxqOverflow === undefined ? {} : { rxqOverflow: 0 }),
    })
    assert.ok(before - timestampNs! < 5_000_000_000n && timestampNs! - before < 5_000_000_000n)
    if (hasMark && mayMark) assert.equal(mark, 42)
    if (hasPriority && mayMark) assert.equal(priority, 5)
  })

  test('IPv4: the source address is the one of pktinfo', async () => {
    using receiver = bound(['127.0.0.1', 0])
    using sender = bound(['0.0.0.0', 0])
    const pktinfo = codecs.pktinfo.encode({ specDst: '127.0.0.7' })
    await sender.sendmsg(['x'], [[SOL_IP, IP_PKTINFO, pktinfo]], 0, own(receiver))
    const [, , , from] = await receiver.recvmsg(1)
    assert.deepEqual(from, ['127.0.0.7', peer(sender)[1]])
  })

  test('SO_TIMESTAMP: seconds', async () => {
    using receiver = bound(['127.0.0.1', 0])
    receiver.setsockopt(SOL_SOCKET, SO_TIMESTAMP, true)
    await receiver.sendto('x', own(receiver))
    const { timestamp } = await received(receiver)
    assert.ok(Math.abs(timestamp! - Date.now() / 1000) < 5)
  })

  test('IPv6: everything about a datagram', { skip: lacking(AF_INET6, SOCK_DGRAM) }, async () => {
    using receiver = bound(['::1', 0])
    for (const option of [IPV6_RECVPKTINFO, IPV6_RECVHOPLIMIT, IPV6_RECVTCLASS, IPV6_RECVORIGDSTADDR]) {
      receiver.setsockopt(SOL_IPV6, option, true)
    }
    using sender = bound(['::1', 0])
    const given: AncillaryGiven[] = [
      { name: 'hopLimit', value: 44 },
      { name: 'tclass', value: 0x20 },
      { name: 'pktinfo', value: { addr: '::1', ifindex: lo } },
    ]
    await sender.sendmsg(['hello'], encodeAncillary(given), 0, own(receiver))
    assert.deepEqual(await received(receiver), {
      hopLimit: 44,
      tclass: 0x20,
      pktinfo: { ifindex: lo, addr: '::1' },
      originalDestination: own(receiver),
    })
  })

  const refusals = [
    { host: '127.0.0.1', level: SOL_IP, option: IP_RECVERR, origin: SO_EE_ORIGIN_ICMP, type: 3, code: 3 },
    { host: '::1', level: SOL_IPV6, option: IPV6_RECVERR, origin: SO_EE_ORIGIN_ICMP6, type: 1, code: 4 },
  ]
  for (const { host, level, option, origin, type, code } of refusals) {
    const skip = lacking(host === '::1' ? AF_INET6 : AF_INET, SOCK_DGRAM)
    test(`an ICMP error, and who sent it: ${host}`, { skip }, async () => {
      const gone = bound([host, 0])
      const address = own(gone)
      gone.close()
      using socket = bound([host, 0])
      socket.setsockopt(level, option, true)
      await socket.sendto('x', address)
      const { extendedError } = await received(socket, MSG_ERRQUEUE)
      const offender = host === '::1' ? ['::1', 0, 0, 0] : ['127.0.0.1', 0]
      assert.deepEqual(extendedError, { errno: ECONNREFUSED, origin, type, code, info: 0, data: 0, offender })
    })
  }

  test('time stamps of what was sent, by the error queue', async () => {
    using receiver = bound(['127.0.0.1', 0])
    using sender = bound(['127.0.0.1', 0])
    const flags =
      SOF_TIMESTAMPING_TX_SOFTWARE |
      SOF_TIMESTAMPING_RX_SOFTWARE |
      SOF_TIMESTAMPING_SOFTWARE |
      SOF_TIMESTAMPING_OPT_ID |
      SOF_TIMESTAMPING_OPT_TSONLY
    for (const socket of [sender, receiver]) socket.setsockopt(SOL_SOCKET, SO_TIMESTAMPING, flags)
    for (const id of [0, 1]) {
      await sender.sendto('x', own(receiver))
      const { timestamping, extendedError, ...rest } = await received(sender, MSG_ERRQUEUE)
      assert.deepEqual(rest, {})
      const { errno, origin, info, data, offender } = extendedError!
      assert.deepEqual([errno, origin, info, data], [ENOMSG, SO_EE_ORIGIN_TIMESTAMPING, 0, id])
      assert.equal(offender, null)
      const sent = timestamping!.software
      const arrived = (await received(receiver)).timestamping!.software
      assert.ok(arrived >= sent && arrived - sent < 5_000_000_000n)
      assert.equal(timestamping!.hardware, 0n)
    }
  })

  test('segments cut and joined', async (t) => {
    using receiver = bound(['127.0.0.1', 0])
    using sender = bound(['127.0.0.1', 0])
    if (!isSet(receiver, SOL_UDP, UDP_GRO)) return t.skip('no UDP_GRO')
    const cut = encodeAncillary([{ name: 'udpSegment', value: 1000 }])
    assert.deepEqual(
      cut.map(([level, type]) => [level, type]),
      [[IPPROTO_UDP, UDP_SEGMENT]],
    )
    await sender.sendmsg([Buffer.alloc(3500)], cut, 0, own(receiver))
    assert.deepEqual(await received(receiver), { udpGro: 1000 })
  })

  test('a time to be sent at', async (t) => {
    using receiver = bound(['127.0.0.1', 0])
    using sender = bound(['127.0.0.1', 0])
    const CLOCK_MONOTONIC = 1
    sender.setsockopt(SOL_SOCKET, SO_TXTIME, sockTxtime.encode({ clockid: CLOCK_MONOTONIC }))
    const txTime = codecs.txTime.encode(process.hrtime.bigint())
    await sender.sendmsg(['x'], [[SOL_SOCKET, SO_TXTIME, txTime]], 0, own(receiver))
    assert.equal((await receiver.recv(10)).toString(), 'x')
    await assert.rejects(() =>
      sender.sendmsg(['x'], [[SOL_SOCKET, SO_TXTIME, txTime.subarray(1)]], 0, own(receiver)),
    )
    t.diagnostic('without a queueing discipline that obeys it')
  })

  test('bytes left in a stream', async () => {
    using server = createServer(['127.0.0.1', 0])
    using client = new Socket(AF_INET, SOCK_STREAM)
    await client.connect(server.getsockname())
    const [accepted] = await server.accept()
    using connection = accepted as Socket<number>
    connection.setsockopt(SOL_TCP, TCP_INQ, true)
    await client.sendall('0123456789')
    const [data, ancdata] = await connection.recvmsg(4, ROOM)
    assert.equal(data.toString(), '0123')
    assert.deepEqual(decodeAncillary(ancdata), [{ name: 'inq', value: 6 }])
  })

  test('credentials, descriptors and a process descriptor', async () => {
    const [left, right] = socketpair(AF_UNIX, SOCK_DGRAM) as unknown as [Socket<number>, Socket<number>]
    const file = openSync('/dev/null', 'r')
    right.setsockopt(SOL_SOCKET, SO_PASSCRED, true)
    const hasPidfd = isSet(right, SOL_SOCKET, SO_PASSPIDFD)
    const me = { pid: process.pid, uid: process.getuid!(), gid: process.getgid!() }
    const given: AncillaryGiven[] = [
      { name: 'rights', value: [file, file] },
      { name: 'credentials', value: me },
    ]
    await left.sendmsg(['x'], encodeAncillary(given))
    const { rights, credentials, pidfd, ...rest } = await received(right)
    assert.deepEqual([credentials, rest], [me, {}])
    assert.equal(rights!.length, 2)
    for (const descriptor of rights!) {
      assert.equal(fstatSync(descriptor).rdev, fstatSync(file).rdev)
      closeSync(descriptor)
    }
    assert.equal(pidfd !== undefined, hasPidfd)
    if (pidfd !== undefined) closeSync(pidfd)
    closeSync(file)
    left.close()
    right.close()
  })

  test('what has no room comes as its bytes', async () => {
    const [left, right] = socketpair(AF_UNIX, SOCK_DGRAM) as unknown as [Socket<number>, Socket<number>]
    right.setsockopt(SOL_SOCKET, SO_PASSCRED, true)
    await left.send('x')
    const [, ancdata, flags] = await right.recvmsg(1, 16 + 8)
    assert.equal(flags & MSG_CTRUNC, MSG_CTRUNC)
    const [message] = decodeAncillary(ancdata)
    assert.equal(message?.name, 'unknown')
    left.close()
    right.close()
  })

  test('AF_PACKET: a frame', { skip: lacking(AF_PACKET, SOCK_RAW) }, async () => {
    using socket = new Socket<number>(AF_PACKET, SOCK_RAW)
    socket.settimeout(5)
    socket.bind(['lo', ETH_P_IP])
    socket.setsockopt(SOL_PACKET, PACKET_AUXDATA, true)
    using sender = bound(['127.0.0.1', 0])
    sender.setsockopt(SOL_SOCKET, SO_BROADCAST, true)
    await sender.sendto('hello', own(sender))
    const { packetAuxdata } = await received(socket)
    const { len, snaplen, mac, net } = packetAuxdata!
    assert.ok(len > 20 && snaplen === len && net - mac === 14)
  })

  test('AF_NETLINK: no group', async () => {
    using socket = new Socket<number>(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE)
    socket.settimeout(5)
    socket.setsockopt(SOL_NETLINK, NETLINK_PKTINFO, true)
    const request = Buffer.alloc(20) // nlmsghdr and rtgenmsg: RTM_GETLINK, a dump.
    new Uint32Array(request.buffer, request.byteOffset, 1)[0] = 20
    new Uint16Array(request.buffer, request.byteOffset + 4, 2).set([18, 0x301])
    await socket.sendto(request, [0, 0])
    assert.deepEqual(await received(socket), { netlinkGroup: 0 })
  })

  test('SCTP: the stream of a message', {
    skip: lacking(AF_INET, SOCK_SEQPACKET, IPPROTO_SCTP),
  }, async () => {
    using receiver = new Socket<number>(AF_INET, SOCK_SEQPACKET, IPPROTO_SCTP)
    using sender = new Socket<number>(AF_INET, SOCK_SEQPACKET, IPPROTO_SCTP)
    receiver.settimeout(20)
    sender.settimeout(20)
    receiver.bind(['127.0.0.1', 0])
    receiver.listen()
    receiver.setsockopt(SOL_SCTP, SCTP_RECVRCVINFO, true)
    const given: AncillaryGiven = { name: 'sctpSndinfo', value: { sid: 3, ppid: 46 } }
    await sender.sendmsg(['x'], encodeAncillary([given]), 0, own(receiver))
    const { sctpRcvinfo } = await received(receiver)
    assert.deepEqual([sctpRcvinfo!.sid, sctpRcvinfo!.ssn, sctpRcvinfo!.ppid], [3, 0, 46])
    assert.ok(sctpRcvinfo!.assocId > 0)
  })

  test('TIPC: the service that was meant', { skip: lacking(AF_TIPC, SOCK_DGRAM) }, async () => {
    using receiver = new Socket<number>(AF_TIPC, SOCK_DGRAM)
    using sender = new Socket<number>(AF_TIPC, SOCK_DGRAM)
    receiver.settimeout(20)
    receiver.bind([TIPC_ADDR_NAMESEQ, 7654, 10, 20])
    await sender.sendto('x', [TIPC_ADDR_NAME, 7654, 15, 0])
    assert.deepEqual(await received(receiver), { tipcDestname: { type: 7654, lower: 15, upper: 15 } })
  })

  test('J1939: address and priority of a message', {
    skip: lacking(AF_CAN, SOCK_DGRAM, CAN_J1939),
  }, async () => {
    using receiver = new Socket<number>(AF_CAN, SOCK_DGRAM, CAN_J1939)
    using sender = new Socket<number>(AF_CAN, SOCK_DGRAM, CAN_J1939)
    receiver.settimeout(20)
    receiver.bind(['vcan0', J1939_NO_NAME, J1939_NO_PGN, 0x20])
    sender.bind(['vcan0', J1939_NO_NAME, J1939_NO_PGN, 0x30])
    await sender.sendto('12345678', ['vcan0', J1939_NO_NAME, 0x12300, 0x20])
    const { j1939DestAddr, j1939Prio, timestamp: _, ...rest } = await received(receiver)
    assert.deepEqual([j1939DestAddr, j1939Prio, rest], [0x20, 6, {}])
  })
})

// The compiler checks these: the name says what the value is.
export function typed(messages: readonly Ancillary[]): void {
  for (const message of messages) {
    if (message.name === 'rights') for (const fd of message.value) writeSync(fd, '')
    if (message.name === 'unknown') void message.data.length
    if (message.name === 'timestampNs') void (message.value + 1n)
    // @ts-expect-error: a list of descriptors is no number
    if (message.name === 'rights') void (message.value + 1)
  }
}
