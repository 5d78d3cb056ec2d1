// SO_TXTIME: packets that are sent at a time of their own.
import { layout } from '../../sys/layout.ts'
import { int32, uint32 } from '../ctypes.ts'
import { type StructCodec, struct } from './struct.ts'

/** By which clock packets are sent, and how. */
export interface SockTxtime {
  /** `CLOCK_MONOTONIC` (1), `CLOCK_TAI` (11), …: the numbers of clock_gettime(2). */
  readonly clockid: number
  /** `SOF_TXTIME_DEADLINE_MODE | SOF_TXTIME_REPORT_ERRORS`; 0 by default. */
  readonly flags: number
}

const { size, clockid, flags } = layout.sock_txtime

/**
 * sockTxtime - the value of SO_TXTIME: by which clock packets are sent at their time
 *
 * `{ clockid, flags? }` and struct sock_txtime. The time of each packet comes with it, as `txTime`.
 *
 * @example
 * socket.setsockopt(SOL_SOCKET, SO_TXTIME, sockTxtime.encode({ clockid: 1 }))
 * @see man 8 tc-etf
 */
export const sockTxtime: StructCodec<SockTxtime, Omit<SockTxtime, 'flags'> & Partial<SockTxtime>> = struct(
  'sockTxtime',
  size,
  {
    clockid: [clockid, int32],
    flags: [flags, uint32, 0],
  },
)
