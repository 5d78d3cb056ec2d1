// Hosts, services and protocols looked up, as promises. What is asked, and how the answers are read: netdb/lookups.ts.
import type { Inet6Address, InetAddress } from '../core/address/index.ts'
import { wrongType } from '../core/errors.ts'
import type { AddressInfo, Host, HostEntry, Service } from '../netdb/lookups.ts'
import * as lookups from '../netdb/lookups.ts'
import type { Steps } from '../ops/steps.ts'
import { runAsync } from '../wait/steps.ts'

export type { AddressInfo, Host, HostEntry, Service }

/** The last argument of a lookup. */
export interface LookupOptions {
  /** Gives up: the lookup rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

/**
 * getaddrinfo - the addresses of a host and service, as sockets take them
 *
 * @param host a name, a numeric address, or `null` for this host (with `AI_PASSIVE`: for any address of it)
 * @param port a port, the name of a service (`'http'`), or `null` for port 0
 * @param family `AF_INET` or `AF_INET6`; `AF_UNSPEC` (the default) for both
 * @param type `SOCK_STREAM`, `SOCK_DGRAM`, …; 0 (the default) for all
 * @param proto `IPPROTO_TCP`, `IPPROTO_UDP`, …; 0 (the default) for all
 * @param flags `AI_PASSIVE | AI_CANONNAME | …`; 0 by default
 * @param options `{ signal }` to give up
 * @returns at least one `[family, type, proto, canonname, sockaddr]`, the best first; `canonname` is `''` without
 *   `AI_CANONNAME`, and in all but the first
 * @throws gaierror EAI_NONAME, EAI_AGAIN, EAI_SERVICE, EAI_FAMILY, EAI_SOCKTYPE, …; TypeError, RangeError
 * @example
 * const [[family, type, proto, , sockaddr]] = await getaddrinfo('localhost', 80, AF_UNSPEC, SOCK_STREAM)
 * @see man 3 getaddrinfo
 */
export function getaddrinfo(
  host: Host | null,
  port: Service | null,
  family?: number,
  type?: number,
  proto?: number,
  flags?: number,
  options?: LookupOptions,
): Promise<AddressInfo[]>
export function getaddrinfo(
  host: Host | null,
  port: Service | null,
  options?: LookupOptions,
): Promise<AddressInfo[]>
export function getaddrinfo(...args: unknown[]): Promise<AddressInfo[]> {
  return lookUp(lookups.getaddrinfo, args)
}

/**
 * getnameinfo - the names of a host and service, from their address
 *
 * @param sockaddr `[host, port]` or `[host, port, flowinfo?, scopeId?]`; the host is numeric
 * @param flags `NI_NUMERICHOST | NI_NUMERICSERV | …`; 0 by default
 * @param options `{ signal }` to give up
 * @returns the names; the numbers, where there are no names
 * @throws gaierror EAI_NONAME if the host is not numeric, or has no name with `NI_NAMEREQD`; EAI_AGAIN; TypeError,
 *   RangeError
 * @example
 * const [host, service] = await getnameinfo(['127.0.0.1', 80], 0) // localhost http
 * @see man 3 getnameinfo
 */
export function getnameinfo(
  sockaddr: InetAddress | Inet6Address,
  flags?: number,
  options?: LookupOptions,
): Promise<[host: string, service: string]>
export function getnameinfo(
  sockaddr: InetAddress | Inet6Address,
  options?: LookupOptions,
): Promise<[host: string, service: string]>
export function getnameinfo(...args: unknown[]): Promise<[host: string, service: string]> {
  return lookUp(lookups.getnameinfo, args)
}

/**
 * gethostbyname - the IPv4 address of a host
 *
 * @param hostname a name or a numeric address; `''` is 0.0.0.0, `'<broadcast>'` 255.255.255.255
 * @param options `{ signal }` to give up
 * @throws gaierror EAI_NONAME, EAI_AGAIN, …; TypeError, RangeError
 * @example
 * console.log(await gethostbyname('localhost')) // 127.0.0.1
 * @see getaddrinfo
 */
export function gethostbyname(hostname: Host, options?: LookupOptions): Promise<string> {
  return lookUp(lookups.gethostbyname, [hostname, options])
}

/**
 * gethostbynameEx - the names and IPv4 addresses of a host
 *
 * @param hostname a name or a numeric address
 * @param options `{ signal }` to give up
 * @returns `[hostname, aliases, addresses]`
 * @throws gaierror EAI_NONAME, EAI_AGAIN, …; herror; TypeError, RangeError
 * @example
 * const [hostname, aliases, addresses] = await gethostbynameEx('localhost')
 * @see man 3 gethostbyname
 */
export function gethostbynameEx(hostname: Host, options?: LookupOptions): Promise<HostEntry> {
  return lookUp(lookups.gethostbynameEx, [hostname, options])
}

/**
 * gethostbyaddr - the names and addresses of a host, from one of its addresses
 *
 * @param ip a numeric IPv4 or IPv6 address, or a name that has one
 * @param options `{ signal }` to give up
 * @returns `[hostname, aliases, addresses]`
 * @throws herror HOST_NOT_FOUND, TRY_AGAIN, …; gaierror for a name that has no address; TypeError, RangeError
 * @example
 * const [hostname] = await gethostbyaddr('127.0.0.1') // localhost
 * @see man 3 gethostbyaddr
 */
export function gethostbyaddr(ip: Host, options?: LookupOptions): Promise<HostEntry> {
  return lookUp(lookups.gethostbyaddr, [ip, options])
}

/**
 * getfqdn - the full name of a host, with its domain
 *
 * @param name a name or a numeric address; `''` (the default), `'0.0.0.0'` or `'::'` for this host
 * @param options `{ signal }` to give up
 * @returns the first of its names that has a dot in it; if there is none, its name; if it is not known, `name` itself
 * @throws TypeError, RangeError
 * @example
 * console.log(await getfqdn())
 * @see gethostbyaddr
 */
export function getfqdn(name?: string, options?: LookupOptions): Promise<string>
export function getfqdn(options?: LookupOptions): Promise<string>
export function getfqdn(...args: unknown[]): Promise<string> {
  return lookUp(lookups.getfqdn, args)
}

/**
 * getservbyname - the port of a service
 *
 * @param name `'http'`, `'ssh'`, …
 * @param proto `'tcp'` or `'udp'`; any, if left out
 * @param options `{ signal }` to give up
 * @throws OSError ENOENT if it is not known; TypeError, RangeError
 * @example
 * console.log(await getservbyname('ssh', 'tcp')) // 22
 * @see man 3 getservbyname
 */
export function getservbyname(name: string, proto?: string, options?: LookupOptions): Promise<number>
export function getservbyname(name: string, options?: LookupOptions): Promise<number>
export function getservbyname(...args: unknown[]): Promise<number> {
  return lookUp(lookups.getservbyname, args)
}

/**
 * getservbyport - the name of the service at a port
 *
 * @param port 0 to 65535
 * @param proto `'tcp'` or `'udp'`; any, if left out
 * @param options `{ signal }` to give up
 * @throws OSError ENOENT if it is not known; TypeError, RangeError
 * @example
 * console.log(await getservbyport(22, 'tcp')) // ssh
 * @see man 3 getservbyport
 */
export function getservbyport(port: number, proto?: string, options?: LookupOptions): Promise<string>
export function getservbyport(port: number, options?: LookupOptions): Promise<string>
export function getservbyport(...args: unknown[]): Promise<string> {
  return lookUp(lookups.getservbyport, args)
}

/**
 * getprotobyname - the number of a protocol
 *
 * @param name `'tcp'`, `'icmp'`, …
 * @param options `{ signal }` to give up
 * @throws OSError ENOENT if it is not known; TypeError, RangeError
 * @example
 * console.log(await getprotobyname('tcp')) // 6
 * @see man 3 getprotobyname
 */
export function getprotobyname(name: string, options?: LookupOptions): Promise<number> {
  return lookUp(lookups.getprotobyname, [name, options])
}

/** Begins a lookup with its arguments, of which the last may be options. */
async function lookUp<Result>(begin: (...args: never[]) => Steps<Result>, args: unknown[]): Promise<Result> {
  const { signal = null } = isOptions(args.at(-1)) ? (args.pop() as LookupOptions) : {}
  if (signal !== null && !(signal instanceof AbortSignal)) {
    throw wrongType(begin.name, 'signal', 'an AbortSignal', signal)
  }
  return runAsync(begin(...(args as never[])), signal)
}

// Neither a socket address nor bytes, which are objects, too.
function isOptions(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value)
}
