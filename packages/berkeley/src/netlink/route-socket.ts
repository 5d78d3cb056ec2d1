// NETLINK_ROUTE: links, addresses, routes, neighbours and rules, as objects.

import { parseIPv4, parseIPv6 } from '../core/address/ip.ts'
import { integer } from '../core/arguments.ts'
import { osError, wrongType, wrongValue } from '../core/errors.ts'
import type { Form, Waiting } from '../core/form.ts'
import { encodeAttributes } from '../core/netlink/attributes.ts'
import { fibRuleHdr, ifaddrmsg, ifinfomsg, ndmsg, rtmsg } from '../core/netlink/headers.ts'
import type { InterfaceAddress } from '../core/netlink/interface-address.ts'
import type { Link } from '../core/netlink/link.ts'
import type { Neighbour } from '../core/netlink/neighbour.ts'
import type { Route } from '../core/netlink/route.ts'
import type { Rule } from '../core/netlink/rule.ts'
import { uint32 } from '../core/netlink/values.ts'
import type { Steps } from '../ops/steps.ts'
import { AF_INET, AF_INET6, AF_UNSPEC } from '../sys/constants.ts'
import { ENODEV } from '../sys/errno.ts'
import {
  ALTIFNAMSIZ,
  IFLA_ALT_IFNAME,
  IFLA_IFNAME,
  IFNAMSIZ,
  NDA_IFINDEX,
  RTA_DST,
  RTA_MARK,
  RTA_OIF,
  RTA_SRC,
  RTA_TABLE,
  RTM_F_LOOKUP_TABLE,
} from '../sys/netlink-constants.ts'
import { BaseNetlinkSocket, familyOf, interfaceIndex, type WaitingOptions } from './netlink-socket.ts'
import { entriesOf, type Table, tables } from './tables.ts'

/** Of which family. */
export interface FamilyFilter {
  /** `AF_INET`, `AF_INET6`; `AF_UNSPEC` (the default) for all. */
  readonly family?: number | undefined
}

/** Which addresses, or neighbours. */
export interface InterfaceFilter extends FamilyFilter {
  /** Of the interface with this index. */
  readonly index?: number | undefined
}

/** Which routes. */
export interface RouteFilter extends FamilyFilter {
  /** Of this table: `RT_TABLE_MAIN`, … */
  readonly table?: number | undefined
}

/** What a route is asked for. */
export interface RouteQuery {
  /** The address to send from. */
  readonly source?: string | undefined
  /** The index of the interface to send by. */
  readonly index?: number | undefined
  /** The mark of the packets. */
  readonly mark?: number | undefined
}

type Filter = Partial<Record<keyof RouteFilter | keyof InterfaceFilter | keyof RouteQuery, unknown>>

function filterOf(call: string, filter: unknown): Filter {
  if (filter === undefined) return {}
  if (typeof filter !== 'object' || filter === null) throw wrongType(call, 'options', 'an object', filter)
  return filter as Filter
}

function optional<Value>(value: unknown, check: (value: unknown) => Value): Value | undefined {
  return value === undefined ? undefined : check(value)
}

function ipBytes(call: string, parameter: string, value: unknown): [family: number, bytes: Buffer] {
  if (typeof value !== 'string') throw wrongType(call, parameter, 'a numeric IP address', value)
  const four = Buffer.alloc(4)
  if (parseIPv4(value, four, 0)) return [AF_INET, four]
  const sixteen = Buffer.alloc(16)
  if (parseIPv6(value, sixteen, 0)) return [AF_INET6, sixteen]
  throw wrongValue(call, parameter, 'a numeric IP address', value)
}

