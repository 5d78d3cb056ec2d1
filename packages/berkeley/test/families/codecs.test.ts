// berkeley/families as bytes: there and back, cut and random bytes, CPython's struct module, what is refused.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { CAN_BCM_CAN_FD_FRAME, TIPC_SUB_PORTS } from 'berkeley'
import * as families from 'berkeley/families'
import fc from 'fast-check'
import * as numbersOfFamilies from '#sys/families-constants.js'
import { packageRoot } from '../package-root.ts'

const RUNS = { numRuns: 1000 }

/** A codec as this test has it: whatever its values are. */
interface AnyCodec {
  encode(value: unknown): Buffer
  decode(bytes: ArrayBufferView): unknown
  understands(bytes: Uint8Array): boolean
}

const uint = (bits: number) => fc.integer({ min: 0, max: 2 ** bits - 1 })
const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })
const uint64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
const bytes = (lengths: { minLength?: number; maxLength: number }) =>
  fc.uint8Array(lengths).map((array) => Buffer.from(array))
const seconds = fc.integer({ min: 0, max: 2 ** 50 }).map((microseconds) => microseconds / 1e6)
const record = (fields: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<object> =>
  fc.record(fields, { noNullPrototype: true })
const numbers = (type: fc.Arbitrary<unknown>, ...names: string[]) =>
  Object.fromEntries(names.map((name) => [name, type]))

const frame = record({ id: uint(32), data: bytes({ maxLength: 8 }) })
const fdFrame = record({ id: uint(32), data: bytes({ maxLength: 64 }), flags: uint(8) })
const task = (flags: fc.Arbitrary<number>, frames: fc.Arbitrary<object>) =>
  record({
    ...{ opcode: uint(32), flags, count: uint(32), ival1: seconds, ival2: seconds, canId: uint(32) },
    frames: fc.array(frames, { maxLength: 9 }),
  })
const FD = CAN_BCM_CAN_FD_FRAME
const notification = { type: uint(16), flags: uint(16), length: uint(32) }
const handle = bytes({ minLength: 8, maxLength: 8 })

interface Row {
  readonly values: fc.Arbitrary<unknown>
  /** The least bytes that can be read. */
  readonly least: number
  /** A value, as short as it may be given, and what Python packs to the same bytes: a format, and its values. */
  readonly packed: readonly [given: unknown, ...python: unknown[]]
}

/** What the entry exports beside its numbers. */
type Codecs = Exclude<keyof typeof families, keyof typeof numbersOfFamilies>

const rows: Record<Codecs, Row> = {
  hciFilter: {
    values: record({ typeMask: uint(32), eventMask: uint64, opcode: uint(16) }),
    least: 16,
    packed: [{ eventMask: 1n << 14n, opcode: 0x1009 }, '@IIIH2x', 0, 1 << 14, 0, 0x1009],
  },
  l2capOptions: {
    values: record({
      ...numbers(uint(16), 'omtu', 'imtu', 'flushTo', 'txwinSize'),
      ...numbers(uint(8), 'mode', 'fcs', 'maxTx'),
    }),
    least: 12,
    packed: [
      { omtu: 1, imtu: 2, flushTo: 3, mode: 4, fcs: 5, maxTx: 6, txwinSize: 7 },
      ...['@HHHBBBxH', 1, 2, 3, 4, 5, 6, 7],
    ],
  },
  bcmMessage: {
    values: fc.oneof(
      task(
        uint(32).map((flags) => (flags & ~FD) >>> 0),
        frame,
      ),
      task(
        uint(32).map((flags) => (flags | FD) >>> 0),
        fdFrame,
      ),
    ),
    least: 56,
    packed: [
      { opcode: 1, flags: 3, ival2: 0.25, canId: 0x123, frames: [{ id: 0x123, data: Buffer.from('ab') }] },
      ...['@IIIllllII0qIB3x8s', 1, 3, 0, 0, 0, 0, 250_000, 0x123, 1, 0x123, 2, Buffer.from('ab')],
    ],
  },
  canFrame: { values: frame, least: 16, packed: [{ id: 0x80000001 }, '@IB3x8x', 0x80000001, 0] },
  canFdFrame: {
    values: fdFrame,
    least: 72,
    packed: [{ id: 5, data: Buffer.alloc(64, 1) }, '@IBB2x64s', 5, 64, 0, Buffer.alloc(64, 1)],
  },
  packetFanout: {
    values: record({ id: uint(16), type: uint(16) }),
    least: 4,
    packed: [{ id: 7, type: 0x1001 }, '@I', 0x10010007],
  },
  sctpAssocChange: {
    values: record({
      ...notification,
      ...numbers(uint(16), 'state', 'error', 'outboundStreams', 'inboundStreams'),
      assocId: int32,
    }),
    least: 20,
    packed: [
      {
        ...{ type: 0x8001, flags: 0, length: 20, state: 1, error: 2 },
        ...{ outboundStreams: 3, inboundStreams: 4, assocId: 5 },
      },
      ...['@HHIHHHHi', 0x8001, 0, 20, 1, 2, 3, 4, 5],
    ],
  },
  sctpAssocId: { values: int32, least: 4, packed: [-5, '@i', -5] },
  sctpAssocIds: {
    values: fc.array(int32, { maxLength: 20 }),
    least: 4,
    packed: [[7, -8], '@Iii', 2, 7, -8],
  },
  sctpEvent: {
    values: record({ assocId: int32, type: uint(16), on: fc.boolean() }),
    least: 8,
    packed: [{ type: 0x8001, on: true }, '@iHBx', 0, 0x8001, 1],
  },
  sctpNotification: {
    values: record(notification),
    least: 8,
    packed: [{ type: 0x8005, flags: 1, length: 12 }, '@HHI', 0x8005, 1, 12],
  },
  sctpPeeloff: {
    values: record({ assocId: int32, sd: int32 }),
    least: 8,
    packed: [{ assocId: 5 }, '@ii', 5, 0],
  },
  sctpShutdownEvent: {
    values: record({ ...notification, assocId: int32 }),
    least: 12,
    packed: [{ type: 0x8005, flags: 0, length: 12, assocId: 9 }, '@HHIi', 0x8005, 0, 12, 9],
  },
  sctpStatus: {
    values: record({
      ...numbers(int32, 'assocId', 'state'),
      ...numbers(uint(32), 'rwnd', 'fragmentationPoint'),
      ...numbers(uint(16), 'unackdata', 'penddata', 'instrms', 'outstrms'),
    }),
    least: 176,
    packed: [
      {
        ...{ assocId: 1, state: 2, rwnd: 3, unackdata: 4, penddata: 5 },
        ...{ instrms: 6, outstrms: 7, fragmentationPoint: 8 },
      },
      ...['@iiIHHHHI152x', 1, 2, 3, 4, 5, 6, 7, 8],
    ],
  },
  tlsCryptoInfo: {
    values: fc
      .constantFrom([51, 8, 16, 4], [52, 8, 32, 4], [53, 8, 16, 4], [54, 12, 32, 0])
      .chain((cipher) => {
        const [cipherType, iv, key, salt] = cipher as [number, number, number, number]
        const exactly = (length: number) => bytes({ minLength: length, maxLength: length })
        return record({
          ...{ version: uint(16), cipherType: fc.constant(cipherType), iv: exactly(iv), key: exactly(key) },
          ...{ salt: exactly(salt), recSeq: exactly(8) },
        })
      }),
    least: 40,
    packed: [
      {
        version: 0x303,
        cipherType: 51,
        iv: '12345678',
        key: 'k'.repeat(16),
        salt: 'salt',
        recSeq: '87654321',
      },
      ...['@HH8s16s4s8s', 0x303, 51, Buffer.from('12345678'), Buffer.from('k'.repeat(16))],
      ...[Buffer.from('salt'), Buffer.from('87654321')],
    ],
  },
  tipcEvent: {
    values: record({
      ...numbers(uint(32), 'event', 'foundLower', 'foundUpper', 'ref', 'node'),
      usrHandle: handle,
    }),
    least: 48,
    packed: [
      { event: 1, foundLower: 2, foundUpper: 3, ref: 4, node: 5, usrHandle: Buffer.from('12345678') },
      ...['@IIIII20x8s', 1, 2, 3, 4, 5, Buffer.from('12345678')],
    ],
  },
  tipcGroupReq: {
    values: record(numbers(uint(32), 'type', 'instance', 'scope', 'flags')),
    least: 16,
    packed: [{ type: 1, instance: 2, scope: 3 }, '@IIII', 1, 2, 3, 0],
  },
  tipcSubscription: {
    values: record({
      ...numbers(uint(32), 'type', 'lower', 'upper', 'timeout', 'filter'),
      usrHandle: handle,
    }),
    least: 28,
    packed: [
      { type: 1, lower: 2, upper: 3, usrHandle: Buffer.from('abc') },
      ...['@IIIII8s', 1, 2, 3, 0xffffffff, TIPC_SUB_PORTS, Buffer.from('abc')],
    ],
  },
}
const codecs = new Map(
  Object.entries(families).filter(([name]) => !(name in numbersOfFamilies)),
) as ReadonlyMap<string, unknown> as ReadonlyMap<string, AnyCodec>
const cases = Object.entries(rows).map(([name, row]) => ({ name, ...row, codec: codecs.get(name)! }))

test('every codec is tested', () => {
  assert.deepEqual(Object.keys(rows).sort(), [...codecs.keys()].sort())
})

for (const { name, codec, values, least } of cases) {
  describe(name, () => {
    test('what is encoded comes back', () => {
      const holds = (value: unknown) => assert.deepEqual(codec.decode(codec.encode(value)), value)
      fc.assert(fc.property(values, holds), RUNS)
    })

    test('bytes that were cut off are refused', () => {
      const refused = { name: 'RangeError', message: new RegExp(`^${name}\\.decode`) }
      const holds = (value: unknown) => {
        const all = codec.encode(value)
        assert.ok(all.length >= least)
        for (let length = 0; length < all.length; length++) {
          const cut = all.subarray(0, length)
          assert.equal(codec.understands(cut), false, `${length} of ${all.length} bytes`)
          assert.throws(() => codec.decode(cut), refused)
        }
      }
      fc.assert(fc.property(values, holds), { numRuns: 20 })
    })

    test('any bytes can be read or are refused, wherever they are, and what follows is not looked at', () => {
      const holds = (received: Uint8Array) => {
        if (!codec.understands(received)) {
          assert.throws(() => codec.decode(received), { name: 'RangeError' })
          return
        }
        const value = codec.decode(received)
        const moved = Buffer.concat([Buffer.alloc(3), received, Buffer.alloc(5, 0xff)]).subarray(3)
        assert.deepEqual(codec.decode(moved), value)
      }
      fc.assert(fc.property(fc.uint8Array({ minLength: least, maxLength: least + 400 }), holds), RUNS)
    })
  })
}

test("CPython's struct.pack makes the same bytes", () => {
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
    assert.equal(codec.encode(packed[0]).toString('hex'), digits[i], name)
  }
})

