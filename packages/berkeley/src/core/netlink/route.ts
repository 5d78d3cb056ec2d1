// RTM_NEWROUTE and its kin: routes.
import { AF_INET6 } from '../../sys/constants.ts'
import {
  RTA_DST,
  RTA_EXPIRES,
  RTA_FLOW,
  RTA_GATEWAY,
  RTA_IIF,
  RTA_MARK,
  RTA_METRICS,
  RTA_MULTIPATH,
  RTA_NH_ID,
  RTA_OIF,
  RTA_PREFSRC,
  RTA_PRIORITY,
  RTA_SRC,
  RTA_TABLE,
  RTA_UID,
  RTA_VIA,
  RTAX_MTU,
} from '../../sys/netlink-constants.ts'
import { layout } from '../../sys/netlink-layout.ts'
import { int32, uint8, uint16, viewOf } from '../ctypes.ts'
import { aligned } from './alignment.ts'
import { attributeMap } from './attributes.ts'
import { type Fields, ip, ipText, type Kind, readFields, readKind, u32 } from './fields.ts'
import { rtmsg } from './headers.ts'
import { startOf } from './payload.ts'

/** One of the ways that a route may take. */
export interface Nexthop {
  /** The index of the interface to send by. */
  readonly index: number
  /** The host to send to; `null` if the destination is on the interface's own network. */
  readonly gateway: string | null
  /** How much of the traffic it gets, in proportion to the others: 1 to 256. */
  readonly weight: number
  /** `RTNH_F_DEAD | RTNH_F_ONLINK | …` */
  readonly flags: number
}

interface RouteFields {
  /** The index of the interface to send by; `null` with several ways, and for routes that lead nowhere. */
  readonly index: number | null
  /** The index of the interface that packets come by, of a route that was asked for. */
  readonly inputIndex: number | null
  /** Which of several routes to the same destination is taken: the least. */
  readonly priority: number
  /** The address to send from. */
  readonly prefsrc: string | null
  /** The number of a nexthop object that it takes. */
  readonly nexthopId: number | null
  /** The realms, as two numbers of 16 bits in one. */
  readonly flow: number | null
  /** The mark of packets, of a route that was asked for. */
  readonly mark: number | null
  /** The user, of a route that was asked for. */
  readonly uid: number | null
  /** Seconds until it is gone. */
  readonly expires: number | null
}

/** A route. */
export interface Route extends RouteFields {
  /** `AF_INET`, `AF_INET6`, … */
  readonly family: number
  /** `RTN_UNICAST`, `RTN_LOCAL`, `RTN_BLACKHOLE`, … */
  readonly type: number
  /** Where it leads: `'10.0.0.0'`; `'0.0.0.0'` or `'::'` with a prefix of no bits for everywhere. */
  readonly destination: string
  /** How many bits of the destination count. */
  readonly prefixlen: number
  /** For packets from where; `null` for all. */
  readonly source: string | null
  /** How many bits of the source count. */
  readonly sourcePrefixlen: number
  /**
   * The host to send to; `null` if the destination is on the interface's own network, or there are several
   * ways.
   */
  readonly gateway: string | null
  /** The ways to take, of a route with several. */
  readonly nexthops: readonly Nexthop[]
  /** `RT_TABLE_MAIN`, `RT_TABLE_LOCAL`, … */
  readonly table: number
  /** Who made it: `RTPROT_KERNEL`, `RTPROT_STATIC`, … */
  readonly protocol: number
  /** `RT_SCOPE_UNIVERSE`, `RT_SCOPE_LINK`, … */
  readonly scope: number
  /** Type of service. */
  readonly tos: number
  /** `RTM_F_CLONED | RTNH_F_ONLINK | …` */
  readonly flags: number
  /** The largest packet, if the route has one of its own. */
  readonly mtu: number | null
  /** All attributes by their types (`RTA_…`), as bytes. */
  readonly attributes: ReadonlyMap<number, Buffer>
}

