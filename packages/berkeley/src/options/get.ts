// Any option of any socket, by its descriptor alone.
import { int, integer } from '../core/arguments.ts'
import { lengthOf, writableBytesOf } from '../core/bytes.ts'
import { type Descriptor, descriptorOrClosed } from '../core/descriptor.ts'
import type { NumericOption, OptionBytes } from '../core/options/table.ts'
import { native } from '../sys/native.ts'
import { check, getInt } from './calls.ts'

const LONGEST = 65_536

/**
 * getsockopt - the value of an option of any socket
 *
 * As the method of the same name, but without a socket object: nothing is changed, not even whether the descriptor blocks,
 * as `fromfd` does. So it is fit for sockets that others use as well.
 *
 * @param socket a socket of either form, anything else that has a descriptor, or a descriptor
 * @param level `SOL_SOCKET`, `IPPROTO_TCP`, …
 * @param optname `SO_REUSEADDR`, …
 * @param buflen the most bytes that the value may have, 1 to 65536; 0 (the default) for an integer. Or bytes, at most so
 *   many, for options that are asked with a value: they are left as they are, and the answer has room for as many
 * @returns a number, or as many bytes as the value has
 * @throws OSError ENOPROTOOPT, EBADF, ENOTSOCK; TypeError, RangeError
 * @example
 * const size = getsockopt(netSocket._handle, SOL_SOCKET, SO_RCVBUF)
 * @see man 2 getsockopt
 */
export function getsockopt<Level extends number, Name extends number>(
  socket: Descriptor,
  level: Level,
  optname: NumericOption<number, Level, Name> & Name,
): number
export function getsockopt<Level extends number, Name extends number>(
  socket: Descriptor,
  level: Level,
  optname: Name,
  buflen: number | ArrayBufferView,
): OptionBytes<number, Level, Name>
export function getsockopt(
  socket: Descriptor,
  level: number,
  optname: number,
  buflen: number | ArrayBufferView = 0,
): number | Buffer {
  const fd = descriptorOrClosed('getsockopt', 'socket', socket)
  int('getsockopt', 'level', level)
  int('getsockopt', 'optname', optname)
  const question = ArrayBuffer.isView(buflen) ? writableBytesOf('getsockopt', 'buflen', buflen) : null
  const length = question === null ? buflen : lengthOf(question)
  const size = integer('getsockopt', 'buflen', length, 0, LONGEST)
  if (size === 0) return getInt(fd, level, optname)
  const value = question === null ? Buffer.alloc(size) : Buffer.from(question)
  return value.subarray(0, check(native.getsockopt(fd, level, optname, value), 'getsockopt'))
}
