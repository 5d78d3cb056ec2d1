// AF_SMC: addresses of IPv4 or, for sockets of the protocol SMCPROTO_SMC6, of IPv6, which also say so. Numeric hosts only.
import { AF_SMC } from '../../sys/constants.ts'
import type { Codec } from './codec.ts'
import { type InetAddress, inet } from './inet.ts'
import { type FullInet6Address, type Inet6Address, inet6 } from './inet6.ts'

/** An address of AF_SMC: that of IPv4, or of IPv6. */
export type SmcAddress = InetAddress | Inet6Address
export type FullSmcAddress = InetAddress | FullInet6Address

/** SMCPROTO_SMC6 of net/smc.h, which is no public header. */
const OVER_IPV6 = 1

export const smc: Codec<SmcAddress, FullSmcAddress> = {
  family: AF_SMC,
  least: inet.least,
  encode: (address, to, syscall, endpoint) =>
    (endpoint.proto === OVER_IPV6 ? inet6 : inet).encode(address, to, syscall, endpoint),
  // What the kernel gives says that it is of AF_INET or AF_INET6, and is read as such.
  decode: () => null,
}
