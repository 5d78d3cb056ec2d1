// RTM_NEWLINK and its kin: network interfaces.
import {
  IFLA_ADDRESS,
  IFLA_ALT_IFNAME,
  IFLA_BROADCAST,
  IFLA_CARRIER,
  IFLA_GROUP,
  IFLA_IFALIAS,
  IFLA_IFNAME,
  IFLA_INFO_KIND,
  IFLA_LINK,
  IFLA_LINKINFO,
  IFLA_MASTER,
  IFLA_MTU,
  IFLA_NUM_RX_QUEUES,
  IFLA_NUM_TX_QUEUES,
  IFLA_OPERSTATE,
  IFLA_PROP_LIST,
  IFLA_QDISC,
  IFLA_STATS64,
  IFLA_TXQLEN,
} from '../../sys/netlink-constants.ts'
import { layout } from '../../sys/netlink-layout.ts'
import { amount64 } from '../ctypes.ts'
import { struct } from '../structs/struct.ts'
import { attributeMap, decodeAttributes } from './attributes.ts'
import { type Fields, hardware, type Kind, readFields, s32, text, u8, u32, whole, yes } from './fields.ts'
import { ifinfomsg } from './headers.ts'
import { startOf } from './payload.ts'

/** What has gone through an interface. */
export interface LinkStats {
  readonly rxPackets: number
  readonly txPackets: number
  readonly rxBytes: number
  readonly txBytes: number
  readonly rxErrors: number
  readonly txErrors: number
  readonly rxDropped: number
  readonly txDropped: number
  /** Received multicast packets. */
  readonly multicast: number
  readonly collisions: number
}

interface LinkFields {
  /** `'eth0'` */
  readonly name: string
  /** The largest packet, in bytes. */
  readonly mtu: number
  /** The hardware address: `'02:42:ac:11:00:02'`; `null` if it has none. */
  readonly address: string | null
  /** The hardware address of all. */
  readonly broadcast: string | null
  /** RFC 2863: `IF_OPER_UP`, `IF_OPER_DOWN`, … */
  readonly operstate: number
  /** Whether there is a carrier. */
  readonly carrier: boolean
  /** The queueing discipline: `'noqueue'`, `'fq_codel'`, … */
  readonly qdisc: string
  /** How many packets may wait to be sent. */
  readonly txqlen: number
  /** The index of the interface that it is a port of: a bridge, a bond, a VRF. */
  readonly master: number | null
  /**
   * The index of the interface that it stands on, or is paired with (VLAN, veth), perhaps in another
   * namespace.
   */
  readonly link: number | null
  /** A number that interfaces may share. */
  readonly group: number
  /** What an administrator wrote about it. */
  readonly alias: string | null
  /** Its other names. */
  readonly altNames: readonly string[]
  /** What made it: `'veth'`, `'bridge'`, `'dummy'`, …; `null` for hardware and the like. */
  readonly kind: string | null
  readonly numTxQueues: number
  readonly numRxQueues: number
  /** What has gone through it; `null` where the message does not tell. */
  readonly stats: LinkStats | null
}

/** A network interface. */
export interface Link extends LinkFields {
  /** Its number. */
  readonly index: number
  /** `AF_UNSPEC`; `AF_BRIDGE` for what a bridge says of its ports. */
  readonly family: number
  /** The kind of hardware: `ARPHRD_ETHER`, `ARPHRD_LOOPBACK`, … */
  readonly type: number
  /** `IFF_UP | IFF_RUNNING | …` */
  readonly flags: number
  /** All attributes by their types (`IFLA_…`), as bytes. */
  readonly attributes: ReadonlyMap<number, Buffer>
}

const at = layout.rtnl_link_stats64
// The kernel adds to it: what is older than all kernels that Node runs on is enough.
const STATS_SIZE = at.collisions + amount64.size
const stats = struct<LinkStats>('rtnl_link_stats64', STATS_SIZE, {
  rxPackets: [at.rx_packets, amount64],
  txPackets: [at.tx_packets, amount64],
  rxBytes: [at.rx_bytes, amount64],
  txBytes: [at.tx_bytes, amount64],
  rxErrors: [at.rx_errors, amount64],
  txErrors: [at.tx_errors, amount64],
  rxDropped: [at.rx_dropped, amount64],
  txDropped: [at.tx_dropped, amount64],
  multicast: [at.multicast, amount64],
  collisions: [at.collisions, amount64],
})

const altNames: Kind<readonly string[]> = {
  must: 'attributes',
  read: (data) =>
    decodeAttributes(data).flatMap((each) => (each.type === IFLA_ALT_IFNAME ? [text.read(each.data)!] : [])),
}

const kind: Kind<string> = {
  must: 'attributes',
  read: (data) => text.read(attributeMap(data).get(IFLA_INFO_KIND) ?? Buffer.alloc(0)),
}

const fields: Fields<LinkFields> = {
  name: [IFLA_IFNAME, text, ''],
  mtu: [IFLA_MTU, u32, 0],
  address: [IFLA_ADDRESS, hardware, null],
  broadcast: [IFLA_BROADCAST, hardware, null],
  operstate: [IFLA_OPERSTATE, u8, 0],
  carrier: [IFLA_CARRIER, yes, false],
  qdisc: [IFLA_QDISC, text, ''],
  txqlen: [IFLA_TXQLEN, u32, 0],
  master: [IFLA_MASTER, u32, null],
  link: [IFLA_LINK, s32, null],
  group: [IFLA_GROUP, u32, 0],
  alias: [IFLA_IFALIAS, text, null],
  altNames: [IFLA_PROP_LIST, altNames, []],
  kind: [IFLA_LINKINFO, kind, null],
  numTxQueues: [IFLA_NUM_TX_QUEUES, u32, 0],
  numRxQueues: [IFLA_NUM_RX_QUEUES, u32, 0],
  stats: [IFLA_STATS64, whole(stats, STATS_SIZE), null],
}

/**
 * decodeLink - the network interface in a message of type RTM_NEWLINK or RTM_DELLINK
 *
 * @param payload the message's payload
 * @throws RangeError if it is cut; TypeError
 * @example
 * const link = decodeLink(message.payload)
 * console.log(link.index, link.name, (link.flags & IFF_UP) !== 0)
 * @see man 7 rtnetlink
 */
export function decodeLink(payload: ArrayBufferView): Link {
  const [header, attributes] = startOf('decodeLink', payload, ifinfomsg, layout.ifinfomsg.size)
  const { family, type, index, flags } = header
  const members = readFields('decodeLink', fields, attributes)
  // The empty text of a kind that is not told is none.
  return { index, family, type, flags, ...members, kind: members.kind || null, attributes }
}
