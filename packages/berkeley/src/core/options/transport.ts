// The options of TCP, UDP, SCTP and what stands on them.
import type * as C from '../../sys/constants.ts'
import type * as F from '../../sys/families-constants.ts'
import type { SctpInitmsg, SctpSndinfo, SctpSndrcvinfo } from '../ancillary/sctp.ts'
import type { TcpInfo } from '../structs/tcp-info.ts'
import type { TcpMd5sig } from '../structs/tcp-md5sig.ts'
import type { Bytes, Int, IntOr, ReadOnly, Struct, Text } from './kinds.ts'

/** SOL_TCP. */
export interface TcpOptions {
  [C.TCP_NODELAY]: Int
  [C.TCP_MAXSEG]: Int
  [C.TCP_CORK]: Int
  [C.TCP_KEEPIDLE]: Int
  [C.TCP_KEEPINTVL]: Int
  [C.TCP_KEEPCNT]: Int
  [C.TCP_SYNCNT]: Int
  [C.TCP_LINGER2]: Int
  [C.TCP_DEFER_ACCEPT]: Int
  [C.TCP_WINDOW_CLAMP]: Int
  [C.TCP_INFO]: ReadOnly<Struct<TcpInfo>>
  [C.TCP_QUICKACK]: Int
  [C.TCP_CONGESTION]: Text
  [C.TCP_MD5SIG]: Struct<TcpMd5sig>
  [C.TCP_THIN_LINEAR_TIMEOUTS]: Int
  [C.TCP_THIN_DUPACK]: Int
  [C.TCP_USER_TIMEOUT]: Int
  [C.TCP_REPAIR]: Int
  [C.TCP_REPAIR_QUEUE]: Int
  [C.TCP_QUEUE_SEQ]: Int
  [C.TCP_REPAIR_OPTIONS]: Bytes
  [C.TCP_FASTOPEN]: Int
  [C.TCP_TIMESTAMP]: Int
  [C.TCP_NOTSENT_LOWAT]: Int
  [C.TCP_CC_INFO]: ReadOnly<Bytes>
  [C.TCP_SAVE_SYN]: Int
  [C.TCP_SAVED_SYN]: ReadOnly<Bytes>
  [C.TCP_REPAIR_WINDOW]: Bytes
  [C.TCP_FASTOPEN_CONNECT]: Int
  [C.TCP_ULP]: Text
  [C.TCP_MD5SIG_EXT]: Struct<TcpMd5sig>
  [C.TCP_FASTOPEN_KEY]: Bytes
  [C.TCP_FASTOPEN_NO_COOKIE]: Int
  [C.TCP_ZEROCOPY_RECEIVE]: Bytes
  [C.TCP_INQ]: Int
  [C.TCP_TX_DELAY]: Int
  [C.TCP_AO_ADD_KEY]: Bytes
  [C.TCP_AO_DEL_KEY]: Bytes
  [C.TCP_AO_INFO]: Bytes
  [C.TCP_AO_GET_KEYS]: Bytes
  [C.TCP_AO_REPAIR]: Bytes
  [C.TCP_IS_MPTCP]: ReadOnly<Int>
  [C.TCP_RTO_MAX_MS]: Int
  [C.TCP_RTO_MIN_US]: Int
  [C.TCP_DELACK_MAX_US]: Int
}

/** SOL_UDP. */
export interface UdpOptions {
  [C.UDP_CORK]: Int
  [C.UDP_ENCAP]: Int
  [C.UDP_NO_CHECK6_TX]: Int
  [C.UDP_NO_CHECK6_RX]: Int
  [C.UDP_SEGMENT]: Int
  [C.UDP_GRO]: Int
}

/** SOL_UDPLITE. */
export interface UdpliteOptions {
  [C.UDP_CORK]: Int
  [C.UDPLITE_SEND_CSCOV]: Int
  [C.UDPLITE_RECV_CSCOV]: Int
}

/** SOL_MPTCP. */
export interface MptcpOptions {
  [C.MPTCP_INFO]: ReadOnly<Bytes>
  [C.MPTCP_TCPINFO]: ReadOnly<Bytes>
  [C.MPTCP_SUBFLOW_ADDRS]: ReadOnly<Bytes>
  [C.MPTCP_FULL_INFO]: ReadOnly<Bytes>
}

/** SOL_TLS. */
export interface TlsOptions {
  [C.TLS_TX]: Bytes
  [C.TLS_RX]: Bytes
  [C.TLS_TX_ZEROCOPY_RO]: Int
  [C.TLS_RX_EXPECT_NO_PAD]: Int
  [C.TLS_TX_MAX_PAYLOAD_LEN]: Int
}

