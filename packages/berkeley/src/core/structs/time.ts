// Spans and points of time: struct timeval (microseconds) as seconds, struct timespec (nanoseconds) as a bigint, since a
// number has not enough digits for today in nanoseconds.
import { LITTLE_ENDIAN } from '../../sys/byte-order.ts'
import { layout } from '../../sys/layout.ts'
import { bigInteger, type CType } from '../ctypes.ts'
import { wrongType, wrongValue } from '../errors.ts'
import { type StructCodec, scalar } from './struct.ts'

const { timeval: usecs, timespec: nsecs } = layout

/** time_t and long have 64 bits, or 32. */
const WIDE = usecs.tv_usec - usecs.tv_sec === 8

function readLong(from: DataView, at: number): bigint {
  return WIDE ? from.getBigInt64(at, LITTLE_ENDIAN) : BigInt(from.getInt32(at, LITTLE_ENDIAN))
}

function writeLong(to: DataView, at: number, value: bigint): void {
  if (WIDE) to.setBigInt64(at, value, LITTLE_ENDIAN)
  else to.setInt32(at, Number(value), LITTLE_ENDIAN)
}

/** Beyond this, a number of seconds has not enough digits for microseconds. */
const LONGEST = WIDE ? 2 ** 32 : 2 ** 31 - 1

/** struct timeval, as seconds. A time that is not 0 never becomes 0, which often means "no limit". */
export const timevalType: CType<number> = {
  size: usecs.size,
  // The sum of whole numbers first: it is exact, so that what was written reads back.
  read: (from, at) =>
    (Number(readLong(from, at + usecs.tv_sec)) * 1e6 + Number(readLong(from, at + usecs.tv_usec))) / 1e6,
  write(to, at, value, call, parameter) {
    if (typeof value !== 'number') throw wrongType(call, parameter, 'a number of seconds', value)
    if (!(value >= 0 && value <= LONGEST)) throw wrongValue(call, parameter, `0 to ${LONGEST} seconds`, value)
    const total = BigInt(value > 0 ? Math.max(1, Math.round(value * 1e6)) : 0)
    writeLong(to, at + usecs.tv_sec, total / 1_000_000n)
    writeLong(to, at + usecs.tv_usec, total % 1_000_000n)
  },
}

const BILLION = 1_000_000_000n
const LATEST = (WIDE ? 2n ** 63n : 2n ** 31n) * BILLION - 1n

/** struct timespec, as nanoseconds. */
export const timespecType: CType<bigint> = {
  size: nsecs.size,
  read: (from, at) => readLong(from, at + nsecs.tv_sec) * BILLION + readLong(from, at + nsecs.tv_nsec),
  write(to, at, value, call, parameter) {
    const total = bigInteger(call, parameter, value, LATEST)
    writeLong(to, at + nsecs.tv_sec, total / BILLION)
    writeLong(to, at + nsecs.tv_nsec, total % BILLION)
  },
}

/**
 * timeval - a span of time, as SO_RCVTIMEO, SO_SNDTIMEO and SO_VM_SOCKETS_CONNECT_TIMEOUT have it
 *
 * Seconds, fractional, rounded to microseconds, and struct timeval. 0 is no limit.
 *
 * @example
 * socket.setsockopt(SOL_SOCKET, SO_SNDTIMEO, timeval.encode(2.5))
 * @see man 7 socket, SO_RCVTIMEO; man 3 timeval
 */
export const timeval: StructCodec<number> = scalar('timeval', timevalType)
