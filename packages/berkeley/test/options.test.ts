// Socket options, one line each: a value that differs from the initial one is set and reads back.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import * as berkeley from 'berkeley'
import { forms } from './forms.ts'

const { AF_INET, AF_INET6, AF_UNIX, SOCK_DGRAM, SOCK_RAW, SOCK_STREAM } = berkeley

type Kind = readonly [name: string, family: number, type: number, proto?: number]
type ConstantName = Extract<keyof typeof berkeley, `${'SO' | 'IP' | 'IPV6' | 'TCP' | 'UDP'}_${string}`>
/** `reads` where the kernel rounds or computes. */
type Row = readonly [
  name: ConstantName,
  value: number | boolean | string | Uint8Array,
  reads?: number | string,
]

const tcp: Kind = ['TCP', AF_INET, SOCK_STREAM]
const tcp6: Kind = ['TCP over IPv6', AF_INET6, SOCK_STREAM]
const udp: Kind = ['UDP', AF_INET, SOCK_DGRAM]
const udp6: Kind = ['UDP over IPv6', AF_INET6, SOCK_DGRAM]
const unix: Kind = ['Unix', AF_UNIX, SOCK_STREAM]
const unixDatagram: Kind = ['Unix datagrams', AF_UNIX, SOCK_DGRAM]
const raw: Kind = ['raw IPv4', AF_INET, SOCK_RAW, berkeley.IPPROTO_ICMP]

const ints = (...values: number[]): Buffer => Buffer.from(new Int32Array(values).buffer)
const longs = (...values: bigint[]): Buffer => Buffer.from(new BigInt64Array(values).buffer)
const address = (...parts: number[]): Buffer => Buffer.from(parts)

const general: readonly Row[] = [
  ['SO_REUSEADDR', true, 1],
  ['SO_KEEPALIVE', true, 1],
  ['SO_BROADCAST', 1],
  ['SO_DONTROUTE', true, 1],
  ['SO_SNDBUF', 10_000, 20_000],
  ['SO_RCVBUF', 10_000, 20_000],
  ['SO_RCVLOWAT', 7],
  ['SO_PRIORITY', 5],
  ['SO_MARK', 0xfedcba98, 0xfedcba98 | 0],
  ['SO_TIMESTAMP', true, 1],
  ['SO_NO_CHECK', true, 1],
  ['SO_RXQ_OVFL', true, 1],
  ['SO_LINGER', ints(1, 12)],
  ['SO_SNDTIMEO', longs(3n, 0n)],
  ['SO_RCVTIMEO', longs(2n, 0n)],
  ['SO_BUSY_POLL', 50],
  ['SO_MAX_PACING_RATE', 1_000_000],
  ['SO_INCOMING_CPU', 1],
  ['SO_LOCK_FILTER', true, 1],
]

