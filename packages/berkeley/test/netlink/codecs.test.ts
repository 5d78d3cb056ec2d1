// Messages and attributes: what is encoded is decoded, whatever is cut is an error that names it, and nothing
// is read that is not there.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as netlink from 'berkeley/netlink'
import {
  NLA_F_NESTED,
  NLA_F_NET_BYTEORDER,
  NLM_F_ACK_TLVS,
  NLM_F_CAPPED,
  NLMSG_DONE,
  NLMSG_ERROR,
} from 'berkeley/netlink'
import fc from 'fast-check'

const bytes = fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array))
// With the prototype that everybody's objects have.
const record = <Value>(model: { [Key in keyof Value]: fc.Arbitrary<Value[Key]> }) =>
  fc.record(model, { noNullPrototype: true })
const uint = (bits: number) => fc.integer({ min: 0, max: 2 ** bits - 1 })

const message = record({ type: uint(16), flags: uint(16), seq: uint(32), pid: uint(32), payload: bytes })
const attribute = record({
  type: uint(14),
  nested: fc.boolean(),
  netByteorder: fc.boolean(),
  data: bytes,
})

describe('messages', () => {
  test('what is encoded is decoded', () => {
    fc.assert(
      fc.property(fc.array(message), (messages) => {
        const encoded = Buffer.concat(messages.map(netlink.encodeMessage))
        assert.equal(encoded.length % 4, 0)
        assert.deepEqual(netlink.decodeMessages(encoded), messages)
      }),
    )
  })

  test('the layout is that of struct nlmsghdr', () => {
    const encoded = netlink.encodeMessage({ type: 0x1234, flags: 0x5678, seq: 7, pid: 8, payload: 'abc' })
    const expected = Buffer.alloc(20)
    expected.writeUInt32LE(19, 0)
    expected.writeUInt16LE(0x1234, 4)
    expected.writeUInt16LE(0x5678, 6)
    expected.writeUInt32LE(7, 8)
    expected.writeUInt32LE(8, 12)
    expected.write('abc', 16)
    assert.deepEqual(encoded, expected)
  })

  test('one that is cut is named', () => {
    const two = Buffer.concat([
      netlink.encodeMessage({ type: 16, payload: 'abcd' }),
      netlink.encodeMessage({ type: 20, payload: 'abcdefgh' }),
    ])
    assert.throws(() => netlink.decodeMessages(two.subarray(0, 40)), {
      name: 'RangeError',
      message:
        "decodeMessages(): buffer must be whole messages, got 'message 20 at 20, of 24 bytes, cut after 20'",
    })
    assert.throws(
      () => netlink.decodeMessages(two.subarray(0, 27)),
      /a message's header at 20, cut after 7 bytes/,
    )
    two.writeUInt32LE(15, 20)
    assert.throws(() => netlink.decodeMessages(two), /message 20 at 20, whose length is 15/)
  })

  test('what fills up the last one may be missing', () => {
    const encoded = netlink.encodeMessage({ type: 16, payload: 'abcde' })
    assert.equal(netlink.decodeMessages(encoded.subarray(0, 21))[0]!.payload.toString(), 'abcde')
  })
})

