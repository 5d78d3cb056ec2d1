// SO_LINGER.
import { layout } from '../../sys/layout.ts'
import { flag, int32 } from '../ctypes.ts'
import { type StructCodec, struct } from './struct.ts'

/** Whether and how long closing waits for unsent data. */
export interface Linger {
  /** Whether it waits. */
  readonly onoff: boolean
  /** How long, in whole seconds. With 0, unsent data is thrown away, and a TCP connection is reset. */
  readonly linger: number
}

const { size, l_onoff, l_linger } = layout.linger

/**
 * linger - the value of SO_LINGER: whether and how long closing waits for unsent data
 *
 * `{ onoff: boolean, linger: seconds }` and struct linger.
 *
 * @example
 * socket.setsockopt(SOL_SOCKET, SO_LINGER, linger.encode({ onoff: true, linger: 0 }))
 * socket.close() // resets the connection
 * @see man 7 socket, SO_LINGER
 */
export const linger: StructCodec<Linger> = struct('linger', size, {
  onoff: [l_onoff, flag],
  linger: [l_linger, int32],
})
