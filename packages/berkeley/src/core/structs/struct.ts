// Structured values as bytes: what all codecs of this folder and of ../ancillary are made with.
// A struct is a table of its members: name in JavaScript, offset as the compiler told it, type of C. Names are those of C
// without the prefix, spelled as JavaScript does: `imr_multiaddr` is `multiaddr`.
import { writableBytesOf } from '../bytes.ts'
import { type CType, viewOf } from '../ctypes.ts'
import { wrongType, wrongValue } from '../errors.ts'

declare const VALUE: unique symbol

/** `Bytes`, but not those that are known to be of something else than `Value`. For the compiler: there is no such member. */
export type BytesFor<Value, Bytes> = Bytes & { readonly [VALUE]?: (value: Value) => Value }

/** The bytes of a `Value`. */
export type Encoded<Value> = BytesFor<Value, Buffer>

/** How a structured value is written as bytes, and read from them. */
export interface StructCodec<Value, Given = Value> {
  /**
   * The bytes of a value.
   *
   * @throws TypeError and RangeError, which name the member that is wrong
   */
  encode(value: Given): Encoded<Value>
  /**
   * The value of bytes. What follows it is not looked at.
   *
   * @throws RangeError if the bytes cannot be such a value, most likely because there are too few
   */
  decode(buffer: BytesFor<Value, ArrayBufferView>): Value
  /** Whether `decode` can read these bytes. */
  understands(buffer: Uint8Array): boolean
}

interface Definition<Value> {
  readonly name: string
  /** What bytes have to be to be understood, for the error. */
  readonly must: string
  encode(value: unknown, call: string): Buffer
  understands(bytes: Uint8Array): boolean
  /** Of bytes that are understood. */
  read(bytes: Uint8Array): Value
}

export function codec<Value, Given = Value>(definition: Definition<Value>): StructCodec<Value, Given> {
  const { name, must, understands } = definition
  return {
    encode: (value) => definition.encode(value, `${name}.encode`),
    decode(buffer) {
      const bytes = writableBytesOf(`${name}.decode`, 'buffer', buffer)
      if (!understands(bytes)) throw wrongValue(`${name}.decode`, 'buffer', must, bytes.length)
      return definition.read(bytes)
    },
    understands,
  }
}

// ---- structs --------------------------------------------------------------------------------------------------------

/** A member: where it is, what it is, and what it is if it is not given. */
export type Member<Value> = readonly [at: number, type: CType<Value>, otherwise?: Value]

export type Members<Value> = { readonly [Key in keyof Value]-?: Member<Exclude<Value[Key], undefined>> }

type AnyMember = readonly [name: string, at: number, type: CType<unknown>, otherwise: unknown]

// Made when first needed: most programs need none of the structs that they import.
function listOf<Value>(table: Members<Value> | (() => Members<Value>)): () => readonly AnyMember[] {
  let list: readonly AnyMember[] | undefined
  const make = (): AnyMember[] => {
    const members = typeof table === 'function' ? table() : table
    return Object.entries<Member<unknown>>(members as Record<string, Member<unknown>>).map(
      ([name, [at, type, otherwise]]) => [name, at, type, otherwise],
    )
  }
  return () => {
    list ??= make()
    return list
  }
}

function writeMember(
  view: DataView,
  [name, at, type, otherwise]: AnyMember,
  value: Record<string, unknown>,
  call: string,
): void {
  type.write(view, at, value[name] ?? otherwise, call, name)
}

function mustBeObject(
  value: unknown,
  members: readonly AnyMember[],
  call: string,
  further: readonly string[] = [],
): asserts value is Record<string, unknown> {
  if (typeof value === 'object' && value !== null) return
  const names = members.map(([name, , , otherwise]) => (otherwise === undefined ? name : `${name}?`))
  throw wrongType(call, 'value', `{ ${[...names.slice(0, 6), ...further].join(', ')} }`, value)
}

