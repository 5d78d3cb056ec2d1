// Messages to and from the broadcast manager, which sends frames again and again, and tells when received ones change.
import { list } from '../core/arguments.ts'
import { uint32, viewOf } from '../core/ctypes.ts'
import { codec, type Members, type StructCodec, struct } from '../core/structs/struct.ts'
import { timevalType } from '../core/structs/time.ts'
import { CAN_BCM_CAN_FD_FRAME } from '../sys/constants.ts'
import { layout } from '../sys/families-layout.ts'
import {
  type CanFdFrame,
  type CanFdFrameGiven,
  type CanFrame,
  type CanFrameGiven,
  canFdFrame,
  canFrame,
} from './can-frame.ts'

/** What the broadcast manager is to do, or has done. */
export interface BcmMessage {
  /** `CAN_BCM_TX_SETUP`, `CAN_BCM_RX_SETUP`, …; received: `CAN_BCM_RX_CHANGED`, `CAN_BCM_RX_TIMEOUT`, … */
  readonly opcode: number
  /** `CAN_BCM_SETTIMER | CAN_BCM_STARTTIMER | …`; with `CAN_BCM_CAN_FD_FRAME` the frames are those of CAN FD. */
  readonly flags: number
  /** How often to send at the first interval. */
  readonly count: number
  /** The first interval, in seconds; receiving: after how long silence is reported. */
  readonly ival1: number
  /** The interval afterwards, in seconds; receiving: how often changes are reported at most. */
  readonly ival2: number
  /** The identifier that the task is known by. */
  readonly canId: number
  /** What to send; receiving: which bits to watch; received: what came. */
  readonly frames: readonly (CanFrame | CanFdFrame)[]
}

/** What the broadcast manager is to do. */
export interface BcmMessageGiven extends Omit<Partial<BcmMessage>, 'frames'> {
  readonly opcode: number
  readonly canId: number
  /** None by default. */
  readonly frames?: readonly (CanFrameGiven | CanFdFrameGiven)[]
}

const head = layout.bcm_msg_head
const members: Members<Omit<BcmMessage, 'frames'>> = {
  opcode: [head.opcode, uint32],
  flags: [head.flags, uint32, 0],
  count: [head.count, uint32, 0],
  ival1: [head.ival1, timevalType, 0],
  ival2: [head.ival2, timevalType, 0],
  canId: [head.can_id, uint32],
}
const headCodec = struct('bcmMessage', head.size, members)

interface Frames {
  readonly codec: {
    encode(frame: CanFdFrameGiven): Buffer
    decode(bytes: Uint8Array): CanFrame | CanFdFrame
  }
  readonly size: number
}

const classical: Frames = { codec: canFrame, size: layout.can_frame.size }
const fd: Frames = { codec: canFdFrame, size: layout.canfd_frame.size }

function framesOf(flags: number): Frames {
  return (flags & CAN_BCM_CAN_FD_FRAME) === 0 ? classical : fd
}

function countOf(bytes: Uint8Array): number {
  return uint32.read(viewOf(bytes), head.nframes)
}

function sizeOf(bytes: Uint8Array): number {
  return head.size + countOf(bytes) * framesOf(uint32.read(viewOf(bytes), head.flags)).size
}

/**
 * bcmMessage - what CAN_BCM sockets send and receive
 *
 * `{ opcode, flags?, count?, ival1?, ival2?, canId, frames? }` and struct bcm_msg_head with its frames.
 *
 * @example
 * // Sends a frame ten times a second, until the socket is closed.
 * const flags = CAN_BCM_SETTIMER | CAN_BCM_STARTTIMER
 * const frames = [{ id: 0x123, data: Buffer.of(1, 2, 3) }]
 * await socket.send(bcmMessage.encode({ opcode: CAN_BCM_TX_SETUP, flags, ival2: 0.1, canId: 0x123, frames }))
 * @see https://docs.kernel.org/networking/can.html
 */
export const bcmMessage: StructCodec<BcmMessage, Pick<BcmMessage, 'opcode' | 'canId'> & Partial<BcmMessage>> =
  codec<BcmMessage, Pick<BcmMessage, 'opcode' | 'canId'> & Partial<BcmMessage>>({
    name: 'bcmMessage',
    must: 'a head and as many frames as it says',
    encode(value, call) {
      const bytes = headCodec.encode(value as BcmMessage)
      const { flags = 0, frames = [] } = value as Partial<BcmMessage>
      const given = list(call, 'frames', 'a list of frames', frames) as CanFdFrameGiven[]
      uint32.write(viewOf(bytes), head.nframes, given.length, call, 'frames')
      return Buffer.concat([bytes, ...given.map((frame) => framesOf(flags).codec.encode(frame))])
    },
    understands: (bytes) => bytes.length >= head.size && bytes.length >= sizeOf(bytes),
    read(bytes) {
      const message = headCodec.decode(bytes)
      const { codec: frame, size } = framesOf(message.flags)
      const at = (i: number) => bytes.subarray(head.size + i * size, head.size + (i + 1) * size)
      return { ...message, frames: Array.from({ length: countOf(bytes) }, (_, i) => frame.decode(at(i))) }
    },
  })
