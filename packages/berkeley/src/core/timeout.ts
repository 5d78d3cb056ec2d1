// The time limit that new sockets start with. One per thread, as it is per interpreter in Python.
import { seconds } from './arguments.ts'

let defaultTimeout: number | null = null

/**
 * getdefaulttimeout - the time limit, in seconds, that new sockets start with
 *
 * @returns seconds, or `null` for no limit (which it is at first)
 * @example
 * console.log(getdefaulttimeout()) // null
 * @see setdefaulttimeout
 */
export function getdefaulttimeout(): number | null {
  return defaultTimeout
}

/**
 * setdefaulttimeout - set the time limit that new sockets start with
 *
 * @param timeout seconds, may be fractional; `null` for no limit; 0 for non-blocking
 * @throws RangeError if it is negative or not a number
 * @example
 * setdefaulttimeout(2.5)
 * @see getdefaulttimeout
 */
export function setdefaulttimeout(timeout: number | null): void {
  defaultTimeout = seconds('setdefaulttimeout', 'timeout', timeout)
}
