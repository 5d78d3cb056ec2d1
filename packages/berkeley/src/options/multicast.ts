// Multicast groups, by the options that IPv4 and IPv6 have alike (RFC 3678). The group's family chooses the level, so a
// socket of AF_INET6 can join IPv4 groups as well.

import { indexOfInterface } from '../core/address/interface.ts'
import { parseIPv4, parseIPv6 } from '../core/address/ip.ts'
import { integer, list, text } from '../core/arguments.ts'
import { type Descriptor, descriptorOrClosed } from '../core/descriptor.ts'
import { wrongType, wrongValue } from '../core/errors.ts'
import { groupReq, groupSourceReq } from '../core/structs/multicast.ts'
import { groupFilter } from '../core/structs/source-filter.ts'
import {
  IPPROTO_IP,
  IPPROTO_IPV6,
  MCAST_BLOCK_SOURCE,
  MCAST_JOIN_GROUP,
  MCAST_JOIN_SOURCE_GROUP,
  MCAST_LEAVE_GROUP,
  MCAST_LEAVE_SOURCE_GROUP,
  MCAST_MSFILTER,
  MCAST_UNBLOCK_SOURCE,
} from '../sys/constants.ts'
import { native } from '../sys/native.ts'
import { check, setBytes } from './calls.ts'

/** A network interface: its name, its index, or `''`, 0 or nothing for the one that routing chooses. */
export type Interface = string | number

/** Where a group is, and of whom. */
export interface Membership {
  /** The interface to join on; that which routing chooses by default. */
  readonly interface?: Interface
  /** The only sender to hear (source-specific multicast); everybody by default. */
  readonly source?: string
}

/** Where a group is. */
export type GroupPlace = Pick<Membership, 'interface'>

/** Which senders of a group are heard. */
export interface SourceFilter {
  /** `MCAST_INCLUDE`: only the listed ones; `MCAST_EXCLUDE`: all but the listed ones. */
  readonly fmode: number
  /** The senders. */
  readonly slist: string[]
}

/**
 * joinGroup - join a multicast group
 *
 * A socket hears a group only if it is bound to the group's port, to the wildcard address or to the group itself. With
 * `source` it hears this sender only; more senders are added by further calls. On Linux a socket that is bound to the
 * wildcard address also hears groups that others joined, unless IP_MULTICAST_ALL or IPV6_MULTICAST_ALL is off; and of IPv6
 * it hears a group on all interfaces once it joined it on one.
 *
 * @param socket a socket of either form, anything else that has a descriptor, or a descriptor
 * @param group an IPv4 or IPv6 address
 * @param options `interface`, name or index; `source`, an address of the group's family
 * @throws OSError EADDRINUSE if it is joined already, ENODEV without such an interface, ENOBUFS beyond the limits of
 *   net.ipv4.igmp_max_memberships; TypeError, RangeError
 * @example
 * joinGroup(socket, '239.1.2.3', { interface: 'eth0' })
 * joinGroup(socket, 'ff3e::1234', { interface: 'eth0', source: '2001:db8::1' })
 * @see RFC 3678; man 7 ip, IP_ADD_MEMBERSHIP
 */
export function joinGroup(socket: Descriptor, group: string, options: Membership = {}): void {
  changeMembership('joinGroup', MCAST_JOIN_GROUP, MCAST_JOIN_SOURCE_GROUP, socket, group, options)
}

/**
 * leaveGroup - leave a multicast group
 *
 * Closing the socket leaves all its groups.
 *
 * @param socket as for `joinGroup`
 * @param group the group
 * @param options as given to `joinGroup`; with `source` only that sender is left
 * @throws OSError EADDRNOTAVAIL if it was not joined, there or for that sender; TypeError, RangeError
 * @example
 * leaveGroup(socket, '239.1.2.3', { interface: 'eth0' })
 * @see RFC 3678; man 7 ip, IP_DROP_MEMBERSHIP
 */
export function leaveGroup(socket: Descriptor, group: string, options: Membership = {}): void {
  changeMembership('leaveGroup', MCAST_LEAVE_GROUP, MCAST_LEAVE_SOURCE_GROUP, socket, group, options)
}

/**
 * blockSource - stop hearing one sender of a joined group
 *
 * @param socket as for `joinGroup`
 * @param group a group that was joined without a source
 * @param source the sender
 * @param options `interface`, as given to `joinGroup`
 * @throws OSError EADDRNOTAVAIL if the sender is blocked already, EINVAL if the group is not joined or joined for certain
 *   senders, ENOBUFS beyond the limit of net.ipv4.igmp_max_msf; TypeError, RangeError
 * @example
 * blockSource(socket, '239.1.2.3', '192.0.2.66', { interface: 'eth0' })
 * @see RFC 3678; man 7 ip, IP_BLOCK_SOURCE
 */
export function blockSource(
  socket: Descriptor,
  group: string,
  source: string,
  options: GroupPlace = {},
): void {
  changeSource('blockSource', MCAST_BLOCK_SOURCE, socket, group, source, options)
}

/**
 * unblockSource - hear a blocked sender of a group again
 *
 * @param socket as for `joinGroup`
 * @param group the group
 * @param source the sender
 * @param options `interface`, as given to `joinGroup`
 * @throws OSError EADDRNOTAVAIL if the sender is not blocked; TypeError, RangeError
 * @example
 * unblockSource(socket, '239.1.2.3', '192.0.2.66', { interface: 'eth0' })
 * @see RFC 3678; man 7 ip, IP_UNBLOCK_SOURCE
 */
