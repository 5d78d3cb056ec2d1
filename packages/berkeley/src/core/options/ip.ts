// The options of IPv4 and IPv6, and of raw ICMP.
import type * as C from '../../sys/constants.ts'
import type { FullInet6Address, InetAddress } from '../address/index.ts'
import type { Pktinfo } from '../ancillary/ip.ts'
import type {
  GroupReq,
  GroupSourceReq,
  IpMreq,
  IpMreqn,
  IpMreqSource,
  Ipv6Mreq,
} from '../structs/multicast.ts'
import type { GroupFilter, IpMsfilter } from '../structs/source-filter.ts'
import type { Bytes, Int, ReadOnly, Struct } from './kinds.ts'

/** What IPv4 and IPv6 have alike. */
export interface MulticastOptions {
  [C.MCAST_JOIN_GROUP]: Struct<GroupReq>
  [C.MCAST_LEAVE_GROUP]: Struct<GroupReq>
  [C.MCAST_JOIN_SOURCE_GROUP]: Struct<GroupSourceReq>
  [C.MCAST_LEAVE_SOURCE_GROUP]: Struct<GroupSourceReq>
  [C.MCAST_BLOCK_SOURCE]: Struct<GroupSourceReq>
  [C.MCAST_UNBLOCK_SOURCE]: Struct<GroupSourceReq>
  [C.MCAST_MSFILTER]: Struct<GroupFilter>
}

/** SOL_IP. */
export interface IpOptions extends MulticastOptions {
  [C.IP_TOS]: Int
  [C.IP_TTL]: Int
  [C.IP_HDRINCL]: Int
  [C.IP_OPTIONS]: Bytes
  [C.IP_ROUTER_ALERT]: Int
  [C.IP_RECVOPTS]: Int
  [C.IP_RETOPTS]: Int
  [C.IP_PKTINFO]: Int
  [C.IP_PKTOPTIONS]: ReadOnly<Bytes>
  [C.IP_MTU_DISCOVER]: Int
  [C.IP_RECVERR]: Int
  [C.IP_RECVTTL]: Int
  [C.IP_RECVTOS]: Int
  [C.IP_MTU]: ReadOnly<Int>
  [C.IP_FREEBIND]: Int
  [C.IP_IPSEC_POLICY]: Bytes
  [C.IP_XFRM_POLICY]: Bytes
  [C.IP_PASSSEC]: Int
  [C.IP_TRANSPARENT]: Int
  [C.IP_RECVORIGDSTADDR]: Int
  [C.IP_MINTTL]: Int
  [C.IP_NODEFRAG]: Int
  [C.IP_CHECKSUM]: Int
  [C.IP_BIND_ADDRESS_NO_PORT]: Int
  [C.IP_RECVFRAGSIZE]: Int
  [C.IP_RECVERR_RFC4884]: Int
  [C.IP_LOCAL_PORT_RANGE]: Int
  [C.IP_PROTOCOL]: ReadOnly<Int>
  [C.IP_MULTICAST_IF]: Bytes
  [C.IP_MULTICAST_TTL]: Int
  [C.IP_MULTICAST_LOOP]: Int
  [C.IP_MULTICAST_ALL]: Int
  [C.IP_UNICAST_IF]: Int
  [C.IP_ADD_MEMBERSHIP]: Struct<IpMreq> | Struct<IpMreqn>
  [C.IP_DROP_MEMBERSHIP]: Struct<IpMreq> | Struct<IpMreqn>
  [C.IP_ADD_SOURCE_MEMBERSHIP]: Struct<IpMreqSource>
  [C.IP_DROP_SOURCE_MEMBERSHIP]: Struct<IpMreqSource>
  [C.IP_BLOCK_SOURCE]: Struct<IpMreqSource>
  [C.IP_UNBLOCK_SOURCE]: Struct<IpMreqSource>
  [C.IP_MSFILTER]: Struct<IpMsfilter>
  [C.SO_ORIGINAL_DST]: ReadOnly<Struct<InetAddress | FullInet6Address>>
}