function readMembers<Value>(members: readonly AnyMember[], bytes: Uint8Array): Value {
  const view = viewOf(bytes)
  return Object.fromEntries(members.map(([name, at, type]) => [name, type.read(view, at)])) as Value
}

/** The members that a struct begins with, for those that go on with something else, of the names `further`. */
export function membersOf<Value>(table: Members<Value>, further: readonly string[]) {
  const members = listOf(table)
  return {
    objectOf(value: unknown, call: string): Record<string, unknown> {
      mustBeObject(value, members(), call, further)
      return value
    },
    write(view: DataView, value: Record<string, unknown>, call: string): void {
      for (const member of members()) writeMember(view, member, value, call)
    },
    read: <Head = Value>(bytes: Uint8Array): Head => readMembers(members(), bytes),
  }
}

/** A struct of `size` bytes. */
export function struct<Value, Given = Value>(
  name: string,
  size: number,
  table: Members<Value>,
): StructCodec<Value, Given> {
  const members = listOf(table)
  return codec({
    name,
    must: `at least ${size} bytes`,
    encode(value, call) {
      mustBeObject(value, members(), call)
      const bytes = Buffer.alloc(size)
      const view = viewOf(bytes)
      for (const member of members()) writeMember(view, member, value, call)
      return bytes
    },
    understands: (bytes) => bytes.length >= size,
    read: (bytes) => readMembers(members(), bytes),
  })
}

/**
 * A struct that the kernel has been adding to. What came of it has the members that lie within the bytes, at least the
 * `least` first; what is given is written up to the last member that is given, with zeros for those that are missing.
 */
export function growingStruct<Value>(
  name: string,
  least: number,
  table: Members<Value> | (() => Members<Value>),
): StructCodec<Value, Partial<Value>> {
  const members = listOf(table)
  const endOf = ([, at, type]: AnyMember) => at + type.size
  return codec({
    name,
    must: `at least ${least} bytes`,
    encode(value, call) {
      mustBeObject(value, members(), call)
      const given = members().filter(([member]) => value[member] !== undefined)
      const bytes = Buffer.alloc(Math.max(least, ...given.map(endOf)))
      const view = viewOf(bytes)
      for (const member of given) writeMember(view, member, value, call)
      return bytes
    },
    understands: (bytes) => bytes.length >= least,
    read(bytes) {
      const whole = members().filter((member) => endOf(member) <= bytes.length)
      return readMembers(whole, bytes)
    },
  })
}

// ---- other shapes ---------------------------------------------------------------------------------------------------

/** One value of a type of C. */
export function scalar<Value, Given = Value>(name: string, type: CType<Value>): StructCodec<Value, Given> {
  return codec({
    name,
    must: `at least ${type.size} bytes`,
    encode(value, call) {
      const bytes = Buffer.alloc(type.size)
      type.write(viewOf(bytes), 0, value, call, 'value')
      return bytes
    },
    understands: (bytes) => bytes.length >= type.size,
    read: (bytes) => type.read(viewOf(bytes), 0),
  })
}

/** An array, of any length, of values of one size. */
export function arrayOf<Value, Given = Value>(
  name: string,
  size: number,
  element: Pick<StructCodec<Value, Given>, 'encode' | 'decode'>,
): StructCodec<Value[], readonly Given[]> {
  return codec({
    name,
    must: `a multiple of ${size} bytes`,
    encode(values, call) {
      if (!Array.isArray(values)) throw wrongType(call, 'value', 'an array', values)
      // Not `map`, which passes over holes.
      return Buffer.concat(Array.from(values, (value) => element.encode(value)))
    },
    understands: (bytes) => bytes.length % size === 0,
    read(bytes) {
      const count = bytes.length / size
      return Array.from({ length: count }, (_, i) => element.decode(bytes.subarray(i * size, (i + 1) * size)))
    },
  })
}
