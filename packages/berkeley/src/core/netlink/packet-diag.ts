// Socket diagnostics of AF_PACKET: struct packet_diag_req asks, struct packet_diag_msg answers.
import { AF_PACKET } from '../../sys/constants.ts'
import {
  PACKET_DIAG_FANOUT,
  PACKET_DIAG_INFO,
  PACKET_DIAG_MEMINFO,
  PACKET_DIAG_UID,
  PACKET_SHOW_FANOUT,
  PACKET_SHOW_INFO,
  PACKET_SHOW_MEMINFO,
} from '../../sys/netlink-constants.ts'
import { layout } from '../../sys/netlink-layout.ts'
import { uint8, uint16, uint32, viewOf } from '../ctypes.ts'
import { struct } from '../structs/struct.ts'
import { type Fields, readFields, u32, whole } from './fields.ts'
import { cookieAt } from './inet-diag.ts'
import { structAndAttributes } from './payload.ts'
import { type SocketMemory, socketMemory } from './socket-memory.ts'

/** How a packet socket is set up. */
export interface PacketSocketInfo {
  /** The index of the interface it is bound to; 0 for all. */
  readonly index: number
  /** `TPACKET_V1`, `TPACKET_V2`, `TPACKET_V3` */
  readonly version: number
  /** `PDI_RUNNING | PDI_AUXDATA | …` */
  readonly flags: number
}

interface PacketSocketFields {
  readonly info: PacketSocketInfo | null
  /** The value of PACKET_FANOUT, for a socket in a group. */
  readonly fanout: number | null
  /** The user it belongs to. */
  readonly uid: number | null
  readonly socketMemory: SocketMemory | null
}

/** A packet socket, as the kernel sees it. */
export interface PacketSocket extends PacketSocketFields {
  readonly family: typeof AF_PACKET
  /** `SOCK_RAW`, `SOCK_DGRAM`, `SOCK_PACKET` */
  readonly type: number
  /** The Ethernet protocol it receives: `ETH_P_ALL`, `ETH_P_IP`, …; 0 for none. */
  readonly proto: number
  /** Its number in /proc/net/packet and in /proc/PID/fd (`socket:[…]`). */
  readonly inode: number
  /** Its number, `SO_COOKIE`: never used twice. */
  readonly cookie: bigint
  /** All attributes by their types (`PACKET_DIAG_…`), as bytes. */
  readonly attributes: ReadonlyMap<number, Buffer>
}

const { packet_diag_info: pdi, packet_diag_msg: msg, packet_diag_req: req } = layout

const info = struct<PacketSocketInfo>('packet_diag_info', pdi.size, {
  index: [pdi.pdi_index, uint32],
  version: [pdi.pdi_version, uint32],
  flags: [pdi.pdi_flags, uint32],
})

const fields: Fields<PacketSocketFields> = {
  info: [PACKET_DIAG_INFO, whole(info, pdi.size), null],
  fanout: [PACKET_DIAG_FANOUT, u32, null],
  uid: [PACKET_DIAG_UID, u32, null],
  socketMemory: [PACKET_DIAG_MEMINFO, socketMemory, null],
}

/**
 * decodePacketSocket - the socket in an answer of NETLINK_SOCK_DIAG about AF_PACKET
 *
 * @param payload the message's payload
 * @throws RangeError if it is cut; TypeError
 * @example
 * const { proto, info } = decodePacketSocket(message.payload)
 * @see man 7 sock_diag
 */
export function decodePacketSocket(payload: ArrayBufferView): PacketSocket {
  const call = 'decodePacketSocket'
  const [view, attributes] = structAndAttributes(call, payload, msg.size)
  return {
    family: AF_PACKET,
    type: uint8.read(view, msg.pdiag_type),
    proto: uint16.read(view, msg.pdiag_num),
    inode: uint32.read(view, msg.pdiag_ino),
    cookie: cookieAt(view, msg.pdiag_cookie),
    ...readFields(call, fields, attributes),
    attributes,
  }
}

/** The payload that asks for all of them. */
export function encodePacketQuery(call: string): Buffer {
  const bytes = Buffer.alloc(req.size)
  const view = viewOf(bytes)
  uint8.write(view, req.sdiag_family, AF_PACKET, call, 'family')
  const show = PACKET_SHOW_INFO | PACKET_SHOW_FANOUT | PACKET_SHOW_MEMINFO
  uint32.write(view, req.pdiag_show, show, call, 'show')
  return bytes
}
