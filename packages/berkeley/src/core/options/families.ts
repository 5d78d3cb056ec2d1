// The options of families other than those of the internet.
import type * as C from '../../sys/constants.ts'
import type * as F from '../../sys/families-constants.ts'
import type { CanFilter } from '../structs/can.ts'
import type { CanIsotpFcOptions, CanIsotpLlOptions, CanIsotpOptions } from '../structs/can-isotp.ts'
import type { J1939Filter } from '../structs/j1939.ts'
import type { PacketMreq, TpacketStats } from '../structs/packet.ts'
import type { Bytes, Int, IntOr, ReadOnly, Secret, Struct } from './kinds.ts'

/** SOL_PACKET. */
export interface PacketOptions {
  [C.PACKET_ADD_MEMBERSHIP]: Struct<PacketMreq>
  [C.PACKET_DROP_MEMBERSHIP]: Struct<PacketMreq>
  [C.PACKET_RX_RING]: Bytes
  [C.PACKET_STATISTICS]: ReadOnly<Struct<TpacketStats>>
  [C.PACKET_COPY_THRESH]: Int
  [C.PACKET_AUXDATA]: Int
  [C.PACKET_ORIGDEV]: Int
  [C.PACKET_VERSION]: Int
  [C.PACKET_HDRLEN]: Int
  [C.PACKET_RESERVE]: Int
  [C.PACKET_TX_RING]: Bytes
  [C.PACKET_LOSS]: Int
  [C.PACKET_VNET_HDR]: Int
  [C.PACKET_TIMESTAMP]: Int
  [C.PACKET_FANOUT]: IntOr<Bytes>
  [C.PACKET_TX_HAS_OFF]: Int
  [C.PACKET_QDISC_BYPASS]: Int
  [C.PACKET_ROLLOVER_STATS]: ReadOnly<Bytes>
  [C.PACKET_FANOUT_DATA]: IntOr<Bytes>
  [C.PACKET_IGNORE_OUTGOING]: Int
  [C.PACKET_VNET_HDR_SZ]: Int
}

/** SOL_NETLINK. */
export interface NetlinkOptions {
  [C.NETLINK_ADD_MEMBERSHIP]: Int
  [C.NETLINK_DROP_MEMBERSHIP]: Int
  [C.NETLINK_PKTINFO]: Int
  [C.NETLINK_BROADCAST_ERROR]: Int
  [C.NETLINK_NO_ENOBUFS]: Int
  [C.NETLINK_LISTEN_ALL_NSID]: Int
  [C.NETLINK_LIST_MEMBERSHIPS]: ReadOnly<Bytes>
  [C.NETLINK_CAP_ACK]: Int
  [C.NETLINK_EXT_ACK]: Int
  [C.NETLINK_GET_STRICT_CHK]: Int
}

/** AF_VSOCK, which is its level as well. */
export interface VsockOptions {
  [C.SO_VM_SOCKETS_BUFFER_SIZE]: Int
  [C.SO_VM_SOCKETS_BUFFER_MIN_SIZE]: Int
  [C.SO_VM_SOCKETS_BUFFER_MAX_SIZE]: Int
  [C.SO_VM_SOCKETS_PEER_HOST_VM_ID]: ReadOnly<Int>
  [C.SO_VM_SOCKETS_TRUSTED]: Int
  [C.SO_VM_SOCKETS_CONNECT_TIMEOUT]: Struct<number>
  [C.SO_VM_SOCKETS_NONBLOCK_TXRX]: Int
}

/** SOL_CAN_RAW. */
export interface CanRawOptions {
  [C.CAN_RAW_FILTER]: Struct<CanFilter[]>
  [C.CAN_RAW_ERR_FILTER]: Int
  [C.CAN_RAW_LOOPBACK]: Int
  [C.CAN_RAW_RECV_OWN_MSGS]: Int
  [C.CAN_RAW_FD_FRAMES]: Int
  [C.CAN_RAW_JOIN_FILTERS]: Int
  [C.CAN_RAW_XL_FRAMES]: Int
  [C.CAN_RAW_XL_VCID_OPTS]: Bytes
}

/** SOL_CAN_ISOTP. */
export interface CanIsotpOptionNames {
  [C.CAN_ISOTP_OPTS]: Struct<CanIsotpOptions>
  [C.CAN_ISOTP_RECV_FC]: Struct<CanIsotpFcOptions>
  [C.CAN_ISOTP_TX_STMIN]: Int
  [C.CAN_ISOTP_RX_STMIN]: Int
  [C.CAN_ISOTP_LL_OPTS]: Struct<CanIsotpLlOptions>
}

/** SOL_CAN_J1939. */
export interface CanJ1939Options {
  [C.SO_J1939_FILTER]: Struct<J1939Filter[]>
  [C.SO_J1939_PROMISC]: Int
  [C.SO_J1939_SEND_PRIO]: Int
  [C.SO_J1939_ERRQUEUE]: Int
}

/** SOL_TIPC. */
export interface TipcOptions {
  [C.TIPC_IMPORTANCE]: Int
  [C.TIPC_SRC_DROPPABLE]: Int
  [C.TIPC_DEST_DROPPABLE]: Int
  [C.TIPC_CONN_TIMEOUT]: Int
  [C.TIPC_NODE_RECVQ_DEPTH]: ReadOnly<Int>
  [C.TIPC_SOCK_RECVQ_DEPTH]: ReadOnly<Int>
  [C.TIPC_SOCK_RECVQ_USED]: ReadOnly<Int>
  [C.TIPC_MCAST_BROADCAST]: Int
  [C.TIPC_MCAST_REPLICAST]: Int
  [C.TIPC_GROUP_JOIN]: Bytes
  [C.TIPC_GROUP_LEAVE]: Int
  [C.TIPC_NODELAY]: Int
}

/** SOL_ALG. */
export interface AlgOptions {
  [C.ALG_SET_KEY]: Secret
  [C.ALG_SET_AEAD_AUTHSIZE]: Int
  [C.ALG_SET_DRBG_ENTROPY]: Secret
  [C.ALG_SET_KEY_BY_KEY_SERIAL]: Int
}

/** SOL_RDS. */
export interface RdsOptions {
  [C.RDS_CANCEL_SENT_TO]: Bytes
  [C.RDS_GET_MR]: Bytes
  [C.RDS_FREE_MR]: Bytes
  [C.RDS_GET_MR_FOR_DEST]: Bytes
  [C.RDS_RECVERR]: Int
  [C.RDS_CONG_MONITOR]: Int
  [C.SO_RDS_TRANSPORT]: Int
  [C.SO_RDS_MSG_RXPATH_LATENCY]: Bytes
}

/** SOL_XDP. */
export interface XdpOptions {
  [F.XDP_MMAP_OFFSETS]: ReadOnly<Bytes>
  [F.XDP_RX_RING]: Int
  [F.XDP_TX_RING]: Int
  [F.XDP_UMEM_REG]: Bytes
  [F.XDP_UMEM_FILL_RING]: Int
  [F.XDP_UMEM_COMPLETION_RING]: Int
  [F.XDP_STATISTICS]: ReadOnly<Bytes>
  [F.XDP_OPTIONS]: ReadOnly<Int>
  [F.XDP_MAX_TX_SKB_BUDGET]: Int
}

/** SOL_KCM. */
export interface KcmOptions {
  [C.KCM_RECV_DISABLE]: Int
}

/** SOL_SMC. */
export interface SmcOptions {
  [C.SMC_LIMIT_HS]: Int
}

/** SOL_MCTP. */
export interface MctpOptions {
  [C.MCTP_OPT_ADDR_EXT]: Int
}
