// How long to wait, as the three modules of Python have it: each takes a negative number for something else.
import { seconds } from '../core/arguments.ts'
import { wrongType, wrongValue } from '../core/errors.ts'

/** What one unit is in seconds. */
const UNITS = { seconds: 1, milliseconds: 1 / 1000 } as const

/**
 * A time limit in seconds, or `null` for none, which is also what is meant if it is left out.
 *
 * @param negative what a negative number means: no limit, or not to wait; without, it is an error
 */
export function timeLimit(
  syscall: string,
  unit: keyof typeof UNITS,
  value: unknown,
  negative?: null | 0,
): number | null {
  if (value === undefined || value === null) return null
  if (typeof value !== 'number') throw wrongType(syscall, 'timeout', `a number of ${unit} or null`, value)
  if (Number.isNaN(value)) throw wrongValue(syscall, 'timeout', `a number of ${unit} or null`, value)
  if (value >= 0) return seconds(syscall, 'timeout', value * UNITS[unit])
  if (negative === undefined) throw wrongValue(syscall, 'timeout', 'non-negative', value)
  return negative
}
