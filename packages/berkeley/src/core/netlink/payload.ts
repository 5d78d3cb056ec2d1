// What most messages are: a struct, filled up to a multiple of four bytes, and attributes.
import { writableBytesOf } from '../bytes.ts'
import { viewOf } from '../ctypes.ts'
import { wrongValue } from '../errors.ts'
import type { StructCodec } from '../structs/struct.ts'
import { aligned } from './alignment.ts'
import { attributeMap } from './attributes.ts'

/** The struct of `size` bytes at the beginning of a payload, and the attributes behind it. */
export function structAndAttributes(
  call: string,
  payload: unknown,
  size: number,
): [struct: DataView, attributes: ReadonlyMap<number, Buffer>] {
  const bytes = writableBytesOf(call, 'payload', payload)
  if (bytes.length < size) throw wrongValue(call, 'payload', `at least ${size} bytes`, bytes.length)
  return [viewOf(bytes), attributeMap(bytes.subarray(aligned(size)))]
}

/** The same where the struct has a codec. */
export function startOf<Header>(
  call: string,
  payload: unknown,
  codec: StructCodec<Header, never>,
  size: number,
): [header: Header, attributes: ReadonlyMap<number, Buffer>] {
  const [struct, attributes] = structAndAttributes(call, payload, size)
  return [codec.decode(struct), attributes]
}
