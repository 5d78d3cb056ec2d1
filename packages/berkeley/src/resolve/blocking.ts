// Hosts, services and protocols looked up, on the calling thread's time. What is asked, and how the answers are read:
// netdb/lookups.ts.
import type { Inet6Address, InetAddress } from '../core/address/index.ts'
import type { AddressInfo, Host, HostEntry, Service } from '../netdb/lookups.ts'
import * as lookups from '../netdb/lookups.ts'
import { runBlocking } from '../wait/steps.ts'

export type { AddressInfo, Host, HostEntry, Service }

/**
 * getaddrinfo - the addresses of a host and service, as sockets take them
 *
 * @param host a name, a numeric address, or `null` for this host (with `AI_PASSIVE`: for any address of it)
 * @param port a port, the name of a service (`'http'`), or `null` for port 0
 * @param family `AF_INET` or `AF_INET6`; `AF_UNSPEC` (the default) for both
 * @param type `SOCK_STREAM`, `SOCK_DGRAM`, …; 0 (the default) for all
 * @param proto `IPPROTO_TCP`, `IPPROTO_UDP`, …; 0 (the default) for all
 * @param flags `AI_PASSIVE | AI_CANONNAME | …`; 0 by default
 * @returns at least one `[family, type, proto, canonname, sockaddr]`, the best first; `canonname` is `''` without
 *   `AI_CANONNAME`, and in all but the first
 * @throws gaierror EAI_NONAME, EAI_AGAIN, EAI_SERVICE, EAI_FAMILY, EAI_SOCKTYPE, …; TypeError, RangeError
 * @example
 * const [[family, type, proto, , sockaddr]] = getaddrinfo('localhost', 80, AF_UNSPEC, SOCK_STREAM)
 * @see man 3 getaddrinfo
 */
export function getaddrinfo(
  host: Host | null,
  port: Service | null,
  family?: number,
  type?: number,
  proto?: number,
  flags?: number,
): AddressInfo[] {
  return runBlocking(lookups.getaddrinfo(host, port, family, type, proto, flags))
}

/**
 * getnameinfo - the names of a host and service, from their address
 *
 * @param sockaddr `[host, port]` or `[host, port, flowinfo?, scopeId?]`; the host is numeric
 * @param flags `NI_NUMERICHOST | NI_NUMERICSERV | …`; 0 by default
 * @returns the names; the numbers, where there are no names
 * @throws gaierror EAI_NONAME if the host is not numeric, or has no name with `NI_NAMEREQD`; EAI_AGAIN; TypeError,
 *   RangeError
 * @example
 * const [host, service] = getnameinfo(['127.0.0.1', 80], 0) // localhost http
 * @see man 3 getnameinfo
 */
export function getnameinfo(
  sockaddr: InetAddress | Inet6Address,
  flags?: number,
): [host: string, service: string] {
  return runBlocking(lookups.getnameinfo(sockaddr, flags))
}

/**
 * gethostbyname - the IPv4 address of a host
 *
 * @param hostname a name or a numeric address; `''` is 0.0.0.0, `'<broadcast>'` 255.255.255.255
 * @throws gaierror EAI_NONAME, EAI_AGAIN, …; TypeError, RangeError
 * @example
 * console.log(gethostbyname('localhost')) // 127.0.0.1
 * @see getaddrinfo
 */
export function gethostbyname(hostname: Host): string {
  return runBlocking(lookups.gethostbyname(hostname))
}

/**
 * gethostbynameEx - the names and IPv4 addresses of a host
 *
 * @param hostname a name or a numeric address
 * @returns `[hostname, aliases, addresses]`
 * @throws gaierror EAI_NONAME, EAI_AGAIN, …; herror; TypeError, RangeError
 * @example
 * const [hostname, aliases, addresses] = gethostbynameEx('localhost')
 * @see man 3 gethostbyname
 */
export function gethostbynameEx(hostname: Host): HostEntry {
  return runBlocking(lookups.gethostbynameEx(hostname))
}

/**
 * gethostbyaddr - the names and addresses of a host, from one of its addresses
 *
 * @param ip a numeric IPv4 or IPv6 address, or a name that has one
 * @returns `[hostname, aliases, addresses]`
 * @throws herror HOST_NOT_FOUND, TRY_AGAIN, …; gaierror for a name that has no address; TypeError, RangeError
 * @example
 * const [hostname] = gethostbyaddr('127.0.0.1') // localhost
 * @see man 3 gethostbyaddr
 */
export function gethostbyaddr(ip: Host): HostEntry {
  return runBlocking(lookups.gethostbyaddr(ip))
}

/**
 * getfqdn - the full name of a host, with its domain
 *
 * @param name a name or a numeric address; `''` (the default), `'0.0.0.0'` or `'::'` for this host
 * @returns the first of its names that has a dot in it; if there is none, its name; if it is not known, `name` itself
 * @throws TypeError, RangeError
 * @example
 * console.log(getfqdn())
 * @see gethostbyaddr
 */
export function getfqdn(name?: string): string {
  return runBlocking(lookups.getfqdn(name))
}

/**
 * getservbyname - the port of a service
 *
 * @param name `'http'`, `'ssh'`, …
 * @param proto `'tcp'` or `'udp'`; any, if left out
 * @throws OSError ENOENT if it is not known; TypeError, RangeError
 * @example
 * console.log(getservbyname('ssh', 'tcp')) // 22
 * @see man 3 getservbyname
 */
export function getservbyname(name: string, proto?: string): number {
  return runBlocking(lookups.getservbyname(name, proto))
}

/**
 * getservbyport - the name of the service at a port
 *
 * @param port 0 to 65535
 * @param proto `'tcp'` or `'udp'`; any, if left out
 * @throws OSError ENOENT if it is not known; TypeError, RangeError
 * @example
 * console.log(getservbyport(22, 'tcp')) // ssh
 * @see man 3 getservbyport
 */
export function getservbyport(port: number, proto?: string): string {
  return runBlocking(lookups.getservbyport(port, proto))
}

/**
 * getprotobyname - the number of a protocol
 *
 * @param name `'tcp'`, `'icmp'`, …
 * @throws OSError ENOENT if it is not known; TypeError, RangeError
 * @example
 * console.log(getprotobyname('tcp')) // 6
 * @see man 3 getprotobyname
 */
export function getprotobyname(name: string): number {
  return runBlocking(lookups.getprotobyname(name))
}
