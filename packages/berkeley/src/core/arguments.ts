// Checks of what callers pass. Each returns the value, or throws an error that names the function and the parameter.
import { wrongType, wrongValue } from './errors.ts'

const INT_MIN = -(2 ** 31)
const INT_MAX = 2 ** 31 - 1

/** The most that the kernel moves in one call (MAX_RW_COUNT). */
export const LARGEST_TRANSFER = 0x7ffff000

export function integer(
  syscall: string,
  parameter: string,
  value: unknown,
  least: number,
  most: number,
): number {
  if (typeof value !== 'number') throw wrongType(syscall, parameter, 'a whole number', value)
  if (!Number.isInteger(value))
    throw (Number.isFinite(value) ? wrongType : wrongValue)(syscall, parameter, 'a whole number', value)
  if (value < least || value > most) throw wrongValue(syscall, parameter, `${least} to ${most}`, value)
  return value
}

/** A C `int`: flags, levels, option names, family, type, proto. */
export function int(syscall: string, parameter: string, value: unknown): number {
  return integer(syscall, parameter, value, INT_MIN, INT_MAX)
}

/** As `int`, with a default for `undefined`. */
export function optionalInt(syscall: string, parameter: string, value: unknown, otherwise: number): number {
  return value === undefined ? otherwise : int(syscall, parameter, value)
}

/** How many bytes to move at most. */
export function byteCount(syscall: string, parameter: string, value: unknown): number {
  return integer(syscall, parameter, value, 0, LARGEST_TRANSFER)
}

/** Seconds, fractional, not negative; or `null` for no limit. */
export function seconds(syscall: string, parameter: string, value: unknown): number | null {
  if (value === null) return null
  if (typeof value !== 'number') throw wrongType(syscall, parameter, 'a number of seconds or null', value)
  if (Number.isNaN(value) || value < 0)
    throw wrongValue(syscall, parameter, 'a number of seconds, not negative', value)
  if (value > LONGEST_TIMEOUT)
    throw wrongValue(syscall, parameter, `at most ${LONGEST_TIMEOUT} seconds`, value)
  return value
}

// As in CPython: what fits in 64 bits of nanoseconds.
const LONGEST_TIMEOUT = 9223372036

export function text(syscall: string, parameter: string, value: unknown): string {
  if (typeof value !== 'string') throw wrongType(syscall, parameter, 'a string', value)
  if (value.includes('\0')) throw wrongValue(syscall, parameter, 'a string without NUL', value)
  return value
}

export function boolean(syscall: string, parameter: string, value: unknown): boolean {
  if (typeof value !== 'boolean' && typeof value !== 'number') {
    throw wrongType(syscall, parameter, 'a boolean', value)
  }
  return Boolean(value)
}

/** The elements of an iterable. Bytes are none: spread out, a large buffer would need more memory than there is. */
export function list(syscall: string, parameter: string, must: string, value: unknown): unknown[] {
  const iterable =
    typeof value === 'object' && value !== null && !ArrayBuffer.isView(value) && Symbol.iterator in value
  if (!iterable) throw wrongType(syscall, parameter, must, value)
  return [...(value as Iterable<unknown>)]
}
