// AF_NETLINK: `[pid, groups]`. A pid of 0 is the kernel, or, in bind, lets the kernel choose; groups is a set of bits.
import { AF_NETLINK } from '../../sys/constants.ts'
import { layout } from '../../sys/layout.ts'
import { pair } from './pair.ts'

/** A netlink address: the number of a socket (often its process's), and multicast groups 1 to 32 as bits. */
export type NetlinkAddress = readonly [pid: number, groups: number]

const { size, nl_pid, nl_groups } = layout.sockaddr_nl

export const netlink = pair({
  family: AF_NETLINK,
  size,
  first: ['pid', nl_pid],
  second: ['groups', nl_groups],
})
