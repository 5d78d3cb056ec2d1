// The addresses of all families: what the forms mean, what is refused, the same names as CPython has for the same sockets,
// and the kernel. Families that this kernel lacks are skipped here and run in conformance/vm.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import {
  type Address,
  AF_ALG,
  AF_BLUETOOTH,
  AF_CAN,
  AF_INET,
  AF_NETLINK,
  AF_PACKET,
  AF_QIPCRTR,
  AF_RDS,
  AF_TIPC,
  AF_VSOCK,
  BDADDR_ANY,
  BDADDR_LE_PUBLIC,
  BTPROTO_HCI,
  BTPROTO_ISO,
  BTPROTO_L2CAP,
  BTPROTO_RFCOMM,
  BTPROTO_SCO,
  CAN_BCM,
  CAN_ISOTP,
  CAN_J1939,
  CAN_RAW,
  ETH_P_ALL,
  ETH_P_IP,
  HCI_CHANNEL_USER,
  HCI_DEV_NONE,
  J1939_NO_ADDR,
  J1939_NO_PGN,
  NETLINK_ROUTE,
  OSError,
  PACKET_HOST,
  PACKET_OUTGOING,
  type ReturnedAddressOf,
  SOCK_DGRAM,
  SOCK_RAW,
  SOCK_SEQPACKET,
  SOCK_STREAM,
  Socket,
  TIPC_ADDR_ID,
  TIPC_ADDR_NAME,
  TIPC_ADDR_NAMESEQ,
  TIPC_CLUSTER_SCOPE,
  TIPC_NODE_SCOPE,
  VMADDR_CID_ANY,
  VMADDR_PORT_ANY,
} from 'berkeley'
import { decodeAddress, type Endpoint, encodeAddress } from '#core/address/index.js'
import { ENODEV, ENOENT } from '#sys/errno.js'
import { layout } from '#sys/layout.js'
import { lacking } from './families/lacking.ts'
import { packageRoot } from './package-root.ts'
import { socketTest } from './scope.ts'

const CAPACITY = 256
const interfaces = ['', 'lo', 'vcan0']

function endpoint(family: number, proto = 0): Endpoint {
  return {
    family,
    proto,
    interfaceIndex: (name) => (interfaces.includes(name) ? interfaces.indexOf(name) : -ENODEV),
    interfaceName: (index) => interfaces[index] ?? '',
  }
}

function encoded(family: number, proto: number, address: unknown): Buffer {
  const memory = Buffer.alloc(CAPACITY, 0xaa)
  return memory.subarray(0, encodeAddress(endpoint(family, proto), address, memory, 'bind'))
}

function roundTrip(family: number, proto: number, address: unknown): unknown {
  const bytes = encoded(family, proto, address)
  return decodeAddress(bytes, bytes.length, endpoint(family, proto))
}

const show = (value: unknown) =>
  JSON.stringify(value, (_key, inner) => (typeof inner === 'bigint' ? `${inner}n` : inner))