const table: readonly (readonly [Kind, level: number, rows: readonly Row[]])[] = [
  [
    tcp,
    berkeley.SOL_SOCKET,
    [...general, ['SO_OOBINLINE', true, 1], ['SO_REUSEPORT', true, 1], ['SO_BINDTODEVICE', 'lo\0']],
  ],
  [
    tcp6,
    berkeley.SOL_SOCKET,
    [
      ['SO_REUSEADDR', true, 1],
      ['SO_REUSEPORT', 1],
      ['SO_LINGER', ints(1, 3)],
    ],
  ],
  [
    unix,
    berkeley.SOL_SOCKET,
    [
      ['SO_PASSCRED', true, 1],
      ['SO_SNDBUF', 10_000, 20_000],
      ['SO_PASSSEC', true, 1],
    ],
  ],
  [
    unixDatagram,
    berkeley.SOL_SOCKET,
    [
      ['SO_PEEK_OFF', 5],
      ['SO_PASSCRED', 1],
    ],
  ],
  [
    tcp,
    berkeley.IPPROTO_TCP,
    [
      ['TCP_NODELAY', true, 1],
      ['TCP_CORK', true, 1],
      ['TCP_MAXSEG', 1000],
      ['TCP_KEEPIDLE', 77],
      ['TCP_KEEPINTVL', 33],
      ['TCP_KEEPCNT', 4],
      ['TCP_SYNCNT', 3],
      ['TCP_LINGER2', 7],
      ['TCP_DEFER_ACCEPT', 1],
      ['TCP_WINDOW_CLAMP', 50_000],
      ['TCP_USER_TIMEOUT', 12_345],
      ['TCP_NOTSENT_LOWAT', 16_384],
      ['TCP_FASTOPEN_CONNECT', true, 1],
      ['TCP_FASTOPEN_NO_COOKIE', true, 1],
      ['TCP_SAVE_SYN', 1],
      ['TCP_INQ', true, 1],
      ['TCP_TX_DELAY', 10],
      ['TCP_THIN_LINEAR_TIMEOUTS', true, 1],
      ['TCP_CONGESTION', 'reno', 'reno'.padEnd(16, '\0')],
    ],
  ],
  [
    udp,
    berkeley.IPPROTO_IP,
    [
      ['IP_TOS', 0x10],
      ['IP_TTL', 33],
      ['IP_RECVTOS', true, 1],
      ['IP_RECVTTL', true, 1],
      ['IP_PKTINFO', true, 1],
      ['IP_RECVERR', true, 1],
      ['IP_RECVOPTS', true, 1],
      ['IP_MTU_DISCOVER', berkeley.IP_PMTUDISC_DO],
      ['IP_MULTICAST_TTL', 9],
      ['IP_MULTICAST_LOOP', false, 0],
      ['IP_MULTICAST_ALL', false, 0],
      ['IP_MULTICAST_IF', address(127, 0, 0, 1)],
      ['IP_FREEBIND', true, 1],
      ['IP_TRANSPARENT', true, 1],
      ['IP_MINTTL', 5],
      ['IP_BIND_ADDRESS_NO_PORT', true, 1],
      ['IP_RECVORIGDSTADDR', true, 1],
      ['IP_RECVFRAGSIZE', true, 1],
      ['IP_RECVERR_RFC4884', true, 1],
      ['IP_OPTIONS', address(1, 1, 1, 1)],
    ],
  ],
  [
    udp6,
    berkeley.IPPROTO_IPV6,
    [
      ['IPV6_V6ONLY', true, 1],
      ['IPV6_UNICAST_HOPS', 33],
      ['IPV6_MULTICAST_HOPS', 7],
      ['IPV6_MULTICAST_LOOP', false, 0],
      ['IPV6_MULTICAST_ALL', false, 0],
      ['IPV6_MULTICAST_IF', 1],
      ['IPV6_TCLASS', 0x20],
      ['IPV6_RECVPKTINFO', true, 1],
      ['IPV6_RECVHOPLIMIT', true, 1],
      ['IPV6_RECVTCLASS', true, 1],
      ['IPV6_RECVRTHDR', true, 1],
      ['IPV6_RECVHOPOPTS', true, 1],
      ['IPV6_RECVDSTOPTS', true, 1],
      ['IPV6_RECVPATHMTU', true, 1],
      ['IPV6_RECVERR', true, 1],
      ['IPV6_DONTFRAG', true, 1],
      ['IPV6_MTU_DISCOVER', berkeley.IPV6_PMTUDISC_DO],
      ['IPV6_FREEBIND', true, 1],
      ['IPV6_AUTOFLOWLABEL', false, 0],
      ['IPV6_MINHOPCOUNT', 5],
    ],
  ],
  [
    tcp6,
    berkeley.IPPROTO_TCP,
    [
      ['TCP_NODELAY', true, 1],
      ['TCP_KEEPIDLE', 77],
      ['TCP_MAXSEG', 1000],
    ],
  ],
  [
    udp,
    berkeley.IPPROTO_UDP,
    [
      ['UDP_CORK', true, 1],
      ['UDP_SEGMENT', 1400],
      ['UDP_GRO', true, 1],
      ['UDP_NO_CHECK6_TX', true, 1],
    ],
  ],
  [raw, berkeley.IPPROTO_IP, [['IP_HDRINCL', true, 1]]],
]

const constants = { ...berkeley } as unknown as Record<ConstantName, number>

/** The value tells its own length. */
const LONG_ENOUGH = 64

/** Some may not be there for everybody, or in every kernel. */
const UNAVAILABLE = new Set(['EPERM', 'ENOPROTOOPT', 'EPROTONOSUPPORT', 'EAFNOSUPPORT'])