/** Both forms of a socket of NETLINK_ROUTE. */
export abstract class BaseRouteSocket<F extends Form> extends BaseNetlinkSocket<F> {
  /**
   * links - all network interfaces
   *
   * @param options `{ signal }` to give up (promises only)
   * @throws as `dump`
   * @example
   * for (const { index, name, mtu } of await route.links()) console.log(index, name, mtu)
   * @see man 7 rtnetlink, man 8 ip-link
   */
  links(options?: WaitingOptions<F>): Waiting<F, Link[]> {
    return this.run('links', options, () => this.#entries('links', tables.link, tables.link.all))
  }

  /**
   * link - a network interface, by its index or one of its names
   *
   * @param which the index, or the name
   * @param options `{ signal }` to give up (promises only)
   * @throws OSError ENODEV if there is none; as `request`
   * @example
   * const { index, flags } = await route.link('lo')
   * @see man 7 rtnetlink
   */
  link(which: number | string, options?: WaitingOptions<F>): Waiting<F, Link> {
    return this.run('link', options, () => this.#one(linkQuery(which)))
  }

  *#one(payload: Buffer): Steps<Link> {
    const messages = yield* this.requestOf('link', tables.link.get, payload)
    const [link] = entriesOf(tables.link, messages)
    if (link === undefined) throw osError(-ENODEV, 'link')
    return link
  }

  /**
   * addresses - the addresses of network interfaces
   *
   * @param options `family` and `index` to have less than all; `signal` to give up (promises only)
   * @throws as `dump`
   * @example
   * const addresses = await route.addresses({ family: AF_INET })
   * for (const { address, prefixlen } of addresses) console.log(`${address}/${prefixlen}`)
   * @see man 7 rtnetlink, man 8 ip-address
   */
  addresses(options?: InterfaceFilter & WaitingOptions<F>): Waiting<F, InterfaceAddress[]> {
    return this.run('addresses', options, () => {
      const { family = AF_UNSPEC, index } = interfaceFilter('addresses', options)
      const payload = ifaddrmsg.encode({ family, index: index ?? 0 })
      return this.#entries('addresses', tables.address, payload, (entry) => isOf(entry, family, index))
    })
  }

  /**
   * routes - the routes, of all tables
   *
   * @param options `family` and `table` to have less than all; `signal` to give up (promises only)
   * @throws as `dump`
   * @example
   * const routes = await route.routes({ table: RT_TABLE_MAIN })
   * const defaults = routes.filter(({ prefixlen }) => prefixlen === 0)
   * @see man 7 rtnetlink, man 8 ip-route
   */
  routes(options?: RouteFilter & WaitingOptions<F>): Waiting<F, Route[]> {
    return this.run('routes', options, () => {
      const given = filterOf('routes', options)
      const family = optional(given.family, (value) => familyOf('routes', value)) ?? AF_UNSPEC
      const table = optional(given.table, (value) => integer('routes', 'table', value, 1, 2 ** 32 - 1))
      const attributes = table === undefined ? [] : [[RTA_TABLE, uint32.encode(table)] as const]
      const payload = Buffer.concat([rtmsg.encode({ family }), encodeAttributes(attributes)])
      return this.#entries(
        'routes',
        tables.route,
        payload,
        (entry) => isOf(entry, family) && (table === undefined || entry.table === table),
      )
    })
  }

  /**
   * routeTo - the route that packets to an address would take
   *
   * @param destination a numeric IP address
   * @param options `source`, `index` and `mark` of the packets; `signal` to give up (promises only)
   * @throws OSError ENETUNREACH, EHOSTUNREACH, EACCES if there is none; as `request`
   * @example
   * const { gateway, prefsrc } = await route.routeTo('192.0.2.1')
   * @see man 8 ip-route
   */
  routeTo(destination: string, options?: RouteQuery & WaitingOptions<F>): Waiting<F, Route> {
    return this.run('routeTo', options, () => this.#routeTo(routeQuery(destination, options)))
  }

  *#routeTo(payload: Buffer): Steps<Route> {
    const messages = yield* this.requestOf('routeTo', tables.route.get, payload)
    return entriesOf(tables.route, messages)[0]!
  }

