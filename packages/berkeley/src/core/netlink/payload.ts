// What most messages are: a struct, filled up to a multiple of four bytes, and attributes.
import { writableBytesOf } from '../bytes.ts'
import { wrongValue } from '../errors.ts'
import type { StructCodec } from '../structs/struct.ts'
import { aligned } from './alignment.ts'
import { attributeMap } from './attributes.ts'

/** The struct and the attributes of a payload. */
export function startOf<Header>(
  call: string,
  payload: unknown,
  codec: StructCodec<Header, never>,
  size: number,
): [header: Header, attributes: ReadonlyMap<number, Buffer>] {
  const bytes = writableBytesOf(call, 'payload', payload)
  if (!codec.understands(bytes)) throw wrongValue(call, 'payload', `at least ${size} bytes`, bytes.length)
  return [codec.decode(bytes), attributeMap(bytes.subarray(aligned(size)))]
}
