// Which levels of options a socket has, by its family, type and protocol.
import {
  AF_BLUETOOTH,
  AF_CAN,
  AF_INET,
  AF_INET6,
  AF_KCM,
  AF_MCTP,
  AF_NETLINK,
  AF_PACKET,
  AF_RDS,
  AF_SMC,
  AF_TIPC,
  AF_VSOCK,
  AF_XDP,
  CAN_ISOTP,
  CAN_J1939,
  CAN_RAW,
  IPPROTO_ICMP,
  IPPROTO_ICMPV6,
  IPPROTO_MPTCP,
  IPPROTO_SCTP,
  IPPROTO_SMC,
  IPPROTO_TCP,
  IPPROTO_UDP,
  IPPROTO_UDPLITE,
} from 'berkeley'

export interface SocketKind {
  readonly family: number
  readonly type: number
  readonly protocol: number
}

const OF_FAMILY: Readonly<Record<number, readonly string[]>> = {
  [AF_INET]: ['SOL_IP'],
  // One of IPv6 also talks to IPv4, and has its options then.
  [AF_INET6]: ['SOL_IPV6', 'SOL_IP'],
  [AF_PACKET]: ['SOL_PACKET'],
  [AF_NETLINK]: ['SOL_NETLINK'],
  [AF_VSOCK]: ['AF_VSOCK'],
  [AF_TIPC]: ['SOL_TIPC'],
  [AF_RDS]: ['SOL_RDS'],
  [AF_XDP]: ['SOL_XDP'],
  [AF_KCM]: ['SOL_KCM'],
  [AF_SMC]: ['SOL_TCP', 'SOL_SMC'],
  [AF_MCTP]: ['SOL_MCTP'],
  [AF_BLUETOOTH]: ['SOL_BLUETOOTH'],
}

const OF_PROTOCOL: Readonly<Record<number, readonly string[]>> = {
  [IPPROTO_TCP]: ['SOL_TCP', 'SOL_TLS'],
  [IPPROTO_MPTCP]: ['SOL_TCP', 'SOL_MPTCP'],
  [IPPROTO_SMC]: ['SOL_TCP', 'SOL_SMC'],
  [IPPROTO_UDP]: ['SOL_UDP'],
  [IPPROTO_UDPLITE]: ['SOL_UDPLITE'],
  [IPPROTO_SCTP]: ['SOL_SCTP'],
  [IPPROTO_ICMP]: ['SOL_RAW'],
  [IPPROTO_ICMPV6]: ['SOL_ICMPV6'],
}

const OF_CAN: Readonly<Record<number, readonly string[]>> = {
  [CAN_RAW]: ['SOL_CAN_RAW'],
  [CAN_ISOTP]: ['SOL_CAN_ISOTP'],
  [CAN_J1939]: ['SOL_CAN_J1939'],
}

/** The names of the levels, the general one first. */
export function levelsOf({ family, protocol }: SocketKind): string[] {
  const isInet = family === AF_INET || family === AF_INET6
  const more = isInet ? OF_PROTOCOL[protocol] : family === AF_CAN ? OF_CAN[protocol] : []
  return ['SOL_SOCKET', ...(OF_FAMILY[family] ?? []), ...(more ?? [])]
}
