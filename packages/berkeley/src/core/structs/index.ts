// The codecs of options whose values are structs, for the facades. Re-exports only.
export { type BtSecurity, btSecurity } from './bluetooth.ts'
export { type CanFilter, canFilter } from './can.ts'
export {
  type CanIsotpFcOptions,
  type CanIsotpLlOptions,
  type CanIsotpOptions,
  canIsotpFcOptions,
  canIsotpLlOptions,
  canIsotpOptions,
} from './can-isotp.ts'
export { type SockFilter, sockFilter } from './filter.ts'
export { icmp6Filter, icmpFilter } from './icmp.ts'
export { type J1939Filter, j1939Filter } from './j1939.ts'
export { type Linger, linger } from './linger.ts'
export { type Meminfo, meminfo } from './meminfo.ts'
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
export { type GroupFilter, groupFilter, type IpMsfilter, ipMsfilter } from './source-filter.ts'
export type { BytesFor, Encoded, StructCodec } from './struct.ts'
export { type TcpInfo, tcpInfo } from './tcp-info.ts'
export { type TcpMd5sig, tcpMd5sig } from './tcp-md5sig.ts'
export { timeval } from './time.ts'
export { type SoTimestamping, soTimestamping } from './timestamping.ts'
export { type SockTxtime, sockTxtime } from './tx-time.ts'
export { type Credentials, ucred } from './ucred.ts'
