// Which frames a CAN_RAW socket receives.
import { layout } from '../../sys/layout.ts'
import { uint32 } from '../ctypes.ts'
import { arrayOf, type StructCodec, struct } from './struct.ts'

/** Lets frames through whose identifier and this one are the same in the bits of the mask. */
export interface CanFilter {
  /** The identifier, with `CAN_EFF_FLAG` and `CAN_RTR_FLAG`; with `CAN_INV_FILTER` for what does not match. */
  readonly id: number
  /** Which bits count; with `CAN_EFF_FLAG` and `CAN_RTR_FLAG`, if these do. */
  readonly mask: number
}

const { size, can_id, can_mask } = layout.can_filter

const element = struct<CanFilter>('canFilter', size, {
  id: [can_id, uint32],
  mask: [can_mask, uint32],
})

/**
 * canFilter - the value of CAN_RAW_FILTER: which frames to receive
 *
 * `{ id, mask }[]` and an array of struct can_filter. A frame is received if one of them matches; no filter, no frame.
 *
 * @example
 * const filters = [{ id: 0x123, mask: CAN_SFF_MASK }, { id: 0x200, mask: 0x700 }]
 * socket.setsockopt(SOL_CAN_RAW, CAN_RAW_FILTER, canFilter.encode(filters))
 * @see https://docs.kernel.org/networking/can.html
 */
export const canFilter: StructCodec<CanFilter[], readonly CanFilter[]> = arrayOf('canFilter', size, element)
