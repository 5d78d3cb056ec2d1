// Membership in multicast groups, in the forms that the options of IPv4, of IPv6 and of both have.
import { AF_INET, AF_INET6 } from '../../sys/constants.ts'
import { layout } from '../../sys/layout.ts'
import { readFamily, writeFamily } from '../address/codec.ts'
import { formatIPv4, formatIPv6, parseIPv4, parseIPv6 } from '../address/ip.ts'
import { type CType, int32, ipv4, ipv6, uint32 } from '../ctypes.ts'
import { wrongType, wrongValue } from '../errors.ts'
import { type StructCodec, struct } from './struct.ts'

/** A parameter type: some members may be left out. */
type Optional<Value, Keys extends keyof Value> = Omit<Value, Keys> & Partial<Pick<Value, Keys>>

const ANY = '0.0.0.0'

// ---- IPv4 -----------------------------------------------------------------------------------------------------------

/** An IPv4 group, on the interface that has an address. */
export interface IpMreq {
  /** The group. */
  readonly multiaddr: string
  /** An address of the interface; `'0.0.0.0'` (the default when given) for the one that routing chooses. */
  readonly interface: string
}

const mreq = layout.ip_mreq

/**
 * ipMreq - the value of IP_ADD_MEMBERSHIP and IP_DROP_MEMBERSHIP: a group, on the interface that has an address
 *
 * `{ multiaddr, interface? }`, both IPv4 addresses as text, and struct ip_mreq.
 *
 * @example
 * socket.setsockopt(IPPROTO_IP, IP_ADD_MEMBERSHIP, ipMreq.encode({ multiaddr: '239.1.2.3' }))
 * @see man 7 ip, IP_ADD_MEMBERSHIP
 */
export const ipMreq: StructCodec<IpMreq, Optional<IpMreq, 'interface'>> = struct('ipMreq', mreq.size, {
  multiaddr: [mreq.imr_multiaddr, ipv4],
  interface: [mreq.imr_interface, ipv4, ANY],
})

/** An IPv4 group, on an interface by its index. */
export interface IpMreqn {
  /** The group. */
  readonly multiaddr: string
  /** An address of the interface; `'0.0.0.0'` (the default when given) for any. */
  readonly address: string
  /** The index of the interface; 0 (the default when given) for the one that `address` or routing chooses. */
  readonly ifindex: number
}

const mreqn = layout.ip_mreqn

/**
 * ipMreqn - the value of IP_ADD_MEMBERSHIP, IP_DROP_MEMBERSHIP and IP_MULTICAST_IF: a group, on an interface by its index
 *
 * `{ multiaddr, address?, ifindex? }`, addresses as text, and struct ip_mreqn. For IP_MULTICAST_IF the group does not
 * matter: `'0.0.0.0'`.
 *
 * @example
 * const membership = { multiaddr: '239.1.2.3', ifindex: ifNametoindex('eth0') }
 * socket.setsockopt(IPPROTO_IP, IP_ADD_MEMBERSHIP, ipMreqn.encode(membership))
 * @see man 7 ip, IP_ADD_MEMBERSHIP
 */
export const ipMreqn: StructCodec<IpMreqn, Optional<IpMreqn, 'address' | 'ifindex'>> = struct(
  'ipMreqn',
  mreqn.size,
  {
    multiaddr: [mreqn.imr_multiaddr, ipv4],
    address: [mreqn.imr_address, ipv4, ANY],
    ifindex: [mreqn.imr_ifindex, int32, 0],
  },
)

/** An IPv4 group and one of its senders. */
export interface IpMreqSource {
  /** The group. */
  readonly multiaddr: string
  /** An address of the interface; `'0.0.0.0'` (the default when given) for the one that routing chooses. */
  readonly interface: string
  /** The sender. */
  readonly sourceaddr: string
}

const source = layout.ip_mreq_source

/**
 * ipMreqSource - the value of IP_ADD_SOURCE_MEMBERSHIP, IP_DROP_SOURCE_MEMBERSHIP, IP_BLOCK_SOURCE, IP_UNBLOCK_SOURCE
 *
 * `{ multiaddr, interface?, sourceaddr }`, IPv4 addresses as text, and struct ip_mreq_source.
 *
 * @example
 * const membership = { multiaddr: '232.1.2.3', sourceaddr: '192.0.2.1' }
 * socket.setsockopt(IPPROTO_IP, IP_ADD_SOURCE_MEMBERSHIP, ipMreqSource.encode(membership))
 * @see man 7 ip, IP_ADD_SOURCE_MEMBERSHIP
 */
export const ipMreqSource: StructCodec<IpMreqSource, Optional<IpMreqSource, 'interface'>> = struct(
  'ipMreqSource',
  source.size,
  {
    multiaddr: [source.imr_multiaddr, ipv4],
    interface: [source.imr_interface, ipv4, ANY],
    sourceaddr: [source.imr_sourceaddr, ipv4],
  },
)

