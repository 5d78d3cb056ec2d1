// The structs that messages of NETLINK_ROUTE begin with, before their attributes.
import { layout } from '../../sys/netlink-layout.ts'
import { int32, uint8, uint16, uint32 } from '../ctypes.ts'
import { type StructCodec, struct } from '../structs/struct.ts'

/** struct ifinfomsg: what messages about links begin with. */
export interface Ifinfomsg {
  /** `AF_UNSPEC`; `AF_BRIDGE` for what a bridge says of its ports. */
  readonly family: number
  /** The kind of hardware: `ARPHRD_ETHER`, … */
  readonly type: number
  /** The index of the interface. */
  readonly index: number
  /** `IFF_UP | IFF_RUNNING | …` */
  readonly flags: number
  /** Which of the flags are to be changed. */
  readonly change: number
}

const info = layout.ifinfomsg

/**
 * ifinfomsg - what messages about links begin with (RTM_NEWLINK and its kin)
 *
 * @example
 * await route.request(RTM_SETLINK, 0, ifinfomsg.encode({ index, flags: IFF_UP, change: IFF_UP }))
 * @see man 7 rtnetlink
 */
export const ifinfomsg: StructCodec<Ifinfomsg, Partial<Ifinfomsg>> = struct('ifinfomsg', info.size, {
  family: [info.ifi_family, uint8, 0],
  type: [info.ifi_type, uint16, 0],
  index: [info.ifi_index, int32, 0],
  flags: [info.ifi_flags, uint32, 0],
  change: [info.ifi_change, uint32, 0],
})

/** struct ifaddrmsg: what messages about addresses begin with. */
export interface Ifaddrmsg {
  /** `AF_INET`, `AF_INET6` */
  readonly family: number
  /** How many bits of the address are the network's. */
  readonly prefixlen: number
  /** `IFA_F_PERMANENT | …`, the lowest eight bits: the attribute `IFA_FLAGS` has all. */
  readonly flags: number
  /** `RT_SCOPE_UNIVERSE`, `RT_SCOPE_LINK`, … */
  readonly scope: number
  /** The index of the interface. */
  readonly index: number
}

const addr = layout.ifaddrmsg

/**
 * ifaddrmsg - what messages about addresses begin with (RTM_NEWADDR and its kin)
 *
 * @example
 * const header = ifaddrmsg.encode({ family: AF_INET, prefixlen: 24, index })
 * const attributes = encodeAttributes([[IFA_LOCAL, inetPton(AF_INET, '10.0.0.1')]])
 * await route.request(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, Buffer.concat([header, attributes]))
 * @see man 7 rtnetlink
 */
export const ifaddrmsg: StructCodec<Ifaddrmsg, Partial<Ifaddrmsg>> = struct('ifaddrmsg', addr.size, {
  family: [addr.ifa_family, uint8, 0],
  prefixlen: [addr.ifa_prefixlen, uint8, 0],
  flags: [addr.ifa_flags, uint8, 0],
  scope: [addr.ifa_scope, uint8, 0],
  index: [addr.ifa_index, uint32, 0],
})

/** struct rtmsg: what messages about routes begin with. */
export interface Rtmsg {
  /** `AF_INET`, `AF_INET6` */
  readonly family: number
  /** Bits of the destination's prefix. */
  readonly dstLen: number
  /** Bits of the source's prefix. */
  readonly srcLen: number
  /** Type of service. */
  readonly tos: number
  /** `RT_TABLE_MAIN`, …: up to 255; the attribute `RTA_TABLE` has any. */
  readonly table: number
  /** Who made it: `RTPROT_KERNEL`, … */
  readonly protocol: number
  /** `RT_SCOPE_UNIVERSE`, … */
  readonly scope: number
  /** `RTN_UNICAST`, … */
  readonly type: number
  /** `RTM_F_CLONED | RTNH_F_ONLINK | …` */
  readonly flags: number
}

const route = layout.rtmsg

/**
 * rtmsg - what messages about routes begin with (RTM_NEWROUTE and its kin)
 *
 * @example
 * rtmsg.encode({ family: AF_INET, dstLen: 24, table: RT_TABLE_MAIN, type: RTN_UNICAST })
 * @see man 7 rtnetlink
 */
export const rtmsg: StructCodec<Rtmsg, Partial<Rtmsg>> = struct('rtmsg', route.size, {
  family: [route.rtm_family, uint8, 0],
  dstLen: [route.rtm_dst_len, uint8, 0],
  srcLen: [route.rtm_src_len, uint8, 0],
  tos: [route.rtm_tos, uint8, 0],
  table: [route.rtm_table, uint8, 0],
  protocol: [route.rtm_protocol, uint8, 0],
  scope: [route.rtm_scope, uint8, 0],
  type: [route.rtm_type, uint8, 0],
  flags: [route.rtm_flags, uint32, 0],
})

/** struct ndmsg: what messages about neighbours begin with. */
export interface Ndmsg {
  /** `AF_INET`, `AF_INET6`; `AF_BRIDGE` for the forwarding table of a bridge. */
  readonly family: number
  /** The index of the interface. */
  readonly ifindex: number
  /** `NUD_REACHABLE`, … */
  readonly state: number
  /** `NTF_PROXY | …` */
  readonly flags: number
  /** `RTN_UNICAST`, … */
  readonly type: number
}

const nd = layout.ndmsg

/**
 * ndmsg - what messages about neighbours begin with (RTM_NEWNEIGH and its kin)
 *
 * @example
 * ndmsg.encode({ family: AF_INET, ifindex: 2, state: NUD_PERMANENT })
 * @see man 7 rtnetlink
 */
export const ndmsg: StructCodec<Ndmsg, Partial<Ndmsg>> = struct('ndmsg', nd.size, {
  family: [nd.ndm_family, uint8, 0],
  ifindex: [nd.ndm_ifindex, int32, 0],
  state: [nd.ndm_state, uint16, 0],
  flags: [nd.ndm_flags, uint8, 0],
  type: [nd.ndm_type, uint8, 0],
})

/** struct fib_rule_hdr: what messages about rules begin with. */
export interface FibRuleHdr {
  /** `AF_INET`, `AF_INET6` */
  readonly family: number
  /** Bits of the destination's prefix. */
  readonly dstLen: number
  /** Bits of the source's prefix. */
  readonly srcLen: number
  /** Type of service. */
  readonly tos: number
  /** `RT_TABLE_MAIN`, …: up to 255; the attribute `FRA_TABLE` has any. */
  readonly table: number
  /** `FR_ACT_TO_TBL`, … */
  readonly action: number
  /** `FIB_RULE_INVERT | …` */
  readonly flags: number
}

const rule = layout.fib_rule_hdr

/**
 * fibRuleHdr - what messages about rules begin with (RTM_NEWRULE and its kin)
 *
 * @example
 * fibRuleHdr.encode({ family: AF_INET, table: RT_TABLE_MAIN, action: FR_ACT_TO_TBL })
 * @see man 8 ip-rule
 */
export const fibRuleHdr: StructCodec<FibRuleHdr, Partial<FibRuleHdr>> = struct('fibRuleHdr', rule.size, {
  family: [rule.family, uint8, 0],
  dstLen: [rule.dst_len, uint8, 0],
  srcLen: [rule.src_len, uint8, 0],
  tos: [rule.tos, uint8, 0],
  table: [rule.table, uint8, 0],
  action: [rule.action, uint8, 0],
  flags: [rule.flags, uint32, 0],
})
