// When a packet came, went or is to go. Points of time are nanoseconds since 1970, as bigint; only `timestamp`, which has
// microseconds, is a number of seconds.
import { layout } from '../../sys/layout.ts'
import { uint32, uint64 } from '../ctypes.ts'
import { type StructCodec, scalar, struct } from '../structs/struct.ts'
import { timespecType, timevalType } from '../structs/time.ts'

/**
 * timestamp - SOL_SOCKET, SCM_TIMESTAMP: when a packet came
 *
 * Seconds since 1970, with microseconds. Received with SO_TIMESTAMP; never sent.
 *
 * @example
 * const when = new Date(timestamp.decode(data) * 1000)
 * @see https://docs.kernel.org/networking/timestamping.html
 */
export const timestamp: StructCodec<number> = scalar('timestamp', timevalType)

/**
 * timestampNs - SOL_SOCKET, SCM_TIMESTAMPNS: when a packet came, in nanoseconds
 *
 * Nanoseconds since 1970, as a bigint. Received with SO_TIMESTAMPNS; never sent.
 *
 * @example
 * const when = timestampNs.decode(data) // 1763646200123456789n
 * @see https://docs.kernel.org/networking/timestamping.html
 */
export const timestampNs: StructCodec<bigint> = scalar('timestampNs', timespecType)

/** The times of a packet, in nanoseconds; 0n for those that were not taken. */
export interface Timestamping {
  /** By the kernel's clock, since 1970. */
  readonly software: bigint
  /** No longer used. */
  readonly system: bigint
  /** By the clock of the network card. */
  readonly hardware: bigint
}

/**
 * timestamping - SOL_SOCKET, SCM_TIMESTAMPING: when a packet came or went, by software and by hardware
 *
 * `{ software, system, hardware }`, nanoseconds as bigints. Received with SO_TIMESTAMPING; those of sent packets come by the
 * error queue (MSG_ERRQUEUE), together with `extendedError`, whose `info` says what they are the time of: SCM_TSTAMP_SND,
 * SCM_TSTAMP_SCHED, SCM_TSTAMP_ACK.
 *
 * @example
 * const { software, hardware } = timestamping.decode(data)
 * @see https://docs.kernel.org/networking/timestamping.html
 */
export const timestamping: StructCodec<Timestamping> = struct('timestamping', 3 * timespecType.size, {
  software: [0, timespecType],
  system: [timespecType.size, timespecType],
  hardware: [2 * timespecType.size, timespecType],
})

/** Where a packet with a hardware time came in. */
export interface TimestampingPktinfo {
  /** The index of the interface. */
  readonly ifIndex: number
  /** The length of the packet, in bytes. */
  readonly pktLength: number
}

const info = layout.scm_ts_pktinfo

/**
 * timestampingPktinfo - SOL_SOCKET, SCM_TIMESTAMPING_PKTINFO: where a packet with a hardware time came in
 *
 * `{ ifIndex, pktLength }`. Received with SOF_TIMESTAMPING_OPT_PKTINFO; never sent.
 *
 * @example
 * const { ifIndex } = timestampingPktinfo.decode(data)
 * @see https://docs.kernel.org/networking/timestamping.html
 */
export const timestampingPktinfo: StructCodec<TimestampingPktinfo> = struct(
  'timestampingPktinfo',
  info.size,
  {
    ifIndex: [info.if_index, uint32],
    pktLength: [info.pkt_length, uint32],
  },
)

/**
 * timestampId - SOL_SOCKET, SCM_TS_OPT_ID: the number to identify the time stamps of a sent message by
 *
 * 32 bits. Sent; it comes back as `data` of the time stamp's `extendedError`.
 *
 * @example
 * await socket.sendmsg(['x'], [[SOL_SOCKET, SCM_TS_OPT_ID, timestampId.encode(7)]], 0, address)
 * @see https://docs.kernel.org/networking/timestamping.html
 */
export const timestampId: StructCodec<number> = scalar('timestampId', uint32)

/**
 * txTime - SOL_SOCKET, SCM_TXTIME: when to send a packet
 *
 * Nanoseconds by the clock of SO_TXTIME, as a bigint (or number). Sent; never received.
 *
 * @example
 * const soon = process.hrtime.bigint() + 1_000_000n // CLOCK_MONOTONIC
 * await socket.sendmsg(['x'], [[SOL_SOCKET, SCM_TXTIME, txTime.encode(soon)]], 0, address)
 * @see man 8 tc-etf
 */
export const txTime: StructCodec<bigint, bigint | number> = scalar('txTime', uint64)