/** SOL_IPV6. */
export interface Ipv6Options extends MulticastOptions {
  [C.IPV6_ADDRFORM]: Int
  [C.IPV6_2292PKTINFO]: Int
  [C.IPV6_2292HOPOPTS]: Int
  [C.IPV6_2292DSTOPTS]: Int
  [C.IPV6_2292RTHDR]: Int
  [C.IPV6_2292PKTOPTIONS]: Bytes
  [C.IPV6_CHECKSUM]: Int
  [C.IPV6_2292HOPLIMIT]: Int
  [C.IPV6_NEXTHOP]: Bytes
  [C.IPV6_AUTHHDR]: Bytes
  [C.IPV6_FLOWINFO]: Int
  [C.IPV6_UNICAST_HOPS]: Int
  [C.IPV6_MULTICAST_IF]: Int
  [C.IPV6_MULTICAST_HOPS]: Int
  [C.IPV6_MULTICAST_LOOP]: Int
  [C.IPV6_JOIN_GROUP]: Struct<Ipv6Mreq>
  [C.IPV6_LEAVE_GROUP]: Struct<Ipv6Mreq>
  [C.IPV6_ROUTER_ALERT]: Int
  [C.IPV6_MTU_DISCOVER]: Int
  [C.IPV6_MTU]: Int
  [C.IPV6_RECVERR]: Int
  [C.IPV6_V6ONLY]: Int
  [C.IPV6_JOIN_ANYCAST]: Struct<Ipv6Mreq>
  [C.IPV6_LEAVE_ANYCAST]: Struct<Ipv6Mreq>
  [C.IPV6_MULTICAST_ALL]: Int
  [C.IPV6_ROUTER_ALERT_ISOLATE]: Int
  [C.IPV6_RECVERR_RFC4884]: Int
  [C.IPV6_FLOWLABEL_MGR]: Bytes
  [C.IPV6_FLOWINFO_SEND]: Int
  [C.IPV6_IPSEC_POLICY]: Bytes
  [C.IPV6_XFRM_POLICY]: Bytes
  [C.IPV6_HDRINCL]: Int
  [C.IPV6_RECVPKTINFO]: Int
  [C.IPV6_PKTINFO]: Struct<Pktinfo>
  [C.IPV6_RECVHOPLIMIT]: Int
  [C.IPV6_HOPLIMIT]: Int
  [C.IPV6_RECVHOPOPTS]: Int
  [C.IPV6_HOPOPTS]: Bytes
  [C.IPV6_RTHDRDSTOPTS]: Bytes
  [C.IPV6_RECVRTHDR]: Int
  [C.IPV6_RTHDR]: Bytes
  [C.IPV6_RECVDSTOPTS]: Int
  [C.IPV6_DSTOPTS]: Bytes
  [C.IPV6_RECVPATHMTU]: Int
  [C.IPV6_PATHMTU]: ReadOnly<Bytes>
  [C.IPV6_DONTFRAG]: Int
  [C.IPV6_RECVTCLASS]: Int
  [C.IPV6_TCLASS]: Int
  [C.IPV6_AUTOFLOWLABEL]: Int
  [C.IPV6_ADDR_PREFERENCES]: Int
  [C.IPV6_MINHOPCOUNT]: Int
  [C.IPV6_RECVORIGDSTADDR]: Int
  [C.IPV6_TRANSPARENT]: Int
  [C.IPV6_UNICAST_IF]: Int
  [C.IPV6_RECVFRAGSIZE]: Int
  [C.IPV6_FREEBIND]: Int
  [C.IP6T_SO_ORIGINAL_DST]: ReadOnly<Struct<InetAddress | FullInet6Address>>
}

/** SOL_RAW. */
export interface RawOptions {
  [C.ICMP_FILTER]: Struct<number[]>
}

/** SOL_ICMPV6. */
export interface Icmpv6Options {
  [C.ICMPV6_FILTER]: Struct<number[]>
}
