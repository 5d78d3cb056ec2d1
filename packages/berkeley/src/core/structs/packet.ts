// Options of AF_PACKET: what to receive, and how much of it was lost.
import { layout } from '../../sys/layout.ts'
import { bytesOf, lengthOf } from '../bytes.ts'
import { type CType, int32, uint16, uint32 } from '../ctypes.ts'
import { wrongValue } from '../errors.ts'
import { growingStruct, type StructCodec, struct } from './struct.ts'

/** What an interface is to receive beyond what is for this machine. */
export interface PacketMreq {
  /** The index of the interface. */
  readonly ifindex: number
  /** `PACKET_MR_PROMISC`, `PACKET_MR_MULTICAST`, `PACKET_MR_ALLMULTI`, `PACKET_MR_UNICAST`. */
  readonly type: number
  /** The hardware address, at most 8 bytes, for `PACKET_MR_MULTICAST` and `PACKET_MR_UNICAST`; empty by default. */
  readonly address: Uint8Array
}

const mreq = layout.packet_mreq
const ADDRESS_ROOM = mreq.size - mreq.mr_address

/** mr_alen and mr_address. */
const hardwareAddress: CType<Uint8Array> = {
  size: mreq.size - mreq.mr_alen,
  read(from, at) {
    const length = Math.min(uint16.read(from, at), ADDRESS_ROOM)
    const start = from.byteOffset + at + mreq.mr_address - mreq.mr_alen
    return Buffer.from(new Uint8Array(from.buffer, start, length))
  },
  write(to, at, value, call, parameter) {
    const bytes = bytesOf(call, parameter, value)
    const length = lengthOf(bytes)
    if (length > ADDRESS_ROOM) throw wrongValue(call, parameter, `at most ${ADDRESS_ROOM} bytes`, length)
    uint16.write(to, at, length, call, parameter)
    new Uint8Array(to.buffer, to.byteOffset + at + mreq.mr_address - mreq.mr_alen).set(bytes)
  },
}

/**
 * packetMreq - the value of PACKET_ADD_MEMBERSHIP and PACKET_DROP_MEMBERSHIP: what an interface is to receive besides
 *
 * `{ ifindex, type, address? }`, index, `PACKET_MR_…` and hardware address as bytes, and struct packet_mreq.
 *
 * @example
 * const membership = { ifindex: ifNametoindex('eth0'), type: PACKET_MR_PROMISC }
 * socket.setsockopt(SOL_PACKET, PACKET_ADD_MEMBERSHIP, packetMreq.encode(membership))
 * @see man 7 packet, PACKET_ADD_MEMBERSHIP
 */
export const packetMreq: StructCodec<PacketMreq, Omit<PacketMreq, 'address'> & Partial<PacketMreq>> = struct(
  'packetMreq',
  mreq.size,
  {
    ifindex: [mreq.mr_ifindex, int32],
    type: [mreq.mr_type, uint16],
    address: [mreq.mr_alen, hardwareAddress, new Uint8Array(0)],
  },
)

/** What became of the packets since the last time it was asked. */
export interface TpacketStats {
  /** How many came, those that were dropped included. */
  readonly packets: number
  /** How many were dropped. */
  readonly drops: number
  /** How often the ring was full: only with TPACKET_V3. */
  readonly freezeQCnt?: number
}

const stats = layout.tpacket_stats_v3

/**
 * tpacketStats - the value of PACKET_STATISTICS: how many packets came, and how many were dropped
 *
 * `{ packets, drops, freezeQCnt? }` and struct tpacket_stats, or tpacket_stats_v3 for sockets with TPACKET_V3. Asking
 * sets the counters to 0.
 *
 * @example
 * const { drops } = tpacketStats.decode(socket.getsockopt(SOL_PACKET, PACKET_STATISTICS, 12))
 * @see man 7 packet, PACKET_STATISTICS
 */
export const tpacketStats: StructCodec<TpacketStats> = growingStruct<TpacketStats>(
  'tpacketStats',
  stats.tp_freeze_q_cnt,
  {
    packets: [stats.tp_packets, uint32],
    drops: [stats.tp_drops, uint32],
    freezeQCnt: [stats.tp_freeze_q_cnt, uint32],
  },
)
