// Addresses as bytes: every row of the table of codecs, and the texts of IP addresses as the C library reads them.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import {
  AF_ALG,
  AF_BLUETOOTH,
  AF_CAN,
  AF_INET,
  AF_INET6,
  AF_NETLINK,
  AF_PACKET,
  AF_QIPCRTR,
  AF_RDS,
  AF_SMC,
  AF_TIPC,
  AF_UNIX,
  AF_VSOCK,
  BTPROTO_HCI,
  BTPROTO_L2CAP,
  BTPROTO_RFCOMM,
  BTPROTO_SCO,
  CAN_BCM,
  CAN_ISOTP,
  CAN_J1939,
  CAN_RAW,
  TIPC_ADDR_ID,
  TIPC_ADDR_NAME,
  TIPC_ADDR_NAMESEQ,
} from 'berkeley'
import fc from 'fast-check'
import { codecs, decodeAddress, type Endpoint, encodeAddress } from '#core/address/index.js'
import { formatIPv4, formatIPv6, parseIPv4, parseIPv6 } from '#core/address/ip.js'
import { packageRoot } from './package-root.ts'

const CAPACITY = 256
const RUNS = { numRuns: 2000 }

const port = fc.integer({ min: 0, max: 65535 })
const bytes = (minLength: number, maxLength = minLength) => fc.uint8Array({ minLength, maxLength })
const dotted = bytes(4).map((address) => formatIPv4(address, 0))
const manyZeros = fc.uint8Array({ minLength: 16, maxLength: 16, max: 1 })
const inet6Bytes = fc.oneof(bytes(16), manyZeros)
const colons = inet6Bytes.map((address) => formatIPv6(address, 0))
const flowinfo = fc.integer({ min: 0, max: 0xfffff })
const scope = fc.integer({ min: 0, max: 0xffffffff })

const LONGEST_PATH = 107
// What UTF-8 can hold: half a surrogate pair becomes U+FFFD.
const wellFormed = (text: string) => Buffer.from(text).toString()
const fitting = (text: string) => Buffer.byteLength(text) <= LONGEST_PATH
const pathText = fc
  .string({ unit: 'grapheme', maxLength: 107 })
  .filter((path) => !path.includes('\0') && fitting(path))
const abstractText = fc.string({ unit: 'binary', maxLength: 40 }).map((name) => `\0${wellFormed(name)}`)
const pathBytes = fc.uint8Array({ min: 1, minLength: 1, maxLength: LONGEST_PATH })
const abstractBytes = bytes(0, 107).map((name) => Buffer.concat([Buffer.from([0]), name]))

function asReturned(address: string | Uint8Array): string | Buffer {
  const given = Buffer.from(address as string)
  const isText = given[0] !== 0 && Buffer.from(given.toString('utf8')).equals(given)
  return isText ? given.toString('utf8') : given
}

const uint8 = fc.integer({ min: 0, max: 0xff })
const uint16 = port
const uint32 = scope
const uint64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })

const interfaces = ['', 'lo', 'eth0', 'vcan0', 'a-name-of-15-by']
const ifname = fc.constantFrom(...interfaces)
const hardware = fc.uint8Array({ maxLength: 8 }).map((address) => Buffer.from(address))

const nameseq = fc.tuple(fc.constant(TIPC_ADDR_NAMESEQ), uint32, uint32, uint32)
const name = fc.tuple(uint32, uint32).map(([type, instance]) => [TIPC_ADDR_NAME, type, instance, instance])
const id = fc.tuple(uint32, uint32).map(([node, ref]) => [TIPC_ADDR_ID, node, ref, 0])
const tipcScope = fc.integer({ min: -128, max: 127 })
const tipc = fc.tuple(fc.oneof(nameseq, name, id), tipcScope).map(([address, scope]) => [...address, scope])

const cString = (longest: number) =>
  fc
    .string({ unit: 'grapheme', maxLength: longest })
    .filter((text) => !text.includes('\0') && Buffer.byteLength(text) <= longest)

