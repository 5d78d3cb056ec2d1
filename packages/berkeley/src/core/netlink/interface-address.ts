// RTM_NEWADDR and its kin: the addresses of network interfaces.
import {
  IFA_ADDRESS,
  IFA_BROADCAST,
  IFA_CACHEINFO,
  IFA_FLAGS,
  IFA_LABEL,
  IFA_LOCAL,
  IFA_PROTO,
  IFA_RT_PRIORITY,
} from '../../sys/netlink-constants.ts'
import { layout } from '../../sys/netlink-layout.ts'
import { type CType, uint32 } from '../ctypes.ts'
import { struct } from '../structs/struct.ts'
import { type Fields, ip, readFields, text, u8, u32, whole } from './fields.ts'
import { ifaddrmsg } from './headers.ts'
import { startOf } from './payload.ts'

interface AddressFields {
  /** The broadcast address. */
  readonly broadcast: string | null
  /** The name it was given with an IPv4 address: that of the interface, or `'eth0:1'`. */
  readonly label: string | null
  /** The priority of the route to its network. */
  readonly priority: number | null
  /** Who made it: `IFAPROT_KERNEL_RA`, …; 0 if nobody said. (Linux 5.18) */
  readonly protocol: number
}

interface Lifetime {
  /** Seconds that new connections may use it; Infinity for ever. */
  readonly preferred: number
  /** Seconds that it stays; Infinity for ever. */
  readonly valid: number
}

/** An address of a network interface. */
export interface InterfaceAddress extends AddressFields, Lifetime {
  /** `AF_INET`, `AF_INET6` */
  readonly family: number
  /** The index of the interface. */
  readonly index: number
  /** The address of this side. */
  readonly address: string
  /** The address of the other side, of a point-to-point interface. */
  readonly peer: string | null
  /** How many bits of the address, or of the peer's, are the network's. */
  readonly prefixlen: number
  /** `RT_SCOPE_UNIVERSE`, `RT_SCOPE_LINK`, `RT_SCOPE_HOST` */
  readonly scope: number
  /** `IFA_F_PERMANENT | IFA_F_TENTATIVE | …` */
  readonly flags: number
  /** All attributes by their types (`IFA_…`), as bytes. */
  readonly attributes: ReadonlyMap<number, Buffer>
}

/** Seconds; all ones, which stand for ever, are Infinity. */
const lifeSeconds: CType<number> = {
  ...uint32,
  read(from, at) {
    const value = uint32.read(from, at)
    return value === 0xffffffff ? Number.POSITIVE_INFINITY : value
  },
}

const { size, ifa_prefered, ifa_valid } = layout.ifa_cacheinfo
const lifetime = struct<Lifetime>('ifa_cacheinfo', size, {
  preferred: [ifa_prefered, lifeSeconds],
  valid: [ifa_valid, lifeSeconds],
})
const FOR_EVER: Lifetime = { preferred: Number.POSITIVE_INFINITY, valid: Number.POSITIVE_INFINITY }

const fields: Fields<
  AddressFields & {
    local: string | null
    prefix: string | null
    lifetime: Lifetime
    wideFlags: number | null
  }
> = {
  local: [IFA_LOCAL, ip, null],
  prefix: [IFA_ADDRESS, ip, null],
  broadcast: [IFA_BROADCAST, ip, null],
  label: [IFA_LABEL, text, null],
  priority: [IFA_RT_PRIORITY, u32, null],
  protocol: [IFA_PROTO, u8, 0],
  wideFlags: [IFA_FLAGS, u32, null],
  lifetime: [IFA_CACHEINFO, whole(lifetime, size), FOR_EVER],
}

/**
 * decodeInterfaceAddress - the address in a message of type RTM_NEWADDR or RTM_DELADDR
 *
 * @param payload the message's payload
 * @throws RangeError if it is cut; TypeError
 * @example
 * const { index, address, prefixlen } = decodeInterfaceAddress(message.payload)
 * @see man 7 rtnetlink
 */
export function decodeInterfaceAddress(payload: ArrayBufferView): InterfaceAddress {
  const call = 'decodeInterfaceAddress'
  const [header, attributes] = startOf(call, payload, ifaddrmsg, layout.ifaddrmsg.size)
  const { local, prefix, lifetime, wideFlags, ...members } = readFields(call, fields, attributes)
  const { family, index, prefixlen, scope } = header
  return {
    family,
    index,
    // IFA_ADDRESS is the other side's where there is an IFA_LOCAL that differs, and this side's otherwise.
    address: local ?? prefix ?? '',
    peer: local === prefix || local === null ? null : prefix,
    prefixlen,
    scope,
    flags: wideFlags ?? header.flags,
    ...members,
    ...lifetime,
    attributes,
  }
}