describe('what may be left out, and what is returned for it', () => {
  const bdaddr = '00:1A:7D:DA:71:13'
  const forms: [name: string, family: number, proto: number, given: unknown, returned: unknown][] = [
    ['netlink, as in C', AF_NETLINK, 0, [-1, -1], [0xffffffff, 0xffffffff]],
    ['packet, short', AF_PACKET, 0, ['lo', ETH_P_IP], ['lo', ETH_P_IP, PACKET_HOST, 0, Buffer.alloc(0)]],
    ['packet, every interface', AF_PACKET, 0, ['', 0], ['', 0, 0, 0, Buffer.alloc(0)]],
    ['vsock, as in C', AF_VSOCK, 0, [-1, -1], [VMADDR_CID_ANY, VMADDR_PORT_ANY]],
    ['CAN, every interface', AF_CAN, CAN_RAW, [''], ['']],
    ['J1939, the name as a number', AF_CAN, CAN_J1939, ['vcan0', 5, 6, 7], ['vcan0', 5n, 6, 7]],
    ['TIPC, no scope', AF_TIPC, 0, [TIPC_ADDR_ID, 1, 2, 3], [TIPC_ADDR_ID, 1, 2, 0, TIPC_CLUSTER_SCOPE]],
    ['TIPC, name', AF_TIPC, 0, [TIPC_ADDR_NAME, 1, 2, 3, 3], [TIPC_ADDR_NAME, 1, 2, 2, TIPC_NODE_SCOPE]],
    ['ALG, short', AF_ALG, 0, ['hash', 'sha256'], ['hash', 'sha256', 0, 0]],
    ['L2CAP, small letters', AF_BLUETOOTH, BTPROTO_L2CAP, ['0:1a:7d:da:71:13', 3], [bdaddr, 3]],
    ['L2CAP, zero cid', AF_BLUETOOTH, BTPROTO_L2CAP, [bdaddr, 3, 0, 0], [bdaddr, 3]],
    [
      'L2CAP, zero cid of LE',
      AF_BLUETOOTH,
      BTPROTO_L2CAP,
      [bdaddr, 3, 0, 1],
      [bdaddr, 3, 0, BDADDR_LE_PUBLIC],
    ],
    ['SCO, bytes', AF_BLUETOOTH, BTPROTO_SCO, Buffer.from(bdaddr), bdaddr],
    ['HCI, raw channel', AF_BLUETOOTH, BTPROTO_HCI, [1, 0], 1],
    ['HCI, no channel', AF_BLUETOOTH, BTPROTO_HCI, [1], 1],
    ['HCI, number', AF_BLUETOOTH, BTPROTO_HCI, HCI_DEV_NONE, HCI_DEV_NONE],
    ['HCI, user channel', AF_BLUETOOTH, BTPROTO_HCI, [0, HCI_CHANNEL_USER], [0, HCI_CHANNEL_USER]],
    ['RDS', AF_RDS, 0, ['127.0.0.1', 5], ['127.0.0.1', 5]],
  ]
  for (const [name, family, proto, given, returned] of forms) {
    test(name, () => assert.deepEqual(roundTrip(family, proto, given), returned))
  }

  test('RDS has addresses of IPv4 in every respect', () => {
    assert.deepEqual(encoded(AF_RDS, 0, ['127.0.0.1', 5]), encoded(AF_INET, 0, ['127.0.0.1', 5]))
  })
})

