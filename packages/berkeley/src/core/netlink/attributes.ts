// struct nlattr: the attributes that follow the header of a netlink message, and stand inside of other
// attributes.
// Rule: what an attribute says of its length is compared with what is there; whatever is cut is an error
// that names it.

import { NLA_F_NESTED, NLA_F_NET_BYTEORDER, NLA_HDRLEN } from '../../sys/netlink-constants.ts'
import { layout } from '../../sys/netlink-layout.ts'
import { integer, list } from '../arguments.ts'
import { bytesOf, type Data, writableBytesOf } from '../bytes.ts'
import { uint16, viewOf } from '../ctypes.ts'
import { wrongType, wrongValue } from '../errors.ts'
import { aligned } from './alignment.ts'

/** An attribute of a netlink message. */
export interface Attribute {
  /** What it is: `IFLA_MTU`, `RTA_DST`, …, by the kind of message. */
  readonly type: number
  /** `NLA_F_NESTED`: it contains attributes. The kernel does not set it everywhere. */
  readonly nested: boolean
  /** `NLA_F_NET_BYTEORDER`: its number is in network byte order. */
  readonly netByteorder: boolean
  /** Its value. */
  readonly data: Buffer
}

/**
 * An attribute to be encoded: as decoded, or its type and its value. A value is bytes; a string, which gets a
 * NUL at its end; or a list of attributes, which makes it a nested one. Numbers have a size, so they are
 * bytes here: `[IFLA_MTU, uint32.encode(1400)]`.
 */
export type AttributeInput = Attribute | readonly [type: number, value: Data | readonly AttributeInput[]]

const { nla_len, nla_type } = layout.nlattr
const LARGEST = 0xffff
const FLAGS = NLA_F_NESTED | NLA_F_NET_BYTEORDER
const DEEPEST = 64

/**
 * decodeAttributes - the attributes in bytes
 *
 * @param buffer what follows a message's header, or the value of a nested attribute
 * @returns the attributes in their order, whose `data` share the memory of `buffer`
 * @throws RangeError if an attribute is cut, which it names; TypeError
 * @example
 * for (const { type, data } of decodeAttributes(payload.subarray(16))) console.log(type, data)
 * @see man 7 netlink, man 3 netlink
 */
export function decodeAttributes(buffer: ArrayBufferView): Attribute[] {
  const bytes = writableBytesOf('decodeAttributes', 'buffer', buffer)
  const view = viewOf(bytes)
  const attributes: Attribute[] = []
  for (let at = 0; at < bytes.length; ) {
    const left = bytes.length - at
    if (left < NLA_HDRLEN) throw cut(`an attribute's header at ${at}, cut after ${left} bytes`)
    const length = uint16.read(view, at + nla_len)
    const flagged = uint16.read(view, at + nla_type)
    const type = flagged & ~FLAGS
    if (length < NLA_HDRLEN) throw cut(`attribute ${type} at ${at}, whose length is ${length}`)
    if (length > left) throw cut(`attribute ${type} at ${at}, of ${length} bytes, cut after ${left}`)
    attributes.push({
      type,
      nested: (flagged & NLA_F_NESTED) !== 0,
      netByteorder: (flagged & NLA_F_NET_BYTEORDER) !== 0,
      data: Buffer.from(bytes.buffer, bytes.byteOffset + at + NLA_HDRLEN, length - NLA_HDRLEN),
    })
    // What fills up the last one may be missing.
    at += aligned(length)
  }
  return attributes
}

function cut(what: string): RangeError {
  return wrongValue('decodeAttributes', 'buffer', 'whole attributes', what)
}

/** By their types. Where a type comes twice the last one counts, as the kernel has it. */
export function attributeMap(bytes: Uint8Array): Map<number, Buffer> {
  return new Map(decodeAttributes(bytes).map(({ type, data }) => [type, data]))
}

/**
 * encodeAttributes - the bytes of attributes
 *
 * @param attributes each a type and a value: bytes, a string (which gets a NUL), or a list of attributes
 * @returns the bytes, filled up to a multiple of four
 * @throws RangeError if a value is longer than 65531 bytes, or attributes are nested more than 64 deep;
 *   TypeError
 * @example
 * encodeAttributes([[IFLA_IFNAME, 'dummy7'], [IFLA_LINKINFO, [[IFLA_INFO_KIND, 'dummy']]]])
 * @see man 7 netlink
 */
export function encodeAttributes(attributes: Iterable<AttributeInput>): Buffer {
  return encodeNested(attributes, 0)
}

function encodeNested(attributes: unknown, depth: number): Buffer {
  if (depth > DEEPEST)
    throw wrongValue('encodeAttributes', 'attributes', `nested ${DEEPEST} deep at most`, depth)
  const all = list('encodeAttributes', 'attributes', 'a list of attributes', attributes)
  return Buffer.concat(all.map((attribute) => encodeOne(attribute, depth)))
}

function encodeOne(attribute: unknown, depth: number): Buffer {
  const [flagged, value] = partsOf(attribute, depth)
  const length = NLA_HDRLEN + value.length
  if (length > LARGEST) {
    throw wrongValue('encodeAttributes', 'value', `${LARGEST - NLA_HDRLEN} bytes at most`, value.length)
  }
  const bytes = Buffer.alloc(aligned(length))
  const view = viewOf(bytes)
  uint16.write(view, nla_len, length, 'encodeAttributes', 'length')
  uint16.write(view, nla_type, flagged, 'encodeAttributes', 'type')
  bytes.set(value, NLA_HDRLEN)
  return bytes
}

/** The type with its flags, and the value's bytes. */
function partsOf(attribute: unknown, depth: number): [flagged: number, value: Uint8Array] {
  if (Array.isArray(attribute)) {
    const [type, value] = attribute as unknown[]
    const flagged = integer('encodeAttributes', 'type', type, 0, LARGEST)
    if (Array.isArray(value)) return [flagged | NLA_F_NESTED, encodeNested(value, depth + 1)]
    const given = typeof value === 'string' ? `${value}\0` : value
    return [flagged, bytesOf('encodeAttributes', 'value', given)]
  }
  if (typeof attribute !== 'object' || attribute === null) {
    throw wrongType('encodeAttributes', 'attributes', '[type, value] each', attribute)
  }
  const { type, nested, netByteorder, data } = attribute as Record<keyof Attribute, unknown>
  const plain = integer('encodeAttributes', 'type', type, 0, LARGEST & ~FLAGS)
  const flags = (nested ? NLA_F_NESTED : 0) | (netByteorder ? NLA_F_NET_BYTEORDER : 0)
  return [plain | flags, writableBytesOf('encodeAttributes', 'data', data)]
}