const bdaddr = bytes(6).map((address) => {
  return Array.from(address, (byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join(':')
})
const notBredr = fc.integer({ min: 1, max: 0xff })
const positive16 = fc.integer({ min: 1, max: 0xffff })
const l2cap = fc.oneof(
  fc.tuple(bdaddr, uint16),
  fc.tuple(bdaddr, uint16, positive16),
  fc.tuple(bdaddr, uint16, uint16, notBredr),
)

interface Row {
  readonly family: number
  readonly proto?: number
  /** What is encoded. */
  readonly given: fc.Arbitrary<unknown>
  /** What it is when it comes back, if not the same. */
  readonly returned?: (address: never) => unknown
}

// Adding a family is adding a line.
const rows: readonly Row[] = [
  { family: AF_INET, given: fc.tuple(dotted, port) },
  { family: AF_INET6, given: fc.tuple(colons, port, flowinfo, scope) },
  {
    family: AF_UNIX,
    given: fc.oneof(pathText, abstractText, pathBytes, abstractBytes),
    returned: asReturned,
  },
  { family: AF_NETLINK, given: fc.tuple(uint32, uint32) },
  { family: AF_PACKET, given: fc.tuple(ifname, uint16, uint8, uint16, hardware) },
  { family: AF_VSOCK, given: fc.tuple(uint32, uint32) },
  { family: AF_CAN, proto: CAN_RAW, given: fc.tuple(ifname) },
  { family: AF_CAN, proto: CAN_BCM, given: fc.tuple(ifname) },
  { family: AF_CAN, proto: CAN_ISOTP, given: fc.tuple(ifname, uint32, uint32) },
  { family: AF_CAN, proto: CAN_J1939, given: fc.tuple(ifname, uint64, uint32, uint8) },
  { family: AF_TIPC, given: tipc },
  { family: AF_ALG, given: fc.tuple(cString(13), cString(63), uint32, uint32) },
  { family: AF_BLUETOOTH, proto: BTPROTO_L2CAP, given: l2cap },
  { family: AF_BLUETOOTH, proto: BTPROTO_RFCOMM, given: fc.tuple(bdaddr, uint8) },
  { family: AF_BLUETOOTH, proto: BTPROTO_SCO, given: bdaddr },
  { family: AF_BLUETOOTH, proto: BTPROTO_HCI, given: fc.oneof(uint16, fc.tuple(uint16, positive16)) },
  { family: AF_QIPCRTR, given: fc.tuple(uint32, uint32) },
  { family: AF_RDS, given: fc.tuple(dotted, port) },
  { family: AF_SMC, given: fc.tuple(dotted, port) },
]

function endpoint(family: number, proto = 0): Endpoint {
  return {
    family,
    proto,
    interfaceIndex: (name) => interfaces.indexOf(name),
    interfaceName: (index) => interfaces[index] ?? '',
  }
}

function roundTrip(socket: Endpoint, address: unknown): unknown {
  const memory = new Uint8Array(CAPACITY).fill(0xaa)
  const length = encodeAddress(socket, address, memory, 'test')
  return decodeAddress(memory, length, socket)
}

describe('addresses as bytes', () => {
  test('every family of the table has a line here', () => {
    assert.deepEqual(new Set(rows.map(({ family }) => family)), new Set(codecs.keys()))
  })

  for (const { family, proto, given, returned = (address: unknown) => address } of rows) {
    test(`family ${family}, protocol ${proto ?? 'any'}: what is encoded comes back`, () => {
      const socket = endpoint(family, proto)
      const holds = (address: unknown) => {
        assert.deepEqual(roundTrip(socket, address), (returned as (address: unknown) => unknown)(address))
      }
      fc.assert(fc.property(given, holds), RUNS)
    })
  }

  const shorthands: [family: number, given: unknown, returned: unknown][] = [
    [AF_INET, ['', 1], ['0.0.0.0', 1]],
    [AF_INET, ['<broadcast>', 2], ['255.255.255.255', 2]],
    [AF_INET6, ['', 3], ['::', 3, 0, 0]],
    [AF_INET6, ['fe80::1%7', 4], ['fe80::1', 4, 0, 7]],
    [AF_INET6, ['fe80::1%7', 5, 6, 8], ['fe80::1', 5, 6, 8]],
    [AF_UNIX, '', ''],
  ]
  for (const [family, given, returned] of shorthands) {
    test(`${JSON.stringify(given)} of family ${family}`, () => {
      assert.deepEqual(roundTrip(endpoint(family), given), returned)
    })
  }

  test('a family without a codec comes back as its bytes', () => {
    const unknown = fc.integer({ min: 0, max: 0xffff }).filter((family) => !codecs.has(family))
    const holds = (family: number, tail: Uint8Array) => {
      const address = { family, bytes: Buffer.from(tail) }
      assert.deepEqual(roundTrip(endpoint(family), { family, bytes: tail }), address)
    }
    fc.assert(fc.property(unknown, bytes(0, 126), holds), RUNS)
  })

  const families = fc.oneof(fc.constantFrom(...codecs.keys()), fc.integer({ min: 0, max: 0xffff }))
  const received = fc.tuple(families, fc.nat({ max: 8 }), bytes(CAPACITY - 2), fc.nat({ max: CAPACITY }))

  function memoryOf(family: number, tail: Uint8Array): Uint8Array {
    const memory = new Uint8Array(CAPACITY)
    memory.set(new Uint8Array(new Uint16Array([family]).buffer))
    memory.set(tail, 2)
    return memory
  }

  test('any bytes can be decoded', () => {
    const holds = ([family, proto, tail, length]: [number, number, Uint8Array, number]) => {
      const socket = endpoint(family, proto)
      decodeAddress(memoryOf(family, tail), length, socket)
      decodeAddress(memoryOf(family, tail).subarray(0, length), length, socket)
    }
    fc.assert(fc.property(received, holds), { numRuns: 10_000 })
  })

  test('bytes beyond the length are not looked at', () => {
    const holds = ([family, proto, tail, length]: [number, number, Uint8Array, number]) => {
      const socket = endpoint(family, proto)
      const memory = memoryOf(family, tail)
      const other = memory.slice()
      other.fill(0x55, length)
      assert.deepEqual(decodeAddress(memory, length, socket), decodeAddress(other, length, socket))
    }
    fc.assert(fc.property(received, holds), { numRuns: 10_000 })
  })
})

describe('IP addresses as text', () => {
  const SAMPLES = 4000

  // Texts that are nearly addresses: pieces of them put together, and real ones with something changed.
  const pieces = [
    '',
    ' ',
    ...'0 1 9 01 00 255 256 999 ffff FFFF 0ffff abcd g . : :: .. % / - + 1.2.3.4 0x1'.split(' '),
  ]
  const piece = fc.constantFrom(...pieces)
  const assembled = fc.array(piece, { maxLength: 16 }).map((pieces) => pieces.join(''))
  const grouped = fc.array(piece, { maxLength: 9 }).map((pieces) => pieces.join(':'))
  const number = fc.integer({ min: 0, max: 300 })
  const quads = fc.array(number, { maxLength: 5 }).map((numbers) => numbers.join('.'))
  const real = fc.oneof(dotted, colons, fc.ipV4(), fc.ipV6())
  const place = fc.tuple(fc.nat({ max: 40 }), fc.nat({ max: 2 }))
  const damaged = fc.tuple(real, place, piece).map(([text, [at, count], inserted]) => {
    return text.slice(0, at) + inserted + text.slice(at + count)
  })
  const binary = fc.string({ unit: 'binary', maxLength: 20 })
  const anyText = fc.oneof(assembled, grouped, quads, real, damaged, binary)

  const edges = [
    '0 0.0.0.0 255.255.255.255 256.0.0.0 1.2.3 1.2.3.4. .1.2.3.4 1..2.3 01.2.3.4 00.0.0.0 0x7f.0.0.1 1.2.3.04',
    '+1.2.3.4 1e1.2.3.4 ١.2.3.4 :: : ::: ::1 1:: 1: :1 1::2::3 ::1.2.3.4 ::ffff:1.2.3.4 1:2:3:4:5:6:1.2.3.4',
    '1:2:3:4:5:6:7:1.2.3.4 1:2:3:4:5:6:7:8 1:2:3:4:5:6:7:: ::1:2:3:4:5:6:7 1:2:3:4:5:6:7:8:: 1:2:3:4:5:6:7:8:9',
    '::1%1 12345:: 00001:: ::g [::1] ::1.2.3 ::1.2.3.4.5 ::1.2.3.256 1.2.3.4:: ::1:2:3:4:5:6:1.2.3.4 ::01.2.3.4',
    '1::1.2.3.4:1 ::ffff:0:0 ::1:0:0 0:0:0:0:0:ffff:: fe80::%eth0',
  ].flatMap((line) => line.split(' '))
  const blanks = ['', '1.2.3.4\0', '1.2.3.4 ', ' 1.2.3.4', '1.2.3.4\n', '::1\0', '::1 ', ' ::1']

  const zeroPatterns = Array.from({ length: 256 }, (_, pattern) => {
    return Uint8Array.from({ length: 16 }, (_, at) => ((pattern >> (at >> 1)) & 1 ? at + 1 : 0))
  })

  const texts = [...edges, ...blanks, ...fc.sample(anyText, SAMPLES)].map(wellFormed)
  const addresses = [...zeroPatterns, ...fc.sample(fc.oneof(bytes(4), inet6Bytes), SAMPLES)]
  const digitsOf = (address: Uint8Array) => Buffer.from(address).toString('hex')
  const program = join(packageRoot, 'test/python/inet_texts.py')

  let said: { parsed: [string | null, string | null][]; formatted: string[] }
  test('python3 is asked', () => {
    const input = JSON.stringify({ texts, addresses: addresses.map(digitsOf) })
    const { stdout, stderr, status } = spawnSync('python3', [program], { input, maxBuffer: 2 ** 24 })
    assert.equal(status, 0, stderr?.toString())
    said = JSON.parse(stdout.toString('utf8'))
    assert.ok(said.parsed.some(([four]) => four !== null) && said.parsed.some(([, six]) => six !== null))
  })

  const parsers = [
    { name: 'parseIPv4', size: 4, parse: parseIPv4 },
    { name: 'parseIPv6', size: 16, parse: parseIPv6 },
  ]
  for (const [column, { name, size, parse }] of parsers.entries()) {
    test(`${name} reads what inet_pton(3) reads`, () => {
      for (const [index, text] of texts.entries()) {
        const memory = new Uint8Array(size)
        const digits = parse(text, memory, 0) ? digitsOf(memory) : null
        assert.equal(digits, said.parsed[index]![column], JSON.stringify(text))
      }
    })
  }

  test('addresses are written as inet_ntop(3) writes them', () => {
    for (const [index, address] of addresses.entries()) {
      const text = address.length === 4 ? formatIPv4(address, 0) : formatIPv6(address, 0)
      assert.equal(text, said.formatted[index], digitsOf(address))
    }
  })
})
