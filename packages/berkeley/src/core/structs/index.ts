// The codecs of options whose values are structs, for the facades. Re-exports only.
export { type CanFilter, canFilter } from './can.ts'
export { type SockFilter, sockFilter } from './filter.ts'
export { icmp6Filter, icmpFilter } from './icmp.ts'
export { type Linger, linger } from './linger.ts'
export {
  type GroupReq,
  type GroupSourceReq,
  groupReq,
  groupSourceReq,
  type IpMreq,
  type IpMreqn,
  type IpMreqSource,
  type Ipv6Mreq,
  ipMreq,
  ipMreqn,
  ipMreqSource,
  ipv6Mreq,
} from './multicast.ts'
export { type PacketMreq, packetMreq, type TpacketStats, tpacketStats } from './packet.ts'
export type { StructCodec } from './struct.ts'
export { type TcpInfo, tcpInfo } from './tcp-info.ts'
export { timeval } from './time.ts'
export { type SockTxtime, sockTxtime } from './tx-time.ts'
export { type Credentials, ucred } from './ucred.ts'
