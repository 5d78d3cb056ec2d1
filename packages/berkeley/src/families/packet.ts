// Sharing the packets of an interface among several sockets.
import { uint16 } from '../core/ctypes.ts'
import { type StructCodec, struct } from '../core/structs/struct.ts'

/** A group of sockets, of which each packet goes to one. */
export interface PacketFanout {
  /** The number of the group, 0 to 65535. */
  readonly id: number
  /** `PACKET_FANOUT_HASH`, `PACKET_FANOUT_LB`, …, with `PACKET_FANOUT_FLAG_…`. */
  readonly type: number
}

// An int whose lower half is the one and whose upper half the other, as struct fanout_args has it in memory.
const [low, high] = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? [0, 2] : [2, 0]

/**
 * packetFanout - the value of PACKET_FANOUT: the group of sockets that shares packets with this one
 *
 * `{ id, type }`, as one number of 32 bits in memory.
 *
 * @example
 * const group = packetFanout.encode({ id: process.pid & 0xffff, type: PACKET_FANOUT_HASH })
 * socket.setsockopt(SOL_PACKET, PACKET_FANOUT, group)
 * @see man 7 packet, PACKET_FANOUT
 */
export const packetFanout: StructCodec<PacketFanout> = struct('packetFanout', 4, {
  id: [low!, uint16],
  type: [high!, uint16],
})
