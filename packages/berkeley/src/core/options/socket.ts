// The options of level SOL_SOCKET, which every family has.
import type * as C from '../../sys/constants.ts'
import type { Linger } from '../structs/linger.ts'
import type { Meminfo } from '../structs/meminfo.ts'
import type { SoTimestamping } from '../structs/timestamping.ts'
import type { SockTxtime } from '../structs/tx-time.ts'
import type { Credentials } from '../structs/ucred.ts'
import type { Bytes, Int, IntOr, ReadOnly, Struct, Text } from './kinds.ts'

/** SOL_SOCKET. */
export interface SocketOptions {
  [C.SO_DEBUG]: Int
  [C.SO_REUSEADDR]: Int
  [C.SO_TYPE]: ReadOnly<Int>
  [C.SO_ERROR]: ReadOnly<Int>
  [C.SO_DONTROUTE]: Int
  [C.SO_BROADCAST]: Int
  [C.SO_SNDBUF]: Int
  [C.SO_RCVBUF]: Int
  [C.SO_SNDBUFFORCE]: Int
  [C.SO_RCVBUFFORCE]: Int
  [C.SO_KEEPALIVE]: Int
  [C.SO_OOBINLINE]: Int
  [C.SO_NO_CHECK]: Int
  [C.SO_PRIORITY]: Int
  [C.SO_LINGER]: Struct<Linger>
  [C.SO_BSDCOMPAT]: Int
  [C.SO_REUSEPORT]: Int
  [C.SO_PASSCRED]: Int
  [C.SO_PEERCRED]: ReadOnly<Struct<Credentials>>
  [C.SO_RCVLOWAT]: Int
  [C.SO_SNDLOWAT]: Int
  [C.SO_RCVTIMEO]: Struct<number>
  [C.SO_SNDTIMEO]: Struct<number>
  [C.SO_BINDTODEVICE]: Text
  [C.SO_ATTACH_FILTER]: Bytes
  [C.SO_DETACH_FILTER]: Int
  [C.SO_PEERNAME]: ReadOnly<Bytes>
  [C.SO_ACCEPTCONN]: ReadOnly<Int>
  [C.SO_PEERSEC]: ReadOnly<Bytes>
  [C.SO_PASSSEC]: Int
  [C.SO_MARK]: Int
  [C.SO_PROTOCOL]: ReadOnly<Int>
  [C.SO_DOMAIN]: ReadOnly<Int>
  [C.SO_RXQ_OVFL]: Int
  [C.SO_WIFI_STATUS]: Int
  [C.SO_PEEK_OFF]: Int
  [C.SO_NOFCS]: Int
  [C.SO_LOCK_FILTER]: Int
  [C.SO_SELECT_ERR_QUEUE]: Int
  [C.SO_BUSY_POLL]: Int
  [C.SO_MAX_PACING_RATE]: Int
  [C.SO_BPF_EXTENSIONS]: ReadOnly<Int>
  [C.SO_INCOMING_CPU]: Int
  [C.SO_ATTACH_BPF]: Int
  [C.SO_ATTACH_REUSEPORT_CBPF]: Bytes
  [C.SO_ATTACH_REUSEPORT_EBPF]: Int
  [C.SO_DETACH_REUSEPORT_BPF]: Int
  [C.SO_CNX_ADVICE]: Int
  [C.SO_MEMINFO]: ReadOnly<Struct<Meminfo>>
  [C.SO_INCOMING_NAPI_ID]: ReadOnly<Int>
  [C.SO_COOKIE]: ReadOnly<Bytes>
  [C.SO_NETNS_COOKIE]: ReadOnly<Bytes>
  [C.SO_PEERGROUPS]: ReadOnly<Bytes>
  [C.SO_ZEROCOPY]: Int
  [C.SO_TXTIME]: Struct<SockTxtime>
  [C.SO_BINDTOIFINDEX]: Int
  [C.SO_PREFER_BUSY_POLL]: Int
  [C.SO_BUSY_POLL_BUDGET]: Int
  [C.SO_BUF_LOCK]: Int
  [C.SO_RESERVE_MEM]: Int
  [C.SO_TXREHASH]: Int
  [C.SO_RCVMARK]: Int
  [C.SO_RCVPRIORITY]: Int
  [C.SO_PASSPIDFD]: Int
  [C.SO_PEERPIDFD]: ReadOnly<Int>
  [C.SO_PASSRIGHTS]: Int
  [C.SO_DEVMEM_DONTNEED]: Bytes
  [C.SO_INQ]: Int
  [C.SO_TIMESTAMP]: Int
  [C.SO_TIMESTAMPNS]: Int
  [C.SO_TIMESTAMPING]: IntOr<Struct<SoTimestamping>>
}
