// SO_TIMESTAMPING, where it is more than its flags.
import { layout } from '../../sys/layout.ts'
import { int32 } from '../ctypes.ts'
import { type StructCodec, struct } from './struct.ts'

/** Which times are taken, and by which clock of the network card. */
export interface SoTimestamping {
  /** `SOF_TIMESTAMPING_RX_HARDWARE | SOF_TIMESTAMPING_BIND_PHC | …` */
  readonly flags: number
  /** The index of the clock, with `SOF_TIMESTAMPING_BIND_PHC`; 0 by default. */
  readonly bindPhc: number
}

const { size, flags, bind_phc } = layout.so_timestamping

/**
 * soTimestamping - the value of SO_TIMESTAMPING: which times are taken, and by which clock
 *
 * `{ flags, bindPhc? }` and struct so_timestamping. Without a clock of its own, the flags alone do, as a number.
 *
 * @example
 * const value = { flags: SOF_TIMESTAMPING_RX_HARDWARE | SOF_TIMESTAMPING_BIND_PHC, bindPhc: 1 }
 * socket.setsockopt(SOL_SOCKET, SO_TIMESTAMPING, soTimestamping.encode(value))
 * @see https://docs.kernel.org/networking/timestamping.html
 */
export const soTimestamping: StructCodec<
  SoTimestamping,
  Omit<SoTimestamping, 'bindPhc'> & Partial<SoTimestamping>
> = struct('soTimestamping', size, {
  flags: [flags, int32],
  bindPhc: [bind_phc, int32, 0],
})