describe('what is no address', () => {
  const refused: [family: number, proto: number, address: unknown, error: string, parameter: string][] = [
    [AF_NETLINK, 0, [1], 'TypeError', 'address'],
    [AF_NETLINK, 0, [1, 2, 3], 'TypeError', 'address'],
    [AF_NETLINK, 0, 'kernel', 'TypeError', 'address'],
    [AF_NETLINK, 0, ['1', 2], 'TypeError', 'pid'],
    [AF_NETLINK, 0, [1, 2 ** 32], 'RangeError', 'groups'],
    [AF_NETLINK, 0, [1, 0.5], 'TypeError', 'groups'],
    [AF_PACKET, 0, ['lo'], 'TypeError', 'address'],
    [AF_PACKET, 0, ['lo', 1, 2, 3, Buffer.alloc(0), 6], 'TypeError', 'address'],
    [AF_PACKET, 0, [1, 1], 'TypeError', 'interface'],
    [AF_PACKET, 0, ['l\0', 1], 'RangeError', 'interface'],
    [AF_PACKET, 0, ['lo', 65536], 'RangeError', 'proto'],
    [AF_PACKET, 0, ['lo', -1], 'RangeError', 'proto'],
    [AF_PACKET, 0, ['lo', 1, 256], 'RangeError', 'pkttype'],
    [AF_PACKET, 0, ['lo', 1, 0, 65536], 'RangeError', 'hatype'],
    [AF_PACKET, 0, ['lo', 1, 0, 0, Buffer.alloc(9)], 'RangeError', 'addr'],
    [AF_PACKET, 0, ['lo', 1, 0, 0, 5], 'TypeError', 'addr'],
    [AF_VSOCK, 0, ['any', 1], 'TypeError', 'cid'],
    [AF_VSOCK, 0, [1, Number.NaN], 'RangeError', 'port'],
    [AF_CAN, CAN_RAW, 'vcan0', 'TypeError', 'address'],
    [AF_CAN, CAN_BCM, ['vcan0', 1], 'TypeError', 'address'],
    [AF_CAN, CAN_ISOTP, ['vcan0', 1], 'TypeError', 'address'],
    [AF_CAN, CAN_ISOTP, ['vcan0', 1, '2'], 'TypeError', 'txId'],
    [AF_CAN, CAN_J1939, ['vcan0', -1n, 2, 3], 'RangeError', 'name'],
    [AF_CAN, CAN_J1939, ['vcan0', 2n ** 64n, 2, 3], 'RangeError', 'name'],
    [AF_CAN, CAN_J1939, ['vcan0', 2 ** 53, 2, 3], 'RangeError', 'name'],
    [AF_CAN, CAN_J1939, ['vcan0', 1, 2, 256], 'RangeError', 'addr'],
    [AF_TIPC, 0, [TIPC_ADDR_NAME, 1, 2], 'TypeError', 'address'],
    [AF_TIPC, 0, [9, 1, 2, 3], 'RangeError', 'addrType'],
    [AF_TIPC, 0, [TIPC_ADDR_NAME, 1, 2, 'x'], 'TypeError', 'v3'],
    [AF_TIPC, 0, [TIPC_ADDR_NAMESEQ, 1, 2, 2 ** 32], 'RangeError', 'v3'],
    [AF_TIPC, 0, [TIPC_ADDR_ID, 1, 2, 3, 128], 'RangeError', 'scope'],
    [AF_ALG, 0, ['hash'], 'TypeError', 'address'],
    [AF_ALG, 0, ['t'.repeat(14), 'name'], 'RangeError', 'type'],
    [AF_ALG, 0, ['type', 'n'.repeat(64)], 'RangeError', 'name'],
    [AF_ALG, 0, ['ty\0pe', 'name'], 'RangeError', 'type'],
    [AF_ALG, 0, ['type', 'name', 2 ** 32], 'RangeError', 'feat'],
    [AF_BLUETOOTH, BTPROTO_L2CAP, BDADDR_ANY, 'TypeError', 'address'],
    [AF_BLUETOOTH, BTPROTO_L2CAP, [BDADDR_ANY, 65536], 'RangeError', 'psm'],
    [AF_BLUETOOTH, BTPROTO_L2CAP, ['00:00:00:00:00', 1], 'RangeError', 'bdaddr'],
    [AF_BLUETOOTH, BTPROTO_L2CAP, ['00:00:00:00:00:0g', 1], 'RangeError', 'bdaddr'],
    [AF_BLUETOOTH, BTPROTO_RFCOMM, [BDADDR_ANY, 256], 'RangeError', 'channel'],
    [AF_BLUETOOTH, BTPROTO_SCO, 5, 'TypeError', 'bdaddr'],
    [AF_BLUETOOTH, BTPROTO_HCI, 'hci0', 'TypeError', 'address'],
    [AF_BLUETOOTH, BTPROTO_HCI, 65536, 'RangeError', 'dev'],
    [AF_BLUETOOTH, BTPROTO_ISO, [BDADDR_ANY], 'TypeError', 'address'],
    [AF_QIPCRTR, 0, [1], 'TypeError', 'address'],
    [AF_RDS, 0, ['127.0.0.1', 65536], 'RangeError', 'port'],
  ]
  for (const [family, proto, address, name, parameter] of refused) {
    test(`${show(address)} of family ${family}, protocol ${proto}: ${parameter}`, () => {
      const message = new RegExp(`^bind\\(\\): ${parameter} must be .*, got `)
      assert.throws(() => encoded(family, proto, address), { name, message })
    })
  }

  const WRONG = { name: 'OSError', code: 'ENODEV', syscall: 'bind' }
  for (const [family, address] of [
    [AF_PACKET, ['eth9', 1]],
    [AF_CAN, ['eth9']],
  ] as const) {
    test(`an interface that is not there, family ${family}`, () => {
      assert.throws(() => encoded(family, CAN_RAW, address), { ...WRONG, address: 'eth9' })
    })
    test(`a name that no interface can have, family ${family}`, () => {
      const tooLong = [`${'x'.repeat(1024)}`, ...address.slice(1)]
      assert.throws(() => encoded(family, CAN_RAW, tooLong), {
        ...WRONG,
        strerror: 'interface name too long',
      })
    })
  }
})

