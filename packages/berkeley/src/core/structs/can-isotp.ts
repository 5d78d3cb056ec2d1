// How a CAN_ISOTP socket cuts messages into frames.
import {
  CAN_ISOTP_DEFAULT_EXT_ADDRESS,
  CAN_ISOTP_DEFAULT_FLAGS,
  CAN_ISOTP_DEFAULT_LL_MTU,
  CAN_ISOTP_DEFAULT_LL_TX_DL,
  CAN_ISOTP_DEFAULT_LL_TX_FLAGS,
  CAN_ISOTP_DEFAULT_PAD_CONTENT,
  CAN_ISOTP_DEFAULT_RECV_BS,
  CAN_ISOTP_DEFAULT_RECV_STMIN,
  CAN_ISOTP_DEFAULT_RECV_WFTMAX,
} from '../../sys/constants.ts'
import { layout } from '../../sys/layout.ts'
import { uint8, uint32 } from '../ctypes.ts'
import { type StructCodec, struct } from './struct.ts'

/** Addressing, padding and behaviour. */
export interface CanIsotpOptions {
  /** `CAN_ISOTP_LISTEN_MODE | CAN_ISOTP_EXTEND_ADDR | …` */
  readonly flags: number
  /** Nanoseconds that sending a frame takes; 0 leaves it as it is, `CAN_ISOTP_FRAME_TXTIME_ZERO` means none. */
  readonly frameTxtime: number
  /** The extended address of what is sent, with `CAN_ISOTP_EXTEND_ADDR`. */
  readonly extAddress: number
  /** The byte that sent frames are filled up with, with `CAN_ISOTP_TX_PADDING`. */
  readonly txpadContent: number
  /** The byte that received frames are filled up with, with `CAN_ISOTP_RX_PADDING`. */
  readonly rxpadContent: number
  /** The extended address of what is received, with `CAN_ISOTP_RX_EXT_ADDR`. */
  readonly rxExtAddress: number
}

const options = layout.can_isotp_options

/**
 * canIsotpOptions - the value of CAN_ISOTP_OPTS: addressing, padding and behaviour of ISO-TP
 *
 * `{ flags?, frameTxtime?, extAddress?, txpadContent?, rxpadContent?, rxExtAddress? }` and struct can_isotp_options. What is
 * left out is as it is at first.
 *
 * @example
 * const value = { flags: CAN_ISOTP_TX_PADDING, txpadContent: 0x55 }
 * socket.setsockopt(SOL_CAN_ISOTP, CAN_ISOTP_OPTS, canIsotpOptions.encode(value))
 * @see https://docs.kernel.org/networking/iso15765-2.html
 */
export const canIsotpOptions: StructCodec<CanIsotpOptions, Partial<CanIsotpOptions>> = struct(
  'canIsotpOptions',
  options.size,
  {
    flags: [options.flags, uint32, CAN_ISOTP_DEFAULT_FLAGS],
    frameTxtime: [options.frame_txtime, uint32, 0],
    extAddress: [options.ext_address, uint8, CAN_ISOTP_DEFAULT_EXT_ADDRESS],
    txpadContent: [options.txpad_content, uint8, CAN_ISOTP_DEFAULT_PAD_CONTENT],
    rxpadContent: [options.rxpad_content, uint8, CAN_ISOTP_DEFAULT_PAD_CONTENT],
    rxExtAddress: [options.rx_ext_address, uint8, CAN_ISOTP_DEFAULT_EXT_ADDRESS],
  },
)

/** What the receiver asks of the sender. */
export interface CanIsotpFcOptions {
  /** Frames between two flow control frames; 0 for no limit. */
  readonly bs: number
  /** The least time between frames: 0x00 to 0x7f milliseconds, 0xf1 to 0xf9 for 100 to 900 microseconds. */
  readonly stmin: number
  /** How many times the peer may ask to wait; 0 for never. */
  readonly wftmax: number
}

const flowControl = layout.can_isotp_fc_options

/**
 * canIsotpFcOptions - the value of CAN_ISOTP_RECV_FC: the flow control of what is received
 *
 * `{ bs?, stmin?, wftmax? }` and struct can_isotp_fc_options.
 *
 * @example
 * socket.setsockopt(SOL_CAN_ISOTP, CAN_ISOTP_RECV_FC, canIsotpFcOptions.encode({ bs: 8, stmin: 5 }))
 * @see https://docs.kernel.org/networking/iso15765-2.html
 */
export const canIsotpFcOptions: StructCodec<CanIsotpFcOptions, Partial<CanIsotpFcOptions>> = struct(
  'canIsotpFcOptions',
  flowControl.size,
  {
    bs: [flowControl.bs, uint8, CAN_ISOTP_DEFAULT_RECV_BS],
    stmin: [flowControl.stmin, uint8, CAN_ISOTP_DEFAULT_RECV_STMIN],
    wftmax: [flowControl.wftmax, uint8, CAN_ISOTP_DEFAULT_RECV_WFTMAX],
  },
)

/** The frames below. */
export interface CanIsotpLlOptions {
  /** Their kind: `CAN_MTU` (16), or 72 for CAN FD. */
  readonly mtu: number
  /** Bytes of data in a sent frame: 8, 12, 16, 20, 24, 32, 48, 64. */
  readonly txDl: number
  /** Flags of sent CAN FD frames, such as the one that switches the bit rate (1). */
  readonly txFlags: number
}

const linkLayer = layout.can_isotp_ll_options

/**
 * canIsotpLlOptions - the value of CAN_ISOTP_LL_OPTS: which frames ISO-TP is carried by
 *
 * `{ mtu?, txDl?, txFlags? }` and struct can_isotp_ll_options.
 *
 * @example
 * socket.setsockopt(SOL_CAN_ISOTP, CAN_ISOTP_LL_OPTS, canIsotpLlOptions.encode({ mtu: 72, txDl: 64 }))
 * @see https://docs.kernel.org/networking/iso15765-2.html
 */
export const canIsotpLlOptions: StructCodec<CanIsotpLlOptions, Partial<CanIsotpLlOptions>> = struct(
  'canIsotpLlOptions',
  linkLayer.size,
  {
    mtu: [linkLayer.mtu, uint8, CAN_ISOTP_DEFAULT_LL_MTU],
    txDl: [linkLayer.tx_dl, uint8, CAN_ISOTP_DEFAULT_LL_TX_DL],
    txFlags: [linkLayer.tx_flags, uint8, CAN_ISOTP_DEFAULT_LL_TX_FLAGS],
  },
)