const { rtvia_addr } = layout.rtvia

/** An address with a family of its own: IPv4 routes by IPv6 gateways. */
const via: Kind<string> = {
  must: `more than ${rtvia_addr} bytes`,
  read: (data) => (data.length <= rtvia_addr ? undefined : ipText(data.subarray(rtvia_addr))),
}

const { size, rtnh_len, rtnh_flags, rtnh_hops, rtnh_ifindex } = layout.rtnexthop

// Each is a struct, whose length says how far its own attributes go.
const nexthops: Kind<readonly Nexthop[]> = {
  must: 'whole nexthops',
  read(data) {
    const view = viewOf(data)
    const found: Nexthop[] = []
    for (let at = 0; at < data.length; ) {
      if (data.length - at < size) return undefined
      const length = uint16.read(view, at + rtnh_len)
      if (length < size || length > data.length - at) return undefined
      found.push({
        index: int32.read(view, at + rtnh_ifindex),
        gateway: gatewayOf('nexthops', attributeMap(data.subarray(at + size, at + length))),
        weight: uint8.read(view, at + rtnh_hops) + 1,
        flags: uint8.read(view, at + rtnh_flags),
      })
      at += aligned(length)
    }
    return found
  },
}

function gatewayOf(member: string, attributes: ReadonlyMap<number, Buffer>): string | null {
  const gateway = attributes.get(RTA_GATEWAY)
  if (gateway !== undefined) return ipText(gateway)
  const other = attributes.get(RTA_VIA)
  return other === undefined ? null : readKind('decodeRoute', member, via, other)
}

const mtu: Kind<number | null> = {
  must: 'attributes',
  read(data) {
    const value = attributeMap(data).get(RTAX_MTU)
    return value === undefined ? null : u32.read(value)
  },
}

const fields: Fields<
  RouteFields & {
    destination: string | null
    source: string | null
    wideTable: number | null
    nexthops: readonly Nexthop[]
    mtu: number | null
  }
> = {
  destination: [RTA_DST, ip, null],
  source: [RTA_SRC, ip, null],
  index: [RTA_OIF, u32, null],
  inputIndex: [RTA_IIF, u32, null],
  priority: [RTA_PRIORITY, u32, 0],
  prefsrc: [RTA_PREFSRC, ip, null],
  nexthopId: [RTA_NH_ID, u32, null],
  flow: [RTA_FLOW, u32, null],
  mark: [RTA_MARK, u32, null],
  uid: [RTA_UID, u32, null],
  expires: [RTA_EXPIRES, u32, null],
  wideTable: [RTA_TABLE, u32, null],
  nexthops: [RTA_MULTIPATH, nexthops, []],
  mtu: [RTA_METRICS, mtu as Kind<number>, null],
}

/**
 * decodeRoute - the route in a message of type RTM_NEWROUTE or RTM_DELROUTE
 *
 * @param payload the message's payload
 * @throws RangeError if it is cut; TypeError
 * @example
 * const { destination, prefixlen, gateway } = decodeRoute(message.payload)
 * @see man 7 rtnetlink
 */
export function decodeRoute(payload: ArrayBufferView): Route {
  const [header, attributes] = startOf('decodeRoute', payload, rtmsg, layout.rtmsg.size)
  const { destination, source, wideTable, ...members } = readFields('decodeRoute', fields, attributes)
  const { family, type, tos, table, protocol, scope, flags } = header
  return {
    family,
    type,
    destination: destination ?? (family === AF_INET6 ? '::' : '0.0.0.0'),
    prefixlen: header.dstLen,
    source,
    sourcePrefixlen: header.srcLen,
    gateway: gatewayOf('gateway', attributes),
    table: wideTable ?? table,
    protocol,
    scope,
    tos,
    flags,
    ...members,
    attributes,
  }
}