/** SOL_SCTP. */
export interface SctpOptions {
  [F.SCTP_INITMSG]: Struct<SctpInitmsg>
  [F.SCTP_NODELAY]: Int
  [F.SCTP_AUTOCLOSE]: Int
  [F.SCTP_DISABLE_FRAGMENTS]: Int
  [F.SCTP_DEFAULT_SEND_PARAM]: Struct<SctpSndrcvinfo>
  [F.SCTP_I_WANT_MAPPED_V4_ADDR]: Int
  [F.SCTP_MAXSEG]: IntOr<Bytes>
  [F.SCTP_CONTEXT]: IntOr<Bytes>
  [F.SCTP_MAX_BURST]: IntOr<Bytes>
  [F.SCTP_FRAGMENT_INTERLEAVE]: Int
  [F.SCTP_PARTIAL_DELIVERY_POINT]: Int
  [F.SCTP_AUTO_ASCONF]: Int
  [F.SCTP_RECVRCVINFO]: Int
  [F.SCTP_RECVNXTINFO]: Int
  [F.SCTP_REUSE_PORT]: Int
  [F.SCTP_DEFAULT_SNDINFO]: Struct<SctpSndinfo>
  [F.SCTP_GET_ASSOC_NUMBER]: ReadOnly<Int>
  [F.SCTP_STATUS]: ReadOnly<Bytes>
  [F.SCTP_GET_PEER_ADDR_INFO]: ReadOnly<Bytes>
  [F.SCTP_PEER_AUTH_CHUNKS]: ReadOnly<Bytes>
  [F.SCTP_LOCAL_AUTH_CHUNKS]: ReadOnly<Bytes>
  [F.SCTP_GET_ASSOC_ID_LIST]: ReadOnly<Bytes>
  [F.SCTP_GET_PEER_ADDRS]: ReadOnly<Bytes>
  [F.SCTP_GET_LOCAL_ADDRS]: ReadOnly<Bytes>
  [F.SCTP_GET_ASSOC_STATS]: ReadOnly<Bytes>
  [F.SCTP_PR_ASSOC_STATUS]: ReadOnly<Bytes>
  [F.SCTP_PR_STREAM_STATUS]: ReadOnly<Bytes>
  [F.SCTP_RTOINFO]: Bytes
  [F.SCTP_ASSOCINFO]: Bytes
  [F.SCTP_SET_PEER_PRIMARY_ADDR]: Bytes
  [F.SCTP_PRIMARY_ADDR]: Bytes
  [F.SCTP_ADAPTATION_LAYER]: Bytes
  [F.SCTP_PEER_ADDR_PARAMS]: Bytes
  [F.SCTP_EVENTS]: Bytes
  [F.SCTP_DELAYED_SACK]: Bytes
  [F.SCTP_AUTH_CHUNK]: Bytes
  [F.SCTP_HMAC_IDENT]: Bytes
  [F.SCTP_AUTH_KEY]: Bytes
  [F.SCTP_AUTH_ACTIVE_KEY]: Bytes
  [F.SCTP_AUTH_DELETE_KEY]: Bytes
  [F.SCTP_AUTH_DEACTIVATE_KEY]: Bytes
  [F.SCTP_PEER_ADDR_THLDS]: Bytes
  [F.SCTP_PEER_ADDR_THLDS_V2]: Bytes
  [F.SCTP_SOCKOPT_BINDX_ADD]: Bytes
  [F.SCTP_SOCKOPT_BINDX_REM]: Bytes
  [F.SCTP_SOCKOPT_PEELOFF]: Bytes
  [F.SCTP_SOCKOPT_PEELOFF_FLAGS]: Bytes
  [F.SCTP_SOCKOPT_CONNECTX]: Bytes
  [F.SCTP_SOCKOPT_CONNECTX3]: Bytes
  [F.SCTP_PR_SUPPORTED]: Bytes
  [F.SCTP_DEFAULT_PRINFO]: Bytes
  [F.SCTP_RECONFIG_SUPPORTED]: Bytes
  [F.SCTP_ENABLE_STREAM_RESET]: Bytes
  [F.SCTP_RESET_STREAMS]: Bytes
  [F.SCTP_RESET_ASSOC]: Bytes
  [F.SCTP_ADD_STREAMS]: Bytes
  [F.SCTP_STREAM_SCHEDULER]: Bytes
  [F.SCTP_STREAM_SCHEDULER_VALUE]: Bytes
  [F.SCTP_INTERLEAVING_SUPPORTED]: Bytes
  [F.SCTP_EVENT]: Bytes
  [F.SCTP_ASCONF_SUPPORTED]: Bytes
  [F.SCTP_AUTH_SUPPORTED]: Bytes
  [F.SCTP_ECN_SUPPORTED]: Bytes
  [F.SCTP_EXPOSE_POTENTIALLY_FAILED_STATE]: Bytes
  [F.SCTP_REMOTE_UDP_ENCAPS_PORT]: Bytes
  [F.SCTP_PLPMTUD_PROBE_INTERVAL]: Bytes
}
