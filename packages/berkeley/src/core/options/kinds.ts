// What the value of an option can be: types only, which leave nothing behind at run time.
import type { WritableBytes } from '../bytes.ts'
import type { BytesFor, Encoded } from '../structs/struct.ts'

/** An option: what `setsockopt` takes, and what `getsockopt` gives. */
export interface Kind<Given, Got> {
  readonly given: Given
  readonly got: Got
}

/** A C `int`, which often means yes or no. */
export type Int = Kind<number | boolean, number>

/** Bytes for which there is no codec. */
export type Bytes = Kind<WritableBytes, Buffer>

/** Bytes for which there is a codec of `Value`: those that a codec of something else made are refused. */
export type Struct<Value> = Kind<BytesFor<Value, WritableBytes>, Encoded<Value>>

/** The name of something, which the kernel returns with a NUL behind it. */
export type Text = Kind<string | WritableBytes, Buffer>

/** A key: text or bytes, which the kernel never gives back. */
export type Secret = Kind<string | WritableBytes, never>

/** An int, or more than that. */
export type IntOr<Other extends Kind<unknown, unknown>> = Kind<
  Int['given'] | Other['given'],
  Int['got'] | Other['got']
>

/** An option that can only be read. */
export type ReadOnly<Any extends Kind<unknown, unknown>> = Kind<never, Any['got']>