// ---- IPv6 -----------------------------------------------------------------------------------------------------------

/** An IPv6 group, on an interface. */
export interface Ipv6Mreq {
  /** The group. */
  readonly multiaddr: string
  /** The index of the interface; 0 (the default when given) for the one that routing chooses. */
  readonly interface: number
}

const mreq6 = layout.ipv6_mreq

/**
 * ipv6Mreq - the value of IPV6_JOIN_GROUP and IPV6_LEAVE_GROUP: a group, on an interface by its index
 *
 * `{ multiaddr, interface? }`, address as text and index, and struct ipv6_mreq.
 *
 * @example
 * const membership = { multiaddr: 'ff15::1', interface: ifNametoindex('eth0') }
 * socket.setsockopt(IPPROTO_IPV6, IPV6_JOIN_GROUP, ipv6Mreq.encode(membership))
 * @see man 7 ipv6, IPV6_ADD_MEMBERSHIP
 */
export const ipv6Mreq: StructCodec<Ipv6Mreq, Optional<Ipv6Mreq, 'interface'>> = struct(
  'ipv6Mreq',
  mreq6.size,
  {
    multiaddr: [mreq6.ipv6mr_multiaddr, ipv6],
    interface: [mreq6.ipv6mr_interface, uint32, 0],
  },
)

// ---- both -----------------------------------------------------------------------------------------------------------

const storage = layout.group_source_req.gsr_source - layout.group_source_req.gsr_group
const { sin_addr } = layout.sockaddr_in
const { sin6_addr } = layout.sockaddr_in6

/** struct sockaddr_storage, of which only the host matters, as text. `''` for what is no address of the internet. */
export const storageHost: CType<string> = {
  size: storage,
  read(from, at) {
    const bytes = new Uint8Array(from.buffer, from.byteOffset + at, storage)
    const family = readFamily(bytes)
    if (family === AF_INET) return formatIPv4(bytes, sin_addr)
    return family === AF_INET6 ? formatIPv6(bytes, sin6_addr) : ''
  },
  write(to, at, value, call, parameter) {
    if (typeof value !== 'string') throw wrongType(call, parameter, 'a numeric IP address', value)
    const bytes = new Uint8Array(to.buffer, to.byteOffset + at, storage)
    if (parseIPv4(value, bytes, sin_addr)) writeFamily(bytes, AF_INET)
    else {
      bytes.fill(0)
      if (!parseIPv6(value, bytes, sin6_addr))
        throw wrongValue(call, parameter, 'a numeric IP address', value)
      writeFamily(bytes, AF_INET6)
    }
  },
}

/** A group of either family, on an interface. */
export interface GroupReq {
  /** The index of the interface; 0 (the default when given) for the one that routing chooses. */
  readonly interface: number
  /** The group. */
  readonly group: string
}

const group = layout.group_req

/**
 * groupReq - the value of MCAST_JOIN_GROUP and MCAST_LEAVE_GROUP: a group of either family, on an interface
 *
 * `{ interface?, group }`, index and address as text, and struct group_req.
 *
 * @example
 * const membership = { interface: ifNametoindex('eth0'), group: 'ff15::1' }
 * socket.setsockopt(IPPROTO_IPV6, MCAST_JOIN_GROUP, groupReq.encode(membership))
 * @see RFC 3678, man 7 ip
 */
export const groupReq: StructCodec<GroupReq, Optional<GroupReq, 'interface'>> = struct(
  'groupReq',
  group.size,
  {
    interface: [group.gr_interface, uint32, 0],
    group: [group.gr_group, storageHost],
  },
)

/** A group of either family, on an interface, and one of its senders. */
export interface GroupSourceReq extends GroupReq {
  /** The sender. */
  readonly source: string
}

const groupSource = layout.group_source_req

/**
 * groupSourceReq - the value of MCAST_JOIN_SOURCE_GROUP, MCAST_LEAVE_SOURCE_GROUP, MCAST_BLOCK_SOURCE,
 *   MCAST_UNBLOCK_SOURCE: a group of either family and one of its senders
 *
 * `{ interface?, group, source }`, index and addresses as text, and struct group_source_req.
 *
 * @example
 * const membership = { interface: 0, group: '232.1.2.3', source: '192.0.2.1' }
 * socket.setsockopt(IPPROTO_IP, MCAST_JOIN_SOURCE_GROUP, groupSourceReq.encode(membership))
 * @see RFC 3678, man 7 ip
 */
export const groupSourceReq: StructCodec<GroupSourceReq, Optional<GroupSourceReq, 'interface'>> = struct(
  'groupSourceReq',
  groupSource.size,
  {
    interface: [groupSource.gsr_interface, uint32, 0],
    group: [groupSource.gsr_group, storageHost],
    source: [groupSource.gsr_source, storageHost],
  },
)
