// The tables of NETLINK_ROUTE: how each is asked for, how its changes are heard of, and what its messages
// are.

import { fibRuleHdr, ifaddrmsg, ifinfomsg, ndmsg, rtmsg } from '../core/netlink/headers.ts'
import { decodeInterfaceAddress, type InterfaceAddress } from '../core/netlink/interface-address.ts'
import { decodeLink, type Link } from '../core/netlink/link.ts'
import type { Message } from '../core/netlink/messages.ts'
import { decodeNeighbour, type Neighbour } from '../core/netlink/neighbour.ts'
import { decodeRoute, type Route } from '../core/netlink/route.ts'
import { decodeRule, type Rule } from '../core/netlink/rule.ts'
import { AF_BRIDGE } from '../sys/constants.ts'
import {
  IFLA_WIRELESS,
  RTM_DELADDR,
  RTM_DELLINK,
  RTM_DELNEIGH,
  RTM_DELROUTE,
  RTM_DELRULE,
  RTM_GETADDR,
  RTM_GETLINK,
  RTM_GETNEIGH,
  RTM_GETROUTE,
  RTM_GETRULE,
  RTM_NEWADDR,
  RTM_NEWLINK,
  RTM_NEWNEIGH,
  RTM_NEWROUTE,
  RTM_NEWRULE,
  RTNLGRP_IPV4_IFADDR,
  RTNLGRP_IPV4_ROUTE,
  RTNLGRP_IPV4_RULE,
  RTNLGRP_IPV6_IFADDR,
  RTNLGRP_IPV6_ROUTE,
  RTNLGRP_IPV6_RULE,
  RTNLGRP_LINK,
  RTNLGRP_NEIGH,
} from '../sys/netlink-constants.ts'

/** What there are tables of. */
export interface Entries {
  readonly link: Link
  readonly address: InterfaceAddress
  readonly route: Route
  readonly neighbour: Neighbour
  readonly rule: Rule
}

/** The name of a kind of entry. */
export type EntryKind = keyof Entries

export interface Table<Entry> {
  readonly get: number
  /** The types of its messages: there is such an entry, or was. */
  readonly new: number
  readonly del: number
  /** The groups that hear of changes. */
  readonly groups: readonly number[]
  /** The payload that asks for all. */
  readonly all: Buffer
  /** The entry in a message. */
  decode(payload: Buffer): Entry
  /** Messages of the same types that are about something else. */
  isForeign?(entry: Entry): boolean
}

export const tables: { readonly [Kind in EntryKind]: Table<Entries[Kind]> } = {
  link: {
    get: RTM_GETLINK,
    new: RTM_NEWLINK,
    del: RTM_DELLINK,
    groups: [RTNLGRP_LINK],
    all: ifinfomsg.encode({}),
    decode: decodeLink,
    // An interface that leaves its bridge is "deleted" there, and what wireless drivers tell is not about the
    // interface.
    isForeign: ({ family, attributes }) => family === AF_BRIDGE || attributes.has(IFLA_WIRELESS),
  },
  address: {
    get: RTM_GETADDR,
    new: RTM_NEWADDR,
    del: RTM_DELADDR,
    groups: [RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR],
    all: ifaddrmsg.encode({}),
    decode: decodeInterfaceAddress,
  },
  route: {
    get: RTM_GETROUTE,
    new: RTM_NEWROUTE,
    del: RTM_DELROUTE,
    groups: [RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV6_ROUTE],
    all: rtmsg.encode({}),
    decode: decodeRoute,
  },
  neighbour: {
    get: RTM_GETNEIGH,
    new: RTM_NEWNEIGH,
    del: RTM_DELNEIGH,
    groups: [RTNLGRP_NEIGH],
    all: ndmsg.encode({}),
    decode: decodeNeighbour,
    // The forwarding tables of bridges, which the dump of all families does not have.
    isForeign: ({ family }) => family === AF_BRIDGE,
  },
  rule: {
    get: RTM_GETRULE,
    new: RTM_NEWRULE,
    del: RTM_DELRULE,
    groups: [RTNLGRP_IPV4_RULE, RTNLGRP_IPV6_RULE],
    all: fibRuleHdr.encode({}),
    decode: decodeRule,
  },
}

/** The entries in the answer to a dump. */
export function entriesOf<Entry>(table: Table<Entry>, messages: readonly Message[]): Entry[] {
  return messages.flatMap(({ type, payload }) => (type === table.new ? [table.decode(payload)] : []))
}
