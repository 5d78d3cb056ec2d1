// Socket diagnostics of AF_NETLINK: struct netlink_diag_req asks, struct netlink_diag_msg answers.
import { AF_NETLINK } from '../../sys/constants.ts'
import {
  NDIAG_PROTO_ALL,
  NDIAG_SHOW_FLAGS,
  NDIAG_SHOW_GROUPS,
  NDIAG_SHOW_MEMINFO,
  NETLINK_DIAG_FLAGS,
  NETLINK_DIAG_GROUPS,
  NETLINK_DIAG_MEMINFO,
} from '../../sys/netlink-constants.ts'
import { layout } from '../../sys/netlink-layout.ts'
import { uint8, uint32, viewOf } from '../ctypes.ts'
import { type Fields, type Kind, readFields, u32 } from './fields.ts'
import { cookieAt } from './inet-diag.ts'
import { structAndAttributes } from './payload.ts'
import { type SocketMemory, socketMemory } from './socket-memory.ts'

interface NetlinkSocketFields {
  /** The numbers of the multicast groups it hears: `RTNLGRP_LINK`, … */
  readonly groups: readonly number[]
  /** `NDIAG_FLAG_CB_RUNNING | NDIAG_FLAG_PKTINFO | …` */
  readonly flags: number | null
  readonly socketMemory: SocketMemory | null
}

/** A netlink socket, as the kernel sees it. */
export interface NetlinkSocketEntry extends NetlinkSocketFields {
  readonly family: typeof AF_NETLINK
  /** `SOCK_RAW`, `SOCK_DGRAM` */
  readonly type: number
  /** `NETLINK_ROUTE`, `NETLINK_SOCK_DIAG`, … */
  readonly protocol: number
  /** `TCP_CLOSE`, also if it is connected: netlink keeps no state here. */
  readonly state: number
  /** Its own port; 0 for one of the kernel. */
  readonly port: number
  /** The port and the group it is connected to. */
  readonly peerPort: number
  readonly peerGroup: number
  /** Its number in /proc/net/netlink and in /proc/PID/fd (`socket:[…]`). */
  readonly inode: number
  /** Its number, `SO_COOKIE`: never used twice. */
  readonly cookie: bigint
  /** All attributes by their types (`NETLINK_DIAG_…`), as bytes. */
  readonly attributes: ReadonlyMap<number, Buffer>
}

// An array of C's unsigned long, of which bit 0 is group 1: read as words of 32 bits, which is the same where the machine is
// little-endian, as are all that this is built for.
const groups: Kind<readonly number[]> = {
  must: 'a multiple of 4 bytes',
  read(data) {
    if (data.length % uint32.size !== 0) return undefined
    const view = viewOf(data)
    const heard: number[] = []
    for (let bit = 0; bit < data.length * 8; bit++) {
      const word = uint32.read(view, Math.floor(bit / 32) * uint32.size)
      if ((word >>> (bit % 32)) & 1) heard.push(bit + 1)
    }
    return heard
  },
}

const fields: Fields<NetlinkSocketFields> = {
  groups: [NETLINK_DIAG_GROUPS, groups, []],
  flags: [NETLINK_DIAG_FLAGS, u32, null],
  socketMemory: [NETLINK_DIAG_MEMINFO, socketMemory, null],
}

const { netlink_diag_msg: msg, netlink_diag_req: req } = layout

/**
 * decodeNetlinkSocket - the socket in an answer of NETLINK_SOCK_DIAG about AF_NETLINK
 *
 * @param payload the message's payload
 * @throws RangeError if it is cut; TypeError
 * @example
 * const { protocol, port, groups } = decodeNetlinkSocket(message.payload)
 * @see man 7 sock_diag
 */
export function decodeNetlinkSocket(payload: ArrayBufferView): NetlinkSocketEntry {
  const call = 'decodeNetlinkSocket'
  const [view, attributes] = structAndAttributes(call, payload, msg.size)
  return {
    family: AF_NETLINK,
    type: uint8.read(view, msg.ndiag_type),
    protocol: uint8.read(view, msg.ndiag_protocol),
    state: uint8.read(view, msg.ndiag_state),
    port: uint32.read(view, msg.ndiag_portid),
    peerPort: uint32.read(view, msg.ndiag_dst_portid),
    peerGroup: uint32.read(view, msg.ndiag_dst_group),
    inode: uint32.read(view, msg.ndiag_ino),
    cookie: cookieAt(view, msg.ndiag_cookie),
    ...readFields(call, fields, attributes),
    attributes,
  }
}

/** The payload that asks for all of them. */
export function encodeNetlinkQuery(call: string): Buffer {
  const bytes = Buffer.alloc(req.size)
  const view = viewOf(bytes)
  uint8.write(view, req.sdiag_family, AF_NETLINK, call, 'family')
  uint8.write(view, req.sdiag_protocol, NDIAG_PROTO_ALL, call, 'protocol')
  const show = NDIAG_SHOW_MEMINFO | NDIAG_SHOW_GROUPS | NDIAG_SHOW_FLAGS
  uint32.write(view, req.ndiag_show, show, call, 'show')
  return bytes
}