const refused: [name: keyof typeof families, value: unknown, error: string, message: RegExp][] = [
  ['hciFilter', { typeMask: -(2 ** 32) }, 'RangeError', /typeMask must be/],
  ['hciFilter', { eventMask: 2n ** 64n }, 'RangeError', /eventMask must be/],
  ['l2capOptions', { omtu: 1 }, 'TypeError', /imtu must be a whole number/],
  ['bcmMessage', { canId: 1 }, 'TypeError', /opcode must be a whole number/],
  ['bcmMessage', { opcode: 1, canId: 1, frames: {} }, 'TypeError', /frames must be a list of frames/],
  ['bcmMessage', { opcode: 1, canId: 1, ival1: -1 }, 'RangeError', /ival1 must be/],
  ['canFrame', 5, 'TypeError', /value must be \{ id, data\? \}, got 5/],
  ['canFrame', { id: 1, data: Buffer.alloc(9) }, 'RangeError', /data must be at most 8 bytes, got 9/],
  ['canFdFrame', { id: 1, data: Buffer.alloc(65) }, 'RangeError', /data must be at most 64 bytes, got 65/],
  ['canFdFrame', { id: 1, flags: 256 }, 'RangeError', /flags must be 0 to 255/],
  ['packetFanout', { id: 65536, type: 0 }, 'RangeError', /id must be 0 to 65535/],
  ['sctpEvent', { type: 1, on: 'yes' }, 'TypeError', /on must be a boolean/],
  ['sctpAssocIds', 5, 'TypeError', /value must be an array/],
  ['sctpAssocIds', [0.5], 'TypeError', /value must be a whole number/],
  ['tipcSubscription', { lower: 1, upper: 2 }, 'TypeError', /type must be a whole number/],
  [
    'tipcSubscription',
    { type: 1, lower: 1, upper: 2, usrHandle: Buffer.alloc(9) },
    'RangeError',
    /usrHandle must be at most 8 bytes, got 9/,
  ],
  ['tipcGroupReq', { type: 1, instance: 2, scope: -(2 ** 32) }, 'RangeError', /scope must be/],
]
for (const [name, value, error, message] of refused) {
  test(`${name} refuses: ${message.source}`, () => {
    const codec = codecs.get(name)!
    assert.throws(() => codec.encode(value), { name: error, message })
    assert.throws(() => codec.encode(value), { message: new RegExp(`^${name}\\.encode`) })
  })
}