export function unblockSource(
  socket: Descriptor,
  group: string,
  source: string,
  options: GroupPlace = {},
): void {
  changeSource('unblockSource', MCAST_UNBLOCK_SOURCE, socket, group, source, options)
}

/**
 * setsourcefilter - set which senders of a joined group are heard, all at once
 *
 * @param socket as for `joinGroup`
 * @param interface_ the interface that the group is joined on: its name or index; 0 for the one that routing chooses
 * @param group the group
 * @param fmode `MCAST_INCLUDE`: only the listed senders (an empty list leaves the group); `MCAST_EXCLUDE`: all but them
 * @param slist addresses of the group's family
 * @throws OSError EINVAL if the group is not joined, ENOBUFS beyond the limit of net.ipv4.igmp_max_msf; TypeError,
 *   RangeError
 * @example
 * setsourcefilter(socket, 'eth0', '239.1.2.3', MCAST_INCLUDE, ['192.0.2.1', '192.0.2.2'])
 * @see man 3 setsourcefilter; RFC 3678
 */
export function setsourcefilter(
  socket: Descriptor,
  interface_: Interface,
  group: string,
  fmode: number,
  slist: Iterable<string>,
): void {
  const call = 'setsourcefilter'
  const fd = descriptorOrClosed(call, 'socket', socket)
  const level = levelOf(call, 'group', group)
  const sources = list(call, 'slist', 'a list of addresses', slist).map((source) =>
    ofFamily(call, 'slist', source, level),
  )
  const filter = {
    interface: indexOf(call, fd, interface_),
    group,
    fmode: integer(call, 'fmode', fmode, 0, 1),
    slist: sources,
  }
  setBytes(fd, level, MCAST_MSFILTER, groupFilter.encode(filter), group)
}

/**
 * getsourcefilter - which senders of a joined group are heard
 *
 * @param socket as for `joinGroup`
 * @param interface_ as for `setsourcefilter`
 * @param group the group
 * @returns `{ fmode, slist }`; `MCAST_EXCLUDE` and no senders for a group that was joined without a source
 * @throws OSError EADDRNOTAVAIL or EINVAL if the group is not joined; TypeError, RangeError
 * @example
 * const { fmode, slist } = getsourcefilter(socket, 'eth0', '239.1.2.3')
 * @see man 3 getsourcefilter; RFC 3678
 */
export function getsourcefilter(socket: Descriptor, interface_: Interface, group: string): SourceFilter {
  const call = 'getsourcefilter'
  const fd = descriptorOrClosed(call, 'socket', socket)
  const level = levelOf(call, 'group', group)
  const place = { interface: indexOf(call, fd, interface_), group, fmode: 0 }
  // The bytes tell the kernel which group is meant and how many sources there is room for; it tells how many there are.
  for (let room = LIKELY_SOURCES; ; room *= 4) {
    const bytes = groupFilter.encode({ ...place, slist: Array<string>(room).fill(group) })
    const length = check(native.getsockopt(fd, level, MCAST_MSFILTER, bytes), 'getsockopt', group)
    if (!groupFilter.understands(bytes.subarray(0, length))) continue
    const { fmode, slist } = groupFilter.decode(bytes)
    return { fmode, slist }
  }
}

const LIKELY_SOURCES = 16

// ---- arguments ------------------------------------------------------------------------------------------------------

function changeMembership(
  call: string,
  anySource: number,
  oneSource: number,
  socket: Descriptor,
  group: string,
  options: Membership,
): void {
  const { source } = placeOf(call, options)
  if (source !== undefined) changeSource(call, oneSource, socket, group, source, options)
  else {
    const fd = descriptorOrClosed(call, 'socket', socket)
    const level = levelOf(call, 'group', group)
    const value = groupReq.encode({ interface: indexOf(call, fd, options.interface), group })
    setBytes(fd, level, anySource, value, group)
  }
}

function changeSource(
  call: string,
  option: number,
  socket: Descriptor,
  group: string,
  source: string,
  options: GroupPlace,
): void {
  const fd = descriptorOrClosed(call, 'socket', socket)
  const level = levelOf(call, 'group', group)
  ofFamily(call, 'source', source, level)
  const place = indexOf(call, fd, placeOf(call, options).interface)
  setBytes(fd, level, option, groupSourceReq.encode({ interface: place, group, source }), group)
}

function placeOf(call: string, options: unknown): Membership {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw wrongType(call, 'options', 'an object with interface or source', options)
  }
  return options
}

const anyBytes = Buffer.alloc(16)

function levelOf(call: string, parameter: string, address: unknown): number {
  const given = text(call, parameter, address)
  if (parseIPv4(given, anyBytes, 0)) return IPPROTO_IP
  if (parseIPv6(given, anyBytes, 0)) return IPPROTO_IPV6
  throw wrongValue(call, parameter, 'a numeric IP address', given)
}

function ofFamily(call: string, parameter: string, address: unknown, level: number): string {
  if (levelOf(call, parameter, address) !== level) {
    const must =
      level === IPPROTO_IP ? 'an IPv4 address, as the group is' : 'an IPv6 address, as the group is'
    throw wrongValue(call, parameter, must, address)
  }
  return address as string
}

const LARGEST_INDEX = 2 ** 31 - 1

function indexOf(call: string, fd: number, interface_: unknown): number {
  if (interface_ === undefined) return 0
  if (typeof interface_ === 'number') return integer(call, 'interface', interface_, 0, LARGEST_INDEX)
  if (typeof interface_ !== 'string') {
    throw wrongType(call, 'interface', 'the name or the index of an interface', interface_)
  }
  return indexOfInterface(interface_, call, {
    interfaceIndex: (name) => native.get_interface_index(fd, Buffer.from(`${name}\0`)),
  })
}
