// Options of Bluetooth's sockets. The numbers of L2CAP's have the machine's byte order.
import { uint8, uint16, uint32, uint64 } from '../core/ctypes.ts'
import { type StructCodec, struct } from '../core/structs/struct.ts'
import { layout } from '../sys/families-layout.ts'

/** Which packets of a device a BTPROTO_HCI socket receives: one bit for each. */
export interface HciFilter {
  /** Types of packets: bit 1 commands, 2 data, 4 events. */
  readonly typeMask: number
  /** Events, by their codes. */
  readonly eventMask: bigint
  /** Of the events that answer a command, only those of this one; 0 for all. */
  readonly opcode: number
}

const filter = layout.hci_filter

/**
 * hciFilter - the value of HCI_FILTER: which packets a BTPROTO_HCI socket receives
 *
 * `{ typeMask?, eventMask?, opcode? }` and struct hci_filter. What is left out lets nothing through.
 *
 * @example
 * const events = hciFilter.encode({ typeMask: 1 << 4, eventMask: 2n ** 64n - 1n })
 * socket.setsockopt(SOL_HCI, HCI_FILTER, events)
 * @see Bluetooth Core Specification, volume 4, part E
 */
export const hciFilter: StructCodec<HciFilter, Partial<HciFilter>> = struct('hciFilter', filter.size, {
  typeMask: [filter.type_mask, uint32, 0],
  // Two words of 32 bits, of which the lower comes first: the same on the machines that there are, little-endian ones.
  eventMask: [filter.event_mask, uint64, 0n],
  opcode: [filter.opcode, uint16, 0],
})

/** How a channel of L2CAP works. */
export interface L2capOptions {
  /** The longest message that can be sent. */
  readonly omtu: number
  /** The longest message that can be received. */
  readonly imtu: number
  /** After how many milliseconds a message is given up. */
  readonly flushTo: number
  /** `BT_MODE_BASIC`, `BT_MODE_ERTM`, … as L2CAP itself numbers them: 0, 3, 4. */
  readonly mode: number
  /** Whether there is a checksum: 0 or 1. */
  readonly fcs: number
  /** How often a message is sent again. */
  readonly maxTx: number
  /** How many messages may be under way. */
  readonly txwinSize: number
}

const l2cap = layout.l2cap_options

/**
 * l2capOptions - the value of L2CAP_OPTIONS: how a channel of L2CAP works
 *
 * `{ omtu, imtu, flushTo, mode, fcs, maxTx, txwinSize }` and struct l2cap_options. Get it, change it, set it.
 *
 * @example
 * const options = l2capOptions.decode(socket.getsockopt(SOL_L2CAP, L2CAP_OPTIONS, 16))
 * socket.setsockopt(SOL_L2CAP, L2CAP_OPTIONS, l2capOptions.encode({ ...options, imtu: 1024 }))
 * @see Bluetooth Core Specification, volume 3, part A
 */
export const l2capOptions: StructCodec<L2capOptions> = struct('l2capOptions', l2cap.size, {
  omtu: [l2cap.omtu, uint16],
  imtu: [l2cap.imtu, uint16],
  flushTo: [l2cap.flush_to, uint16],
  mode: [l2cap.mode, uint8],
  fcs: [l2cap.fcs, uint8],
  maxTx: [l2cap.max_tx, uint8],
  txwinSize: [l2cap.txwin_size, uint16],
})