describe('addresses that the kernel returns', () => {
  const { sll_addr, sll_halen } = layout.sockaddr_ll

  test('an address longer than struct sockaddr_ll has room for, as InfiniBand has it', () => {
    const bytes = Buffer.concat([encoded(AF_PACKET, 0, ['lo', 1]).subarray(0, sll_addr), Buffer.alloc(20, 7)])
    bytes[sll_halen] = 20
    const [, , , , addr] = decodeAddress(bytes, bytes.length, endpoint(AF_PACKET)) as ReturnedAddressOf<
      typeof AF_PACKET
    > &
      unknown[]
    assert.deepEqual(addr, Buffer.alloc(20, 7))
  })

  test('an interface that is gone has no name', () => {
    const bytes = encoded(AF_PACKET, 0, ['lo', 1])
    const gone = { ...endpoint(AF_PACKET), interfaceName: () => '' }
    assert.deepEqual((decodeAddress(bytes, bytes.length, gone) as unknown[])[0], '')
  })

  const strange: [name: string, family: number, proto: number, bytes: Buffer, short: number][] = [
    [
      'an address type of TIPC that is not known',
      AF_TIPC,
      0,
      encoded(AF_TIPC, 0, [3, 1, 2, 3]).fill(9, 2, 3),
      0,
    ],
    [
      'a Bluetooth protocol without a form',
      AF_BLUETOOTH,
      BTPROTO_ISO,
      encoded(AF_BLUETOOTH, BTPROTO_HCI, 0),
      0,
    ],
    ['CAN_ISOTP cut off', AF_CAN, CAN_ISOTP, encoded(AF_CAN, CAN_RAW, ['lo']), 12],
    ['CAN_J1939 cut off', AF_CAN, CAN_J1939, encoded(AF_CAN, CAN_RAW, ['lo']), 16],
  ]
  for (const [name, family, proto, bytes, short] of strange) {
    test(`${name} comes as its bytes`, () => {
      const length = short || bytes.length
      const address = decodeAddress(bytes, length, endpoint(family, proto))
      assert.deepEqual(address, { family, bytes: Buffer.from(bytes.subarray(2, length)) })
    })
  }
})

// ---- CPython and the kernel -----------------------------------------------------------------------------------------

interface Told {
  readonly address?: unknown
  readonly error?: string
}

/** Has CPython bind sockets, where an address is given, and tell their addresses. */
function askPython(sockets: readonly [socket: Socket<number>, bind?: unknown][]): Told[] {
  const program = join(packageRoot, 'test/python/socket_address.py')
  // The protocol has to be said: CAN sockets do not tell it.
  const requests = sockets.map(([{ family, type, proto }, bind]) => ({ family, type, proto, bind }))
  const { stdout, status, stderr } = spawnSync('python3', [program], {
    input: JSON.stringify(requests, (_key, value) => packed(value)),
    stdio: ['pipe', 'pipe', 'pipe', ...sockets.map(([socket]) => socket.fileno())],
  })
  assert.equal(status, 0, stderr?.toString())
  return JSON.parse(stdout.toString())
}

function packed(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value)
  const { type, data } = Object(value) as { type?: unknown; data?: number[] }
  return type === 'Buffer' ? { bytes: Buffer.from(data!).toString('hex') } : value
}

const asPython = (address: unknown) => JSON.parse(JSON.stringify(address, (_key, value) => packed(value)))

