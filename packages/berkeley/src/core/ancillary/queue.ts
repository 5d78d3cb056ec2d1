// Numbers that go with a message: of queues, marks, segments.
import { layout } from '../../sys/layout.ts'
import { int32, uint16, uint32 } from '../ctypes.ts'
import { type StructCodec, scalar, struct } from '../structs/struct.ts'

/**
 * rxqOverflow - SOL_SOCKET, SO_RXQ_OVFL: how many packets this socket has lost because its queue was full
 *
 * Since the socket was made, modulo 2**32. Received with the option of this name, by sockets of CAN as well; never sent.
 *
 * @example
 * socket.setsockopt(SOL_SOCKET, SO_RXQ_OVFL, true)
 * @see man 7 socket, SO_RXQ_OVFL
 */
export const rxqOverflow: StructCodec<number> = scalar('rxqOverflow', uint32)

/**
 * mark - SOL_SOCKET, SO_MARK: the mark of a packet, for routing and filters
 *
 * 32 bits. Received with SO_RCVMARK; sent, with CAP_NET_ADMIN or CAP_NET_RAW.
 *
 * @example
 * await socket.sendmsg(['x'], [[SOL_SOCKET, SO_MARK, mark.encode(42)]], 0, address)
 * @see man 7 socket, SO_MARK
 */
export const mark: StructCodec<number> = scalar('mark', uint32)

/**
 * priority - SOL_SOCKET, SO_PRIORITY: the priority of a packet
 *
 * Received with SO_RCVPRIORITY; sent, 0 to 6, more with CAP_NET_ADMIN.
 *
 * @example
 * await socket.sendmsg(['x'], [[SOL_SOCKET, SO_PRIORITY, priority.encode(6)]], 0, address)
 * @see man 7 socket, SO_PRIORITY
 */
export const priority: StructCodec<number> = scalar('priority', uint32)

/**
 * inq - SOL_TCP, TCP_CM_INQ and SOL_SOCKET, SCM_INQ: how many bytes are left to be received
 *
 * Received with TCP_INQ, by Unix sockets with SO_INQ; never sent.
 *
 * @example
 * socket.setsockopt(IPPROTO_TCP, TCP_INQ, true)
 * @see man 7 tcp, TCP_INQ
 */
export const inq: StructCodec<number> = scalar('inq', int32)

/**
 * udpGro - SOL_UDP, UDP_GRO: the size of the datagrams that were received as one
 *
 * Bytes; the last datagram may be shorter. Received with the option of this name; never sent.
 *
 * @example
 * socket.setsockopt(IPPROTO_UDP, UDP_GRO, true)
 * @see man 7 udp, UDP_GRO
 */
export const udpGro: StructCodec<number> = scalar('udpGro', int32)

/**
 * udpSegment - SOL_UDP, UDP_SEGMENT: the size of the datagrams to cut what is sent into
 *
 * Bytes, 16 bits; the last datagram may be shorter. Sent; never received.
 *
 * @example
 * await socket.sendmsg([large], [[SOL_UDP, UDP_SEGMENT, udpSegment.encode(1400)]], 0, address)
 * @see man 7 udp, UDP_SEGMENT
 */
export const udpSegment: StructCodec<number> = scalar('udpSegment', uint16)

/** What AF_PACKET tells of a frame. */
export interface PacketAuxdata {
  /** `TP_STATUS_CSUMNOTREADY | TP_STATUS_VLAN_VALID | …` */
  readonly status: number
  /** The length of the frame, in bytes. */
  readonly len: number
  /** How much of it was received, in bytes. */
  readonly snaplen: number
  /** Where the link layer's header begins. */
  readonly mac: number
  /** Where the network layer's header begins. */
  readonly net: number
  /** The VLAN tag, with `TP_STATUS_VLAN_VALID`. */
  readonly vlanTci: number
  /** The VLAN protocol, with `TP_STATUS_VLAN_TPID_VALID`. */
  readonly vlanTpid: number
}

const aux = layout.tpacket_auxdata

/**
 * packetAuxdata - SOL_PACKET, PACKET_AUXDATA: lengths, state and VLAN tag of a frame
 *
 * `{ status, len, snaplen, mac, net, vlanTci, vlanTpid }`. Received with the option of this name; never sent. It is where
 * the VLAN tag is, which the kernel takes out of the frame.
 *
 * @example
 * socket.setsockopt(SOL_PACKET, PACKET_AUXDATA, true)
 * @see man 7 packet, PACKET_AUXDATA
 */
export const packetAuxdata: StructCodec<PacketAuxdata> = struct('packetAuxdata', aux.size, {
  status: [aux.tp_status, uint32],
  len: [aux.tp_len, uint32],
  snaplen: [aux.tp_snaplen, uint32],
  mac: [aux.tp_mac, uint16],
  net: [aux.tp_net, uint16],
  vlanTci: [aux.tp_vlan_tci, uint16],
  vlanTpid: [aux.tp_vlan_tpid, uint16],
})

/**
 * netlinkGroup - SOL_NETLINK, NETLINK_PKTINFO: the multicast group that a message came by
 *
 * The number of the group; 0 if it came by none. Received with the option of this name; never sent.
 *
 * @example
 * socket.setsockopt(SOL_NETLINK, NETLINK_PKTINFO, true)
 * @see man 7 netlink, NETLINK_PKTINFO
 */
export const netlinkGroup: StructCodec<number> = scalar('netlinkGroup', uint32)
