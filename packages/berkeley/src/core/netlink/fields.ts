// Attributes as the members of an object: a table says which attribute each member is, what it holds, and
// what stands for it if it is not there.
// Rule: too short a value is an error that names the member; a longer one is the kernel's growth, and is not
// looked at.
import { formatIPv4, formatIPv6 } from '../address/ip.ts'
import {
  uint8 as byte,
  type CType,
  uint16 as short,
  int32 as signed,
  viewOf,
  uint32 as word,
} from '../ctypes.ts'
import { wrongValue } from '../errors.ts'
import type { StructCodec } from '../structs/struct.ts'

/** What an attribute holds. */
export interface Kind<Value> {
  /** What the bytes have to be, for the error. */
  readonly must: string
  /** `undefined` if they are not that. */
  read(data: Buffer): Value | undefined
}

/** The members of an object that are attributes. */
export type Fields<Value> = {
  readonly [Key in keyof Value]: readonly [
    type: number,
    kind: Kind<NonNullable<Value[Key]>>,
    otherwise: Value[Key],
  ]
}

/** The members, out of the attributes. `call` is for errors: whose members they are. */
export function readFields<Value>(
  call: string,
  fields: Fields<Value>,
  attributes: ReadonlyMap<number, Buffer>,
): Value {
  const value: Record<string, unknown> = {}
  for (const name in fields) {
    const [type, kind, otherwise] = fields[name]
    const data = attributes.get(type)
    value[name] = data === undefined ? otherwise : readKind(call, name, kind, data)
  }
  return value as Value
}

export function readKind<Value>(call: string, name: string, kind: Kind<Value>, data: Buffer): Value {
  const value = kind.read(data)
  if (value === undefined) throw wrongValue(call, name, kind.must, `${data.length} bytes`)
  return value
}

/** A type of C. */
export function plain<Value>(type: CType<Value>): Kind<Value> {
  return {
    must: `at least ${type.size} bytes`,
    read: (data) => (data.length < type.size ? undefined : type.read(viewOf(data), 0)),
  }
}

/** A struct of which the first `size` bytes must be there. */
export function whole<Value>(
  codec: Pick<StructCodec<Value>, 'decode' | 'understands'>,
  size: number,
): Kind<Value> {
  return {
    must: `at least ${size} bytes`,
    read: (data) => (codec.understands(data) ? codec.decode(data) : undefined),
  }
}

export const u8 = plain(byte)
export const u16 = plain(short)
export const u32 = plain(word)
export const s32 = plain(signed)

/** A byte that means yes or no. */
export const yes: Kind<boolean> = {
  must: u8.must,
  read: (data) => (data.length === 0 ? undefined : data[0] !== 0),
}

/** Text up to its NUL, if it has one. */
export const text: Kind<string> = {
  must: 'text',
  read(data) {
    const end = data.indexOf(0)
    return data.toString('utf8', 0, end < 0 ? data.length : end)
  },
}

/** A hardware address: `02:42:ac:11:00:02`. */
export const hardware: Kind<string> = { must: 'bytes', read: hardwareText }

function hardwareText(data: Buffer): string {
  return data.toString('hex').replace(/..(?!$)/g, '$&:')
}

/** An IP address, by its length; of other families the bytes, as of a hardware address. */
export const ip: Kind<string> = { must: 'bytes', read: ipText }

export function ipText(data: Uint8Array): string {
  if (data.length === 4) return formatIPv4(data, 0)
  if (data.length === 16) return formatIPv6(data, 0)
  return hardwareText(Buffer.from(data))
}