describe('attributes', () => {
  test('what is encoded is decoded', () => {
    fc.assert(
      fc.property(fc.array(attribute), (attributes) => {
        const encoded = netlink.encodeAttributes(attributes)
        assert.equal(encoded.length % 4, 0)
        assert.deepEqual(netlink.decodeAttributes(encoded), attributes)
      }),
    )
  })

  test('flags are told apart from the type', () => {
    const encoded = netlink.encodeAttributes([
      [5 | NLA_F_NET_BYTEORDER, Buffer.of(1)],
      [6, [[7, 'ab']]],
    ])
    const [first, second] = netlink.decodeAttributes(encoded)
    assert.deepEqual({ ...first }, { type: 5, nested: false, netByteorder: true, data: Buffer.of(1) })
    assert.equal(encoded.readUInt16LE(10), 6 | NLA_F_NESTED)
    assert.ok(second!.nested)
    // Text has a NUL at its end.
    assert.deepEqual(netlink.decodeAttributes(second!.data), [
      { type: 7, nested: false, netByteorder: false, data: Buffer.from('ab\0') },
    ])
  })

  test('one that is cut is named', () => {
    const encoded = netlink.encodeAttributes([
      [1, 'abc'],
      [2, 'abcdefg'],
    ])
    assert.throws(() => netlink.decodeAttributes(encoded.subarray(0, 15)), {
      name: 'RangeError',
      message:
        "decodeAttributes(): buffer must be whole attributes, got 'attribute 2 at 8, of 12 bytes, cut after 7'",
    })
    assert.throws(() => netlink.decodeAttributes(encoded.subarray(0, 11)), /header at 8, cut after 3 bytes/)
    encoded.writeUInt16LE(3, 8)
    assert.throws(() => netlink.decodeAttributes(encoded), /attribute 2 at 8, whose length is 3/)
  })

  test('a value has 65531 bytes at most', () => {
    assert.equal(netlink.encodeAttributes([[1, Buffer.alloc(65531)]]).length, 65536)
    assert.throws(() => netlink.encodeAttributes([[1, Buffer.alloc(65532)]]), RangeError)
  })

  test('attributes that contain themselves end with an error', () => {
    const endless: [number, unknown[]] = [1, []]
    endless[1].push(endless)
    assert.throws(() => netlink.encodeAttributes([endless as never]), RangeError)
  })
})

describe('structs', () => {
  const codecs = { ...netlink } as unknown as Record<string, netlink.StructCodec<unknown>>
  const headers = {
    ifinfomsg: record({
      family: uint(8),
      type: uint(16),
      index: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
      flags: uint(32),
      change: uint(32),
    }),
    ifaddrmsg: record({
      family: uint(8),
      prefixlen: uint(8),
      flags: uint(8),
      scope: uint(8),
      index: uint(32),
    }),
    rtmsg: record({
      family: uint(8),
      dstLen: uint(8),
      srcLen: uint(8),
      tos: uint(8),
      table: uint(8),
      protocol: uint(8),
      scope: uint(8),
      type: uint(8),
      flags: uint(32),
    }),
    ndmsg: record({
      family: uint(8),
      ifindex: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
      state: uint(16),
      flags: uint(8),
      type: uint(8),
    }),
    fibRuleHdr: record({
      family: uint(8),
      dstLen: uint(8),
      srcLen: uint(8),
      tos: uint(8),
      table: uint(8),
      action: uint(8),
      flags: uint(32),
    }),
  }

  for (const [name, values] of Object.entries(headers)) {
    test(`${name}: what is encoded is decoded, and any other bytes are kept apart`, () => {
      const codec = codecs[name]!
      fc.assert(
        fc.property(values as fc.Arbitrary<unknown>, (value) => {
          assert.deepEqual(codec.decode(codec.encode(value)), value)
        }),
      )
      assert.throws(() => codec.decode(codec.encode({}).subarray(1)), RangeError)
    })
  }

  const numbers = { uint8: 8, uint16: 16, uint16BE: 16, uint32: 32 } as const
  for (const [name, bits] of Object.entries(numbers)) {
    test(`${name}: what is encoded is decoded`, () => {
      const codec = codecs[name] as netlink.StructCodec<number>
      fc.assert(fc.property(uint(bits), (value) => assert.equal(codec.decode(codec.encode(value)), value)))
      assert.equal(codec.encode(1).length, bits / 8)
      assert.throws(() => codec.encode(2 ** bits), RangeError)
    })
  }

  test('int32 and uint64', () => {
    assert.equal(netlink.int32.decode(netlink.int32.encode(-5)), -5)
    assert.equal(netlink.uint64.decode(netlink.uint64.encode(2n ** 64n - 1n)), 2n ** 64n - 1n)
    assert.deepEqual(netlink.uint16BE.encode(0x1234), Buffer.of(0x12, 0x34))
  })
})

