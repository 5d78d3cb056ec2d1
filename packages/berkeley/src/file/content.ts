// What goes in and out of a file, by its mode and form, as types.
import type { WritableBytes } from '../core/bytes.ts'
import type { Form } from '../core/form.ts'

/** What a file of this mode reads: bytes if there is a `b` in it, else text. */
export type Content<M extends string> = string extends M
  ? Buffer | string
  : M extends `${string}b${string}`
    ? Buffer
    : string

/** What a file of this mode writes. */
export type Writable<M extends string> = string extends M
  ? WritableBytes | string
  : M extends `${string}b${string}`
    ? WritableBytes
    : string

/** `{ signal }`, which ends the wait; what has come or is still to be sent stays in the buffer. */
export type FileWait<F extends Form> = F extends 'async'
  ? { readonly signal?: AbortSignal | undefined }
  : never
