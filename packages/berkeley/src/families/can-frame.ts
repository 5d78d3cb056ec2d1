// Frames of CAN and CAN FD, as CAN_RAW sockets send and receive them and CAN_BCM messages carry them.
import { bytesOf, lengthOf } from '../core/bytes.ts'
import { type CType, uint8, uint32 } from '../core/ctypes.ts'
import { wrongValue } from '../core/errors.ts'
import { type StructCodec, struct } from '../core/structs/struct.ts'
import { layout } from '../sys/families-layout.ts'

/** A frame of classical CAN. */
export interface CanFrame {
  /** 11 bits, or 29 with `CAN_EFF_FLAG`; `CAN_RTR_FLAG` asks for a frame, `CAN_ERR_FLAG` reports an error. */
  readonly id: number
  /** At most 8 bytes. */
  readonly data: Buffer
}

/** A frame of classical CAN, to be sent. */
export interface CanFrameGiven {
  /** As in a `CanFrame`. */
  readonly id: number
  /** At most 8 bytes; none by default. */
  readonly data?: Uint8Array
}

/** A frame of CAN FD. */
export interface CanFdFrame {
  /** 11 bits, or 29 with `CAN_EFF_FLAG`. */
  readonly id: number
  /** 0 to 8, 12, 16, 20, 24, 32, 48 or 64 bytes: hardware fills other lengths up. */
  readonly data: Buffer
  /** 1 (CANFD_BRS): the data went at a higher rate; 2 (CANFD_ESI): the sender has had errors. */
  readonly flags: number
}

/** A frame of CAN FD, to be sent. */
export interface CanFdFrameGiven extends CanFrameGiven {
  /** As in a `CanFdFrame`; 0 by default. */
  readonly flags?: number
}

const { can_frame: classical, canfd_frame: fd } = layout

/** A length in one byte at `lengthAt`, and as many bytes at `dataAt`, where there is room for `room`. */
function counted(lengthAt: number, dataAt: number, room: number): CType<Buffer> {
  const memory = (view: DataView, at: number, length: number) =>
    new Uint8Array(view.buffer, view.byteOffset + at + dataAt - lengthAt, length)
  return {
    size: dataAt - lengthAt + room,
    read: (from, at) => Buffer.from(memory(from, at, Math.min(uint8.read(from, at), room))),
    write(to, at, value, call, parameter) {
      const bytes = bytesOf(call, parameter, value)
      const length = lengthOf(bytes)
      if (length > room) throw wrongValue(call, parameter, `at most ${room} bytes`, length)
      uint8.write(to, at, length, call, parameter)
      memory(to, at, length).set(bytes)
    },
  }
}

const nothing = Buffer.alloc(0)

/**
 * canFrame - a frame of classical CAN, as CAN_RAW sockets send and receive it
 *
 * `{ id, data? }` and struct can_frame, 16 bytes.
 *
 * @example
 * await socket.send(canFrame.encode({ id: 0x123, data: Buffer.of(1, 2, 3) }))
 * const { id, data } = canFrame.decode(await socket.recv(16))
 * @see https://docs.kernel.org/networking/can.html
 */
export const canFrame: StructCodec<CanFrame, CanFrameGiven> = struct('canFrame', classical.size, {
  id: [classical.can_id, uint32],
  data: [classical.len, counted(classical.len, classical.data, classical.size - classical.data), nothing],
})

/**
 * canFdFrame - a frame of CAN FD, as CAN_RAW sockets with CAN_RAW_FD_FRAMES send and receive it
 *
 * `{ id, data?, flags? }` and struct canfd_frame, 72 bytes. Such a socket receives classical frames as well, of 16 bytes.
 *
 * @example
 * socket.setsockopt(SOL_CAN_RAW, CAN_RAW_FD_FRAMES, true)
 * await socket.send(canFdFrame.encode({ id: 0x123, data: Buffer.alloc(64) }))
 * @see https://docs.kernel.org/networking/can.html
 */
export const canFdFrame: StructCodec<CanFdFrame, CanFdFrameGiven> = struct('canFdFrame', fd.size, {
  id: [fd.can_id, uint32],
  data: [fd.len, counted(fd.len, fd.data, fd.size - fd.data), nothing],
  flags: [fd.flags, uint8, 0],
})
