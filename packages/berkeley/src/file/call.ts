// One call of a method of a file: what all of them check.
import { integer } from '../core/arguments.ts'
import { wrongType, wrongValue } from '../core/errors.ts'

export interface Call {
  /** The method, for errors. */
  readonly name: string
  readonly signal: AbortSignal | null
  /** Flags for sending. */
  readonly flags: number
}

/** The call of the method `name` with these `options`. */
export function callOf(name: string, options: unknown): Call {
  if (options === undefined) return { name, signal: null, flags: 0 }
  if (typeof options !== 'object' || options === null) throw wrongType(name, 'options', 'an object', options)
  const { signal } = options as { signal?: unknown }
  if (signal === undefined) return { name, signal: null, flags: 0 }
  if (!(signal instanceof AbortSignal)) throw wrongType(name, 'signal', 'an AbortSignal', signal)
  return { name, signal, flags: 0 }
}

/** No limit of size. */
export const ALL = Number.POSITIVE_INFINITY

/** A number of bytes or characters; left out, `null` and -1 are all of them. */
export function limitOf(name: string, parameter: string, value: unknown): number {
  if (value === undefined || value === null) return ALL
  const count = integer(name, parameter, value, -1, Number.MAX_SAFE_INTEGER)
  return count < 0 ? ALL : count
}

export function closedFile(name: string): RangeError {
  return wrongValue(name, 'file', 'open', 'a closed one')
}
