// NLMSG_ALIGN and NLA_ALIGN: both fill up to multiples of four bytes.
import { NLMSG_ALIGNTO } from '../../sys/netlink-constants.ts'

/** A length, filled up to where the next message or attribute begins. */
export function aligned(length: number): number {
  return Math.ceil(length / NLMSG_ALIGNTO) * NLMSG_ALIGNTO
}