interface Place {
  readonly name: string
  readonly family: number
  readonly type: number
  readonly proto?: number
  /** One to bind here, and one to bind there. */
  readonly addresses: readonly [here: unknown, there: unknown]
  /** Whether an address says everything, so that it comes back as it is. */
  readonly exact?: true
}

// Not BTPROTO_HCI, whose sockets have no address without a device.
const places: readonly Place[] = [
  {
    name: 'netlink',
    family: AF_NETLINK,
    type: SOCK_RAW,
    proto: NETLINK_ROUTE,
    addresses: [
      [0, 5],
      [0, 1],
    ],
  },
  {
    name: 'packet',
    family: AF_PACKET,
    type: SOCK_RAW,
    addresses: [
      ['lo', ETH_P_IP],
      ['lo', ETH_P_ALL],
    ],
  },
  {
    name: 'vsock',
    family: AF_VSOCK,
    type: SOCK_STREAM,
    addresses: [
      [VMADDR_CID_ANY, VMADDR_PORT_ANY],
      [VMADDR_CID_ANY, VMADDR_PORT_ANY],
    ],
  },
  {
    name: 'CAN_RAW',
    family: AF_CAN,
    type: SOCK_RAW,
    proto: CAN_RAW,
    addresses: [['vcan0'], ['']],
    exact: true,
  },
  {
    name: 'CAN_ISOTP',
    family: AF_CAN,
    type: SOCK_DGRAM,
    proto: CAN_ISOTP,
    addresses: [
      ['vcan0', 0x123, 0x456],
      ['vcan0', 0x80000124, 0x80000457],
    ],
    exact: true,
  },
  {
    name: 'CAN_J1939',
    family: AF_CAN,
    type: SOCK_DGRAM,
    proto: CAN_J1939,
    addresses: [
      ['vcan0', 0x1234567890abcdn, J1939_NO_PGN, J1939_NO_ADDR],
      ['vcan0', 0n, J1939_NO_PGN, 0x20],
    ],
    exact: true,
  },
  {
    name: 'TIPC',
    family: AF_TIPC,
    type: SOCK_SEQPACKET,
    addresses: [
      [TIPC_ADDR_NAMESEQ, 6543, 10, 20, TIPC_NODE_SCOPE],
      [TIPC_ADDR_NAMESEQ, 6543, 21, 30],
    ],
  },
  {
    name: 'L2CAP',
    family: AF_BLUETOOTH,
    type: SOCK_SEQPACKET,
    proto: BTPROTO_L2CAP,
    addresses: [
      [BDADDR_ANY, 0x1003],
      [BDADDR_ANY, 0x80, 0, BDADDR_LE_PUBLIC],
    ],
    exact: true,
  },
  {
    name: 'RFCOMM',
    family: AF_BLUETOOTH,
    type: SOCK_STREAM,
    proto: BTPROTO_RFCOMM,
    addresses: [
      [BDADDR_ANY, 7],
      [BDADDR_ANY, 8],
    ],
    exact: true,
  },
  {
    name: 'SCO',
    family: AF_BLUETOOTH,
    type: SOCK_SEQPACKET,
    proto: BTPROTO_SCO,
    addresses: [BDADDR_ANY, BDADDR_ANY],
    exact: true,
  },
  {
    name: 'RDS',
    family: AF_RDS,
    type: SOCK_SEQPACKET,
    addresses: [
      ['127.0.0.1', 4321],
      ['127.0.0.1', 4322],
    ],
    exact: true,
  },
]