describe('acknowledgements', () => {
  const offset = netlink.encodeAttributes([
    [1, 'not so'],
    [2, netlink.uint32.encode(24)],
    [5, netlink.uint32.encode(3)],
    [6, netlink.uint32.encode(16)],
    [3, Buffer.of(9, 8)],
  ])
  const extack = { message: 'not so', offset: 24, missingType: 3, missingNest: 16, cookie: Buffer.of(9, 8) }
  const nothing = { message: '', offset: null, missingType: null, missingNest: null, cookie: null }
  const payload = 'what was asked'
  const header = netlink.encodeMessage({ type: 16, payload }).subarray(0, 16)

  function decode(type: number, flags: number, ...parts: Uint8Array[]) {
    const all = netlink.encodeMessage({ type, flags, payload: Buffer.concat(parts) })
    return netlink.decodeAcknowledgement(netlink.decodeMessages(all)[0]!)
  }

  test('an error, which repeats the request, with an explanation', () => {
    const repeated = Buffer.from(`${payload}\0\0`)
    const result = decode(NLMSG_ERROR, NLM_F_ACK_TLVS, netlink.int32.encode(-22), header, repeated, offset)
    assert.deepEqual(result, { error: -22, extack })
  })

  test('an error, which leaves the request out', () => {
    const flags = NLM_F_ACK_TLVS | NLM_F_CAPPED
    const result = decode(NLMSG_ERROR, flags, netlink.int32.encode(-22), header, offset)
    assert.deepEqual(result, { error: -22, extack })
  })

  test('success never repeats the request', () => {
    const result = decode(NLMSG_ERROR, NLM_F_ACK_TLVS, netlink.int32.encode(0), header, offset)
    assert.deepEqual(result, { error: 0, extack })
  })

  test('without an explanation', () => {
    const result = decode(NLMSG_ERROR, 0, netlink.int32.encode(-1), header, Buffer.from(payload))
    assert.deepEqual(result, { error: -1, extack: nothing })
  })

  test('the end of a dump', () => {
    assert.deepEqual(decode(NLMSG_DONE, NLM_F_ACK_TLVS, netlink.int32.encode(-5), offset), {
      error: -5,
      extack,
    })
    assert.deepEqual(decode(NLMSG_DONE, 0), { error: 0, extack: nothing })
  })

  test('one that is cut', () => {
    const short = netlink.int32.encode(-22)
    assert.throws(() => decode(NLMSG_ERROR, 0, short), /payload must be at least 20 bytes, got 4/)
    assert.throws(() => decode(NLMSG_DONE, 0, short.subarray(1)), /payload must be at least 4 bytes, got 3/)
  })
})

describe('whatever bytes come', () => {
  const decoders = {
    decodeMessages: netlink.decodeMessages,
    decodeAttributes: netlink.decodeAttributes,
    decodeLink: netlink.decodeLink,
    decodeInterfaceAddress: netlink.decodeInterfaceAddress,
    decodeRoute: netlink.decodeRoute,
    decodeNeighbour: netlink.decodeNeighbour,
    decodeRule: netlink.decodeRule,
    decodeInetSocket: netlink.decodeInetSocket,
    decodeUnixSocket: netlink.decodeUnixSocket,
    decodePacketSocket: netlink.decodePacketSocket,
    decodeNetlinkSocket: netlink.decodeNetlinkSocket,
    decodeAcknowledgement: (payload: Buffer) =>
      netlink.decodeAcknowledgement({ type: NLMSG_ERROR, flags: NLM_F_ACK_TLVS, seq: 0, pid: 0, payload }),
  }

  // Attributes of all types, so that those that mean something are among them, with random values: right in
  // form.
  const plausible = fc
    .tuple(fc.uint8Array({ minLength: 72, maxLength: 72 }), uint(3), fc.array(attribute))
    .map(([start, words, attributes]) => {
      const some = attributes.map((each) => ({ ...each, type: each.type % 64 }))
      return Buffer.concat([start.subarray(0, 8 + 8 * words), netlink.encodeAttributes(some)])
    })
  const anything = fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array)),
    plausible,
    fc.tuple(plausible, uint(8)).map(([whole, length]) => whole.subarray(0, length)),
  )

  for (const [name, decode] of Object.entries(decoders)) {
    test(`${name} decodes it, or says what is wrong`, () => {
      let decoded = 0
      fc.assert(
        fc.property(anything, (buffer) => {
          // At the end of its memory, with a neighbour before it: what lies outside must not show.
          const memory = Buffer.alloc(buffer.length + 64, 0xa5)
          buffer.copy(memory, 64)
          try {
            decode(memory.subarray(64))
            decoded++
          } catch (error) {
            assert.ok(error instanceof RangeError, `${error}`)
            assert.match(error.message, /^\w+\(\): \w+ must be .+, got /)
          }
        }),
        { numRuns: 3000 },
      )
      assert.ok(decoded > 0, 'some were decoded')
    })
  }
})
