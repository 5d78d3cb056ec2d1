// Which messages a CAN_J1939 socket receives.
import { layout } from '../../sys/layout.ts'
import { uint8, uint32, uint64 } from '../ctypes.ts'
import { arrayOf, type StructCodec, struct } from './struct.ts'

/** Lets messages through whose sender and kind are the same in the bits of the masks. */
export interface J1939Filter {
  /** The NAME of the sender. */
  readonly name: bigint
  /** Which bits of it count; 0 (the default when given) for none. */
  readonly nameMask: bigint
  /** The parameter group. */
  readonly pgn: number
  /** Which bits of it count; 0 (the default when given) for none. */
  readonly pgnMask: number
  /** The address of the sender. */
  readonly addr: number
  /** Which bits of it count; 0 (the default when given) for none. */
  readonly addrMask: number
}

/** A number does for a NAME. */
type Given = Partial<Omit<J1939Filter, 'name' | 'nameMask'>> & {
  readonly name?: bigint | number
  readonly nameMask?: bigint | number
}

const filter = layout.j1939_filter

const element = struct<J1939Filter, Given>('j1939Filter', filter.size, {
  name: [filter.name, uint64, 0n],
  nameMask: [filter.name_mask, uint64, 0n],
  pgn: [filter.pgn, uint32, 0],
  pgnMask: [filter.pgn_mask, uint32, 0],
  addr: [filter.addr, uint8, 0],
  addrMask: [filter.addr_mask, uint8, 0],
})

/**
 * j1939Filter - the value of SO_J1939_FILTER: which J1939 messages to receive
 *
 * `{ name?, nameMask?, pgn?, pgnMask?, addr?, addrMask? }[]` and an array of struct j1939_filter. A message is received if
 * one of them matches; without any filter, everything is.
 *
 * @example
 * const filters = [{ pgn: 0xfeca, pgnMask: J1939_PGN_PDU1_MAX }]
 * socket.setsockopt(SOL_CAN_J1939, SO_J1939_FILTER, j1939Filter.encode(filters))
 * @see https://docs.kernel.org/networking/j1939.html
 */
export const j1939Filter: StructCodec<J1939Filter[], readonly Given[]> = arrayOf(
  'j1939Filter',
  filter.size,
  element,
)
