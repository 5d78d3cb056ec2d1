// RTM_NEWRULE and its kin: rules, which say what table of routes a packet is looked up in.
import {
  FRA_DST,
  FRA_FWMARK,
  FRA_FWMASK,
  FRA_GOTO,
  FRA_IIFNAME,
  FRA_IP_PROTO,
  FRA_OIFNAME,
  FRA_PRIORITY,
  FRA_PROTOCOL,
  FRA_SRC,
  FRA_TABLE,
} from '../../sys/netlink-constants.ts'
import { layout } from '../../sys/netlink-layout.ts'
import { type Fields, ip, readFields, text, u8, u32 } from './fields.ts'
import { fibRuleHdr } from './headers.ts'
import { startOf } from './payload.ts'

interface RuleFields {
  /** The order of rules: the least comes first. */
  readonly priority: number
  /** For packets from where; `null` for all. */
  readonly source: string | null
  /** For packets to where; `null` for all. */
  readonly destination: string | null
  /** For packets that came by the interface of this name. */
  readonly iif: string | null
  /** For packets of sockets that are bound to the interface of this name. */
  readonly oif: string | null
  /** For packets with this mark. */
  readonly fwmark: number
  /** Which bits of the mark count. */
  readonly fwmask: number | null
  /** For packets of this protocol: `IPPROTO_TCP`, … */
  readonly ipProto: number | null
  /** The priority of the rule to go on with, for `FR_ACT_GOTO`. */
  readonly goto: number | null
  /** Who made it: `RTPROT_KERNEL`, … */
  readonly protocol: number
}

/** A rule of routing. */
export interface Rule extends RuleFields {
  /** `AF_INET`, `AF_INET6`, … */
  readonly family: number
  /** What it does: `FR_ACT_TO_TBL`, `FR_ACT_GOTO`, `FR_ACT_BLACKHOLE`, … */
  readonly action: number
  /** The table to look into: `RT_TABLE_MAIN`, … */
  readonly table: number
  /** How many bits of the source count. */
  readonly sourcePrefixlen: number
  /** How many bits of the destination count. */
  readonly destinationPrefixlen: number
  /** Type of service. */
  readonly tos: number
  /** `FIB_RULE_INVERT | …` */
  readonly flags: number
  /** All attributes by their types (`FRA_…`), as bytes. */
  readonly attributes: ReadonlyMap<number, Buffer>
}

const fields: Fields<RuleFields & { wideTable: number | null }> = {
  priority: [FRA_PRIORITY, u32, 0],
  source: [FRA_SRC, ip, null],
  destination: [FRA_DST, ip, null],
  iif: [FRA_IIFNAME, text, null],
  oif: [FRA_OIFNAME, text, null],
  fwmark: [FRA_FWMARK, u32, 0],
  fwmask: [FRA_FWMASK, u32, null],
  ipProto: [FRA_IP_PROTO, u8, null],
  goto: [FRA_GOTO, u32, null],
  protocol: [FRA_PROTOCOL, u8, 0],
  wideTable: [FRA_TABLE, u32, null],
}

/**
 * decodeRule - the rule in a message of type RTM_NEWRULE or RTM_DELRULE
 *
 * @param payload the message's payload
 * @throws RangeError if it is cut; TypeError
 * @example
 * const { priority, source, table } = decodeRule(message.payload)
 * @see man 8 ip-rule
 */
export function decodeRule(payload: ArrayBufferView): Rule {
  const [header, attributes] = startOf('decodeRule', payload, fibRuleHdr, layout.fib_rule_hdr.size)
  const { wideTable, ...members } = readFields('decodeRule', fields, attributes)
  const { family, action, table, tos, flags, dstLen, srcLen } = header
  return {
    family,
    action,
    table: wideTable ?? table,
    sourcePrefixlen: srcLen,
    destinationPrefixlen: dstLen,
    tos,
    flags,
    ...members,
    attributes,
  }
}