describe('CPython has the same names for the same sockets', () => {
  const open = ({ family, type, proto = 0 }: Place) => new Socket<number>(family, type, proto)
  const reasons = new Map(places.map((place) => [place, lacking(place)]))
  const possible = places.filter((place) => !reasons.get(place))
  const pairs = new Map(possible.map((place) => [place, [open(place), open(place)] as const]))
  let told: Told[]

  before(() => {
    for (const [{ addresses }, [here]] of pairs) here.bind(addresses[0] as Address)
    told = askPython([...pairs].flatMap(([{ addresses }, [here, there]]) => [[here], [there, addresses[1]]]))
  })
  after(() => {
    for (const sockets of pairs.values()) for (const socket of sockets) socket.close()
  })

  for (const place of places) {
    test(place.name, { skip: reasons.get(place) }, (t) => {
      const at = possible.indexOf(place) * 2
      const [toldHere, toldThere] = told.slice(at, at + 2) as [Told, Told]
      const [here, there] = pairs.get(place)!
      if (place.exact) assert.deepEqual(here.getsockname(), place.addresses[0])
      if (toldThere.error !== undefined) {
        // CPython may have been built without the family; before 3.14 it had fewer forms of Bluetooth's addresses.
        assert.match(toldThere.error, /bad family|unsupported .* protocol|wrong format/)
        t.diagnostic(`${toldThere.error}: bound here instead of there`)
        there.bind(place.addresses[1] as Address)
      } else {
        assert.deepEqual(toldHere, { address: asPython(here.getsockname()) })
        assert.deepEqual(toldThere, { address: asPython(there.getsockname()) })
      }
      if (place.exact) assert.deepEqual(there.getsockname(), place.addresses[1])
    })
  }
})

describe('AF_NETLINK', () => {
  socketTest('the kernel chooses the pid, and answers as pid 0', async (t) => {
    const socket = new Socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE)
    t.after(() => socket.close())
    socket.bind([0, 0])
    const [pid, groups] = socket.getsockname() as readonly [number, number]
    assert.ok(pid > 0)
    assert.equal(groups, 0)
    const request = Buffer.alloc(20) // nlmsghdr and rtgenmsg: RTM_GETLINK, a dump.
    new Uint32Array(request.buffer, request.byteOffset, 1)[0] = 20
    new Uint16Array(request.buffer, request.byteOffset + 4, 2).set([18, 0x301])
    await socket.sendto(request, [0, 0])
    const [answer, from] = await socket.recvfrom(65536)
    assert.ok(answer.length > 16)
    assert.deepEqual(from, [0, 0])
  })
})

describe('AF_PACKET', () => {
  const skip = lacking({ family: AF_PACKET, type: SOCK_RAW })
  const proto = 0x88b5 // For experiments, IEEE 802.
  const ends = '\0'.repeat(12)

  function onLoopback(): Socket<typeof AF_PACKET> {
    const socket = new Socket(AF_PACKET, SOCK_RAW)
    socket.settimeout(5)
    socket.bind(['lo', proto])
    return socket
  }

  test('bind and getsockname', { skip }, () => {
    using socket = onLoopback()
    const ARPHRD_LOOPBACK = 772
    assert.deepEqual(socket.getsockname(), ['lo', proto, PACKET_HOST, ARPHRD_LOOPBACK, Buffer.alloc(6)])
    using unbound = new Socket(AF_PACKET, SOCK_RAW)
    assert.deepEqual(unbound.getsockname(), ['', 0, 0, 0, Buffer.alloc(0)])
    unbound.bind(['', ETH_P_ALL])
    assert.deepEqual(unbound.getsockname(), ['', ETH_P_ALL, 0, 0, Buffer.alloc(0)])
  })

  test('a frame comes with its interface, protocol and sender', { skip }, async () => {
    using socket = onLoopback()
    using cooked = new Socket(AF_PACKET, SOCK_DGRAM)
    await socket.send(
      Buffer.concat([Buffer.from(ends), Buffer.from([proto >> 8, proto & 0xff]), Buffer.from('raw')]),
    )
    assert.deepEqual(await received(socket), ['raw', PACKET_HOST])
    await cooked.sendto('cooked', ['lo', proto, PACKET_HOST, 0, Buffer.alloc(6)])
    assert.deepEqual(await received(socket), ['cooked', PACKET_HOST])
  })

  async function received(socket: Socket<typeof AF_PACKET>): Promise<[data: string, pkttype: number]> {
    for (;;) {
      const [frame, address] = await socket.recvfrom(2000)
      const [ifname, protocol, pkttype, , addr] = address as readonly [string, number, number, number, Buffer]
      assert.deepEqual([ifname, protocol, addr], ['lo', proto, Buffer.alloc(6)])
      if (pkttype !== PACKET_OUTGOING) return [frame.toString('latin1', 14), pkttype]
    }
  }

  test('a closed socket asks nobody for an interface', { skip }, () => {
    const socket = new Socket(AF_PACKET, SOCK_RAW)
    socket.close()
    assert.throws(() => socket.bind(['lo', ETH_P_ALL]), { name: 'OSError', code: 'EBADF', syscall: 'bind' })
  })

  test('an interface that is not there', { skip }, () => {
    using socket = new Socket(AF_PACKET, SOCK_RAW)
    assert.throws(
      () => socket.bind(['no-such-if', ETH_P_ALL]),
      (error) =>
        error instanceof OSError && error.message === 'bind ENODEV no-such-if' && error.errno === ENODEV,
    )
  })
})