for (const { name: form, library } of forms) {
  for (const [[kind, family, type, proto], level, rows] of table) {
    describe(`${form} ${kind}`, () => {
      for (const [name, value, reads = value] of rows) {
        test(name, (t) => {
          const option = constants[name]
          try {
            using socket = new library.Socket<number>(family, type, proto)
            const length = typeof reads === 'string' || typeof reads === 'object' ? LONG_ENOUGH : 0
            const read = (): unknown => shown(socket.getsockopt(level, option, length))
            assert.notDeepEqual(read(), shown(reads), 'the value does not differ from the initial one')
            socket.setsockopt(level, option, value as never)
            assert.deepEqual(read(), shown(reads))
          } catch (error) {
            if (!UNAVAILABLE.has((error as { code?: string }).code ?? '')) throw error
            t.skip(String(error))
          }
        })
      }
    })
  }
}

function shown(value: unknown): unknown {
  return typeof value === 'object' ? Buffer.from(value as Uint8Array).toString('latin1') : value
}

for (const { name: form, library } of forms) {
  const {
    IP_MTU,
    IPPROTO_IP,
    IPPROTO_TCP,
    IPPROTO_UDP,
    SO_ACCEPTCONN,
    SO_BINDTODEVICE,
    SO_COOKIE,
    SO_DOMAIN,
    SO_ERROR,
    SO_LINGER,
    SO_PROTOCOL,
    SO_RCVBUF,
    SO_REUSEADDR,
    SO_TYPE,
    SOL_SOCKET,
    TCP_CONGESTION,
  } = library

  describe(`${form}: the forms of an option’s value`, () => {
    const cases: readonly [title: string, given: unknown, read: number][] = [
      ['true', true, 1],
      ['a number', 1, 1],
      ['the bytes of an int', ints(1), 1],
      ['a part of other bytes', new Uint8Array([9, 9, 9, 9, ...ints(1), 9]).subarray(4, 8), 1],
      ['an Int32Array', new Int32Array([1]), 1],
      ['a DataView', new DataView(new Int32Array([1]).buffer), 1],
      ['an ArrayBuffer', new Int32Array([1]).buffer, 1],
    ]
    for (const [title, given, read] of cases) {
      test(title, () => {
        using socket = new library.Socket()
        socket.setsockopt(SOL_SOCKET, SO_REUSEADDR, given as number)
        assert.equal(socket.getsockopt(SOL_SOCKET, SO_REUSEADDR), read)
        socket.setsockopt(SOL_SOCKET, SO_REUSEADDR, false)
        assert.equal(socket.getsockopt(SOL_SOCKET, SO_REUSEADDR), 0)
      })
    }

    test('text, for a name', () => {
      using socket = new library.Socket()
      for (const name of ['reno', 'reno\0', Buffer.from('reno'), Buffer.from('reno\0')]) {
        socket.setsockopt(IPPROTO_TCP, TCP_CONGESTION, 'cubic')
        socket.setsockopt(IPPROTO_TCP, TCP_CONGESTION, name)
        assert.match(String(socket.getsockopt(IPPROTO_TCP, TCP_CONGESTION, 16)), /^reno\0/)
      }
      socket.setsockopt(SOL_SOCKET, SO_BINDTODEVICE, 'lo')
      assert.equal(String(socket.getsockopt(SOL_SOCKET, SO_BINDTODEVICE, 16)), 'lo\0')
      assert.throws(() => socket.setsockopt(SOL_SOCKET, SO_BINDTODEVICE, 'none'), { code: 'ENODEV' })
      // The kernel would cut it and take the interface whose name is left.
      assert.throws(() => socket.setsockopt(SOL_SOCKET, SO_BINDTODEVICE, 'x'.repeat(16)), {
        name: 'RangeError',
        message: /^setsockopt\(\): value must be a name of at most 15 bytes, got 'x+'/,
      })
      assert.throws(() => socket.setsockopt(SOL_SOCKET, SO_BINDTODEVICE, 'lo\0eth0'), /a name without NUL/)
    })

    test('text, for anything else, is refused', () => {
      using socket = new library.Socket()
      for (const option of [SO_REUSEADDR, SO_RCVBUF, SO_LINGER, 9999]) {
        for (const value of ['1', '1234', '', '12345678']) {
          assert.throws(() => socket.setsockopt(SOL_SOCKET, option as number, value as never), {
            name: 'TypeError',
            message: /^setsockopt\(\): value must be a number, a boolean, a buffer or a view of one, got '/,
          })
        }
      }
    })

    test('null and a length', () => {
      using socket = new library.Socket(AF_INET, SOCK_DGRAM)
      // The length reaches the kernel, and the value is a null pointer there: too short first, then a bad address.
      assert.throws(() => socket.setsockopt(SOL_SOCKET, SO_REUSEADDR, null, 1), { code: 'EINVAL' })
      assert.throws(() => socket.setsockopt(SOL_SOCKET, SO_REUSEADDR, null, 4), { code: 'EFAULT' })
    })

    test('a length without null is refused', () => {
      using socket = new library.Socket()
      assert.throws(() => socket.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1 as never, 4), TypeError)
      assert.throws(() => socket.setsockopt(SOL_SOCKET, SO_REUSEADDR, null, undefined as never), TypeError)
    })

    test('getsockopt gives a number, or as many bytes as the value has', () => {
      using socket = new library.Socket()
      assert.equal(socket.getsockopt(SOL_SOCKET, SO_TYPE), SOCK_STREAM)
      assert.equal(socket.getsockopt(SOL_SOCKET, SO_TYPE, 0), SOCK_STREAM)
      assert.deepEqual(socket.getsockopt(SOL_SOCKET, SO_TYPE, 4), ints(SOCK_STREAM))
      assert.deepEqual(socket.getsockopt(SOL_SOCKET, SO_TYPE, 1000), ints(SOCK_STREAM))
      assert.deepEqual(socket.getsockopt(SOL_SOCKET, SO_TYPE, 1), ints(SOCK_STREAM).subarray(0, 1))
      assert.deepEqual(socket.getsockopt(SOL_SOCKET, SO_LINGER, 8), ints(0, 0))
      assert.equal(socket.getsockopt(IPPROTO_TCP, TCP_CONGESTION, 16).length, 16)
      assert.throws(() => socket.getsockopt(SOL_SOCKET, SO_TYPE, 65537), RangeError)
      assert.throws(() => socket.getsockopt(SOL_SOCKET, SO_TYPE, -1), RangeError)
    })

    test('what the kernel tells of a socket', async () => {
      using socket = new library.Socket(AF_INET, SOCK_DGRAM)
      using other = new library.Socket()
      const told = (name: number): number => socket.getsockopt(SOL_SOCKET, name)
      assert.deepEqual(
        [told(SO_DOMAIN), told(SO_TYPE), told(SO_PROTOCOL), told(SO_ACCEPTCONN)],
        [AF_INET, SOCK_DGRAM, IPPROTO_UDP, 0],
      )
      other.listen()
      assert.equal(other.getsockopt(SOL_SOCKET, SO_ACCEPTCONN), 1)

      // What IP can send over the loopback ends where the length in its header does.
      assert.throws(() => socket.getsockopt(IPPROTO_IP, IP_MTU), { code: 'ENOTCONN' })
      await socket.connect(['127.0.0.1', 9])
      const mtu = Number(readFileSync('/sys/class/net/lo/mtu', 'utf8'))
      assert.equal(socket.getsockopt(IPPROTO_IP, IP_MTU), Math.min(mtu, 65_535))

      using duplicate = socket.dup()
      const cookies = [socket, duplicate, other].map((each) => each.getsockopt(SOL_SOCKET, SO_COOKIE, 8))
      assert.deepEqual(cookies[0], cookies[1])
      assert.notDeepEqual(cookies[0], cookies[2])
    })

    test('what the kernel refuses', () => {
      using socket = new library.Socket()
      const refused = (body: () => unknown, code: string, syscall: string) =>
        assert.throws(body, { code, syscall })
      refused(() => socket.getsockopt(SOL_SOCKET, 9999), 'ENOPROTOOPT', 'getsockopt')
      refused(() => socket.getsockopt(SOL_SOCKET, 9999, 4), 'ENOPROTOOPT', 'getsockopt')
      refused(() => socket.setsockopt(SOL_SOCKET, 9999, 1), 'ENOPROTOOPT', 'setsockopt')
      refused(() => socket.setsockopt(SOL_SOCKET, SO_LINGER, 1 as never), 'EINVAL', 'setsockopt')
      refused(
        () => socket.setsockopt(SOL_SOCKET, SO_RCVBUF, Buffer.alloc(2) as never),
        'EINVAL',
        'setsockopt',
      )
      assert.equal(socket.getsockopt(SOL_SOCKET, SO_ERROR), 0)
    })
  })
}
