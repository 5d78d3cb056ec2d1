// RTM_NEWNEIGH and its kin: neighbours, which is what ARP and NDP find.
import {
  NDA_DST,
  NDA_FLAGS_EXT,
  NDA_LLADDR,
  NDA_MASTER,
  NDA_PROBES,
  NDA_PROTOCOL,
  NDA_VLAN,
} from '../../sys/netlink-constants.ts'
import { layout } from '../../sys/netlink-layout.ts'
import { type Fields, hardware, ip, readFields, u8, u16, u32 } from './fields.ts'
import { ndmsg } from './headers.ts'
import { startOf } from './payload.ts'

interface NeighbourFields {
  /** The IP address; `null` in the forwarding table of a bridge. */
  readonly address: string | null
  /** The hardware address: `'02:42:ac:11:00:02'`; `null` if it is not known. */
  readonly lladdr: string | null
  /** How often it was asked in vain. */
  readonly probes: number
  /** The VLAN, in the forwarding table of a bridge. */
  readonly vlan: number | null
  /** The index of the bridge. */
  readonly master: number | null
  /** Who made it: `RTPROT_STATIC`, …; 0 if nobody said. */
  readonly protocol: number
  /** `NTF_EXT_MANAGED | …` */
  readonly extFlags: number
}

/** A neighbour: a host of the same network, and its hardware address. */
export interface Neighbour extends NeighbourFields {
  /** `AF_INET`, `AF_INET6`; `AF_BRIDGE` for the forwarding table of a bridge. */
  readonly family: number
  /** The index of the interface. */
  readonly index: number
  /** `NUD_REACHABLE`, `NUD_STALE`, `NUD_PERMANENT`, … */
  readonly state: number
  /** `NTF_ROUTER | NTF_PROXY | …` */
  readonly flags: number
  /** `RTN_UNICAST`, `RTN_MULTICAST`, … */
  readonly type: number
  /** All attributes by their types (`NDA_…`), as bytes. */
  readonly attributes: ReadonlyMap<number, Buffer>
}

const fields: Fields<NeighbourFields> = {
  address: [NDA_DST, ip, null],
  lladdr: [NDA_LLADDR, hardware, null],
  probes: [NDA_PROBES, u32, 0],
  vlan: [NDA_VLAN, u16, null],
  master: [NDA_MASTER, u32, null],
  protocol: [NDA_PROTOCOL, u8, 0],
  extFlags: [NDA_FLAGS_EXT, u32, 0],
}

/**
 * decodeNeighbour - the neighbour in a message of type RTM_NEWNEIGH or RTM_DELNEIGH
 *
 * @param payload the message's payload
 * @throws RangeError if it is cut; TypeError
 * @example
 * const { address, lladdr, state } = decodeNeighbour(message.payload)
 * @see man 7 rtnetlink, man 7 arp
 */
export function decodeNeighbour(payload: ArrayBufferView): Neighbour {
  const [header, attributes] = startOf('decodeNeighbour', payload, ndmsg, layout.ndmsg.size)
  const { family, ifindex: index, state, flags, type } = header
  return {
    family,
    index,
    state,
    flags,
    type,
    ...readFields('decodeNeighbour', fields, attributes),
    attributes,
  }
}