  /**
   * neighbours - the neighbours that ARP and NDP found, or somebody entered
   *
   * @param options `family` and `index` to have less than all; `signal` to give up (promises only)
   * @throws as `dump`
   * @example
   * for (const { address, lladdr } of await route.neighbours()) console.log(address, lladdr)
   * @see man 7 rtnetlink, man 8 ip-neighbour
   */
  neighbours(options?: InterfaceFilter & WaitingOptions<F>): Waiting<F, Neighbour[]> {
    return this.run('neighbours', options, () => {
      const { family = AF_UNSPEC, index } = interfaceFilter('neighbours', options)
      const attributes = index === undefined ? [] : [[NDA_IFINDEX, uint32.encode(index)] as const]
      const payload = Buffer.concat([ndmsg.encode({ family }), encodeAttributes(attributes)])
      return this.#entries('neighbours', tables.neighbour, payload, (entry) => isOf(entry, family, index))
    })
  }

  /**
   * rules - the rules that say what table of routes packets are looked up in
   *
   * @param options `family` to have less than all; `signal` to give up (promises only)
   * @throws as `dump`
   * @example
   * for (const { priority, table } of await route.rules({ family: AF_INET })) console.log(priority, table)
   * @see man 8 ip-rule
   */
  rules(options?: FamilyFilter & WaitingOptions<F>): Waiting<F, Rule[]> {
    return this.run('rules', options, () => {
      const { family = AF_UNSPEC } = interfaceFilter('rules', options)
      return this.#entries('rules', tables.rule, fibRuleHdr.encode({ family }), (entry) =>
        isOf(entry, family),
      )
    })
  }

  // Old kernels give more than they were asked for, and so may new ones for families they do not know.
  *#entries<Entry>(
    call: string,
    table: Table<Entry>,
    payload: Buffer,
    isWanted: (entry: Entry) => boolean = () => true,
  ): Steps<Entry[]> {
    const messages = yield* this.dumpOf(call, table.get, payload)
    return entriesOf(table, messages).filter(isWanted)
  }
}

function interfaceFilter(call: string, options: unknown): InterfaceFilter {
  const { family, index } = filterOf(call, options)
  return {
    family: optional(family, (value) => familyOf(call, value)),
    index: optional(index, (value) => interfaceIndex(call, 'index', value)),
  }
}

function isOf(entry: { family: number; index?: number | null }, family: number, index?: number): boolean {
  return (family === AF_UNSPEC || entry.family === family) && (index === undefined || entry.index === index)
}

function linkQuery(which: unknown): Buffer {
  if (typeof which !== 'string') return ifinfomsg.encode({ index: interfaceIndex('link', 'which', which) })
  const length = Buffer.byteLength(which)
  if (length === 0 || length >= ALTIFNAMSIZ || which.includes('\0')) {
    throw wrongValue('link', 'which', `a name of less than ${ALTIFNAMSIZ} bytes, without NUL`, which)
  }
  // Only the further names may be so long.
  const attribute = length < IFNAMSIZ ? IFLA_IFNAME : IFLA_ALT_IFNAME
  return Buffer.concat([ifinfomsg.encode({}), encodeAttributes([[attribute, which]])])
}

function routeQuery(destination: unknown, options: unknown): Buffer {
  const { source, index, mark } = filterOf('routeTo', options)
  const [family, to] = ipBytes('routeTo', 'destination', destination)
  const from = optional(source, (value) => ipBytes('routeTo', 'source', value))
  if (from !== undefined && from[0] !== family) {
    throw wrongValue('routeTo', 'source', "of the destination's family", source)
  }
  const header = rtmsg.encode({
    family,
    dstLen: to.length * 8,
    srcLen: (from?.[1].length ?? 0) * 8,
    // The table that the route is in; IPv6 tells it unasked, and refuses the flag.
    flags: family === AF_INET ? RTM_F_LOOKUP_TABLE : 0,
  })
  const attributes = [
    [RTA_DST, to],
    [RTA_SRC, from?.[1]],
    [RTA_OIF, optional(index, (value) => uint32.encode(interfaceIndex('routeTo', 'index', value)))],
    [RTA_MARK, optional(mark, (value) => uint32.encode(integer('routeTo', 'mark', value, 0, 2 ** 32 - 1)))],
  ] as const
  const given = attributes.flatMap(([type, value]) => (value === undefined ? [] : [[type, value] as const]))
  return Buffer.concat([header, encodeAttributes(given)])
}
