// What stands in the IP header of a packet, and around it.
import { layout } from '../../sys/layout.ts'
import type { FullInet6Address, Inet6Address, InetAddress } from '../address/index.ts'
import { int32, ipv4, ipv6, uint8, uint32 } from '../ctypes.ts'
import { codec, type StructCodec, scalar, struct } from '../structs/struct.ts'
import { decodeSockaddr, encodeSockaddr } from './sockaddr.ts'

/** Where a packet came in, or is to go out. */
export interface Pktinfo {
  /** The index of the interface; when given, 0 (the default) for the one that routing chooses. */
  readonly ifindex: number
  /** Received: the destination in the packet's header. Sent: with IPv6 the source, with IPv4 without meaning. */
  readonly addr: string
  /** IPv4 only. Received: this machine's address that the packet was for. Sent: the source. */
  readonly specDst?: string
}

const { in_pktinfo, in6_pktinfo } = layout

const pktinfo4 = struct<Required<Pktinfo>, Partial<Pktinfo>>('pktinfo', in_pktinfo.size, {
  ifindex: [in_pktinfo.ipi_ifindex, int32, 0],
  specDst: [in_pktinfo.ipi_spec_dst, ipv4, '0.0.0.0'],
  addr: [in_pktinfo.ipi_addr, ipv4, '0.0.0.0'],
})
const pktinfo6 = struct<Omit<Pktinfo, 'specDst'>, Partial<Pktinfo>>('pktinfo', in6_pktinfo.size, {
  ifindex: [in6_pktinfo.ipi6_ifindex, uint32, 0],
  addr: [in6_pktinfo.ipi6_addr, ipv6, '::'],
})

/**
 * pktinfo - SOL_IP, IP_PKTINFO and SOL_IPV6, IPV6_PKTINFO: the interface and the addresses of a packet
 *
 * `{ ifindex, addr, specDst }` for IPv4, `{ ifindex, addr }` for IPv6; the forms tell by their length, and what is given by
 * `addr`: an IPv6 address makes it IPv6. Received with IP_PKTINFO or IPV6_RECVPKTINFO; sent, it chooses the source address
 * and the interface. So what came with a packet can be sent back with the answer.
 *
 * @example
 * await socket.sendmsg(['x'], [[SOL_IP, IP_PKTINFO, pktinfo.encode({ specDst: '192.0.2.1' })]], 0, address)
 * await socket6.sendmsg(['x'], [[SOL_IPV6, IPV6_PKTINFO, pktinfo.encode({ addr: '::', ifindex: 2 })]], 0, address6)
 * @see man 7 ip, IP_PKTINFO; RFC 3542, section 6
 */
export const pktinfo: StructCodec<Pktinfo, Partial<Pktinfo>> = codec<Pktinfo, Partial<Pktinfo>>({
  name: 'pktinfo',
  must: `${in_pktinfo.size} or ${in6_pktinfo.size} bytes`,
  encode: (value) => (isIpv6(value) ? pktinfo6 : pktinfo4).encode(value as Partial<Pktinfo>),
  understands: ({ length }) => length === in_pktinfo.size || length === in6_pktinfo.size,
  read: (bytes): Pktinfo => (bytes.length === in6_pktinfo.size ? pktinfo6 : pktinfo4).decode(bytes),
})

function isIpv6(value: unknown): boolean {
  const { addr } = Object(value) as { addr?: unknown }
  return typeof addr === 'string' && addr.includes(':')
}

/**
 * ttl - SOL_IP, IP_TTL: the time to live of a packet
 *
 * Received with IP_RECVTTL; sent, 1 to 255.
 *
 * @example
 * const [, ancdata] = await socket.recvmsg(1024, CMSG_SPACE(4))
 * @see man 7 ip, IP_RECVTTL
 */
export const ttl: StructCodec<number> = scalar('ttl', int32)

/**
 * hopLimit - SOL_IPV6, IPV6_HOPLIMIT: the hop limit of a packet
 *
 * Received with IPV6_RECVHOPLIMIT; sent, 0 to 255, or -1 for the usual one.
 *
 * @example
 * await socket.sendmsg(['x'], [[SOL_IPV6, IPV6_HOPLIMIT, hopLimit.encode(1)]], 0, address)
 * @see RFC 3542, section 6.3
 */
export const hopLimit: StructCodec<number> = scalar('hopLimit', int32)

/**
 * tos - SOL_IP, IP_TOS: the type-of-service byte of a packet, with its ECN bits
 *
 * 0 to 255, one byte. Received with IP_RECVTOS.
 *
 * @example
 * await socket.sendmsg(['x'], [[SOL_IP, IP_TOS, tos.encode(IPTOS_LOWDELAY)]], 0, address)
 * @see man 7 ip, IP_RECVTOS
 */
export const tos: StructCodec<number> = scalar('tos', uint8)

/**
 * tclass - SOL_IPV6, IPV6_TCLASS: the traffic class of a packet, with its ECN bits
 *
 * Received with IPV6_RECVTCLASS; sent, 0 to 255, or -1 for the usual one.
 *
 * @example
 * await socket.sendmsg(['x'], [[SOL_IPV6, IPV6_TCLASS, tclass.encode(0x10)]], 0, address)
 * @see RFC 3542, section 6.5
 */
export const tclass: StructCodec<number> = scalar('tclass', int32)

/**
 * originalDestination - SOL_IP, IP_ORIGDSTADDR and SOL_IPV6, IPV6_ORIGDSTADDR: where a redirected datagram was to go
 *
 * An AF_INET or AF_INET6 address. Received with IP_RECVORIGDSTADDR or IPV6_RECVORIGDSTADDR. The option SO_ORIGINAL_DST of
 * redirected connections has the same form.
 *
 * @example
 * const [host, port] = originalDestination.decode(connection.getsockopt(SOL_IP, SO_ORIGINAL_DST, 16))
 * @see man 7 ip, IP_RECVORIGDSTADDR
 */
export const originalDestination: StructCodec<InetAddress | FullInet6Address, InetAddress | Inet6Address> =
  codec<InetAddress | FullInet6Address, InetAddress | Inet6Address>({
    name: 'originalDestination',
    must: 'struct sockaddr_in or sockaddr_in6',
    encode: encodeSockaddr,
    understands: (bytes) => decodeSockaddr(bytes) !== null,
    read: (bytes) => decodeSockaddr(bytes)!,
  })

/**
 * recvFragSize - SOL_IP, IP_RECVFRAGSIZE and SOL_IPV6, IPV6_RECVFRAGSIZE: the size of a datagram's largest fragment
 *
 * Bytes. Received with the options of these names, for datagrams that came in fragments; never sent.
 *
 * @example
 * const size = recvFragSize.decode(data)
 * @see https://docs.kernel.org/networking/ip-sysctl.html
 */
export const recvFragSize: StructCodec<number> = scalar('recvFragSize', int32)

/**
 * checksum - SOL_IP, IP_CHECKSUM: the checksum of a datagram's content, as the kernel computed it
 *
 * 32 bits, not folded to 16 yet. Received with the option of this name; never sent.
 *
 * @example
 * socket.setsockopt(SOL_IP, IP_CHECKSUM, true)
 * @see man 7 ip
 */
export const checksum: StructCodec<number> = scalar('checksum', uint32)