describe('AF_ALG', () => {
  const skip = lacking({ family: AF_ALG, type: SOCK_SEQPACKET })

  test('binds to a cipher', { skip }, () => {
    using socket = new Socket(AF_ALG, SOCK_SEQPACKET)
    socket.bind(['hash', 'sha256'])
  })

  test('a cipher that is not there', { skip }, () => {
    using socket = new Socket(AF_ALG, SOCK_SEQPACKET)
    assert.throws(() => socket.bind(['t'.repeat(13), 'name']), { errno: ENOENT })
    assert.throws(() => socket.bind(['type', 'n'.repeat(63)]), { errno: ENOENT })
  })
})

describe('AF_QIPCRTR', () => {
  const skip = lacking({ family: AF_QIPCRTR, type: SOCK_DGRAM })

  test('binds to a port of this node', { skip }, () => {
    using socket = new Socket(AF_QIPCRTR, SOCK_DGRAM)
    const [node] = socket.getsockname() as readonly [number, number]
    socket.bind([node, 0])
    const own = socket.getsockname() as readonly [number, number]
    assert.equal(own[0], node)
    assert.ok(own[1] > 0)
    assert.deepEqual(askPython([[socket as never]]), [{ address: own }])
  })
})

describe('a handle asks the machine for its interfaces', () => {
  test('every interface of /proc/net/dev, there and back', () => {
    const names = readFileSync('/proc/net/dev', 'utf8').matchAll(/^\s*([^\s:]+):/gm)
    using socket = new Socket(AF_INET, SOCK_DGRAM)
    const handle = Object.getOwnPropertySymbols(socket).map((key) => Reflect.get(socket, key) as Endpoint)[0]!
    for (const [, name] of names) {
      const index = handle.interfaceIndex(name!)
      assert.ok(index > 0, name)
      assert.equal(handle.interfaceName(index), name)
    }
    assert.equal(handle.interfaceIndex('no-such-if'), -ENODEV)
    assert.equal(handle.interfaceName(2 ** 30), '')
    assert.ok(layout.ifreq.ifr_ifindex === 16)
  })
})

// The compiler checks these: each family has its own type of address.
export function typed(): void {
  const packet = new Socket(AF_PACKET, SOCK_RAW)
  const bindPacket: (address: readonly [string, number]) => void = (address) => packet.bind(address)
  const can = new Socket(AF_CAN, SOCK_RAW, CAN_RAW)
  const bindCan: (address: readonly [string]) => void = (address) => can.bind(address)
  // @ts-expect-error: an address of IPv4 is none of AF_VSOCK
  const bindVsock = () => new Socket(AF_VSOCK, SOCK_STREAM).bind(['127.0.0.1', 1])
  // @ts-expect-error: a single number is none of AF_NETLINK
  const bindNetlink = () => new Socket(AF_NETLINK, SOCK_RAW).bind(1)
  const tipc: ReturnedAddressOf<typeof AF_TIPC> = [1, 2, 3, 4, 5]
  void [bindPacket, bindCan, bindVsock, bindNetlink, tipc]
}
