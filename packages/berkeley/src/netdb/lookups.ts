// What is looked up, once for both forms. Each checks its arguments, asks, and reads the answer as native/netdb.c packs
// it. The documentation is where a form exports it: resolve/async.ts and resolve/blocking.ts.
import {
  anyEndpoint,
  codecForName,
  decodeAddress,
  encodeAddress,
  type FullInet6Address,
  type Inet6Address,
  type InetAddress,
} from '../core/address/index.ts'
import { int, integer, optionalInt, text } from '../core/arguments.ts'
import { OSError } from '../core/error-classes.ts'
import { wrongType } from '../core/errors.ts'
import { inetNtop, inetPton } from '../core/numbers.ts'
import type { Handle } from '../ops/handle.ts'
import { NOTHING } from '../ops/request.ts'
import type { Steps } from '../ops/steps.ts'
import { AF_INET, AF_INET6, AF_UNSPEC, AI_NUMERICHOST, SOCK_DGRAM } from '../sys/constants.ts'
import { native } from '../sys/native.ts'
import type { Packed } from '../sys/packed.ts'
import { answerTo } from './answer.ts'
import { type Asked, expectAddressInfo, expectEntry, expectHost } from './failures.ts'
import { gethostname } from './local.ts'
import { hostText, nameText, optionalText, serviceText } from './texts.ts'

/** A host: a name or a numeric address, as text or bytes. */
export type Host = string | Uint8Array

/** A service: its name, or its port as a number or text. */
export type Service = number | string | Uint8Array

/** One of the addresses that `getaddrinfo` finds. */
export type AddressInfo = [
  family: number,
  type: number,
  proto: number,
  canonname: string,
  sockaddr: InetAddress | FullInet6Address,
]

/** What is known of a host. */
export type HostEntry = [hostname: string, aliases: string[], addresses: string[]]

// ---- hosts and services as socket addresses, and back ---------------------------------------------------------------

export function* getaddrinfo(
  host: Host | null,
  port: Service | null,
  family?: number,
  type?: number,
  proto?: number,
  flags?: number,
): Steps<AddressInfo[]> {
  const syscall = 'getaddrinfo'
  const descriptor = native.getaddrinfo(
    host === null ? NOTHING : hostText(syscall, 'host', host),
    port === null ? NOTHING : serviceText(syscall, 'port', port),
    optionalInt(syscall, 'family', family, AF_UNSPEC),
    optionalInt(syscall, 'type', type, 0),
    optionalInt(syscall, 'proto', proto, 0),
    optionalInt(syscall, 'flags', flags, 0),
  )
  return yield* addressInfos(descriptor, { syscall, address: host ?? undefined, port: numberOrNot(port) })
}

function* addressInfos(
  descriptor: number,
  asked: Asked,
  timeout: number | null = null,
): Steps<AddressInfo[]> {
  const answer = yield* answerTo(asked.syscall, descriptor, timeout)
  expectAddressInfo(answer, asked)
  const found: AddressInfo[] = []
  while (answer.more) {
    const family = answer.number()
    const type = answer.number()
    const proto = answer.number()
    const sockaddr = answer.bytes()
    const address = decodeAddress(sockaddr, sockaddr.length, anyEndpoint(family)) as
      | InetAddress
      | FullInet6Address
    found.push([family, type, proto, answer.text(), address])
  }
  return found
}

function numberOrNot(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined
}

export function* getnameinfo(
  sockaddr: InetAddress | Inet6Address,
  flags = 0,
): Steps<[host: string, service: string]> {
  const syscall = 'getnameinfo'
  if (!Array.isArray(sockaddr) || typeof sockaddr[0] !== 'string' || sockaddr.length > 4) {
    throw wrongType(syscall, 'sockaddr', '[host, port] or [host, port, flowinfo?, scopeId?]', sockaddr)
  }
  const asked = { syscall, address: sockaddr[0], port: integer(syscall, 'port', sockaddr[1], 0, 65535) }
  const checkedFlags = int(syscall, 'flags', flags)
  const [family, found] = yield* numericAddress(asked)
  const memory = new Uint8Array(native.address.length)
  const length = encodeAddress(anyEndpoint(family), withHost(sockaddr, family, found), memory, syscall)
  const answer = yield* answerTo(syscall, native.getnameinfo(memory.subarray(0, length), checkedFlags))
  expectAddressInfo(answer, asked)
  return [answer.text(), answer.text()]
}

// Only the C library knows all forms of a numeric address: `127.1`, `fe80::1%eth0`.
function* numericAddress(
  asked: Asked & { address: string },
): Steps<[family: number, address: readonly unknown[]]> {
  const host = hostText(asked.syscall, 'host', asked.address)
  const service = serviceText(asked.syscall, 'port', asked.port)
  const descriptor = native.getaddrinfo(host, service, AF_UNSPEC, SOCK_DGRAM, 0, AI_NUMERICHOST)
  const [[family, , , , address]] = (yield* addressInfos(descriptor, asked)) as [AddressInfo]
  return [family, address]
}

function withHost(given: readonly unknown[], family: number, found: readonly unknown[]): readonly unknown[] {
  const [host, , , scopeId] = found
  const [, port, flowinfo = 0, givenScope = 0] = given
  return family === AF_INET6 ? [host, port, flowinfo, givenScope || scopeId] : [host, ...given.slice(1)]
}

// ---- hosts ----------------------------------------------------------------------------------------------------------

export function* gethostbyname(hostname: Host): Steps<string> {
  const [, , , , [address]] = yield* firstAddress('gethostbyname', 'hostname', hostname, AF_INET)
  return address
}

export function* gethostbynameEx(hostname: Host): Steps<HostEntry> {
  const syscall = 'gethostbynameEx'
  // As in Python: a name that has no address is a gaierror. gethostbyname_r(3) is asked for the other names only.
  yield* firstAddress(syscall, 'hostname', hostname, AF_INET)
  const answer = yield* answerTo(syscall, native.gethostbyname(hostText(syscall, 'hostname', hostname)))
  return hostEntry(answer, { syscall, address: hostname })
}

export function* gethostbyaddr(ip: Host): Steps<HostEntry> {
  const syscall = 'gethostbyaddr'
  const [family, , , , [host]] = yield* firstAddress(syscall, 'ip', ip, AF_UNSPEC)
  const answer = yield* answerTo(syscall, native.gethostbyaddr(inetPton(family, host), family))
  return hostEntry(answer, { syscall, address: ip })
}

function hostEntry(answer: Packed, asked: Asked): HostEntry {
  expectHost(answer, asked)
  const family = answer.number()
  const hostname = answer.text()
  const aliases = Array.from({ length: answer.number() }, () => answer.text())
  const addresses: string[] = []
  while (answer.more) addresses.push(inetNtop(family, answer.bytes()))
  return [hostname, aliases, addresses]
}

const withoutLookup = new Map<unknown, string>([
  ['', '0.0.0.0'],
  ['<broadcast>', '255.255.255.255'],
])

function* firstAddress(
  syscall: string,
  parameter: string,
  host: Host,
  family: number,
  timeout: number | null = null,
): Steps<AddressInfo> {
  const known = family === AF_INET6 ? undefined : withoutLookup.get(host)
  if (known !== undefined) return [AF_INET, 0, 0, '', [known, 0]]
  const descriptor = native.getaddrinfo(hostText(syscall, parameter, host), NOTHING, family, 0, 0, 0)
  const [first] = yield* addressInfos(descriptor, { syscall, address: host }, timeout)
  return first!
}

/**
 * `address` as `handle` takes it: the host name in it replaced by the first address that it has. The socket's time limit
 * counts, but a non-blocking one waits nevertheless, as in Python; else it could not use names at all.
 */
export function* resolveAddress(
  { family, timeout }: Handle,
  address: unknown,
  syscall: string,
): Steps<unknown> {
  const named = codecForName(family, address)
  if (named === null) return address
  const [, , , , found] = yield* firstAddress(
    syscall,
    'host',
    named.name,
    named.codec.family,
    timeout || null,
  )
  return named.codec.resolved!(address, found)
}

export function* getfqdn(name = ''): Steps<string> {
  const given = text('getfqdn', 'name', name).trim()
  const host = given === '' || given === '0.0.0.0' || given === '::' ? gethostname() : given
  try {
    const [hostname, aliases] = yield* gethostbyaddr(host)
    return [hostname, ...aliases].find((candidate) => candidate.includes('.')) ?? hostname
  } catch (error) {
    if (error instanceof OSError) return host
    throw error
  }
}

// ---- services and protocols -----------------------------------------------------------------------------------------

export function* getservbyname(name: string, proto?: string): Steps<number> {
  const syscall = 'getservbyname'
  const descriptor = native.getservbyname(
    nameText(syscall, 'name', text(syscall, 'name', name)),
    optionalText(syscall, 'proto', proto),
  )
  const answer = yield* answerTo(syscall, descriptor)
  expectEntry(answer, { syscall, address: withProto(name, proto) }, 'service/proto not found')
  return answer.number()
}

export function* getservbyport(port: number, proto?: string): Steps<string> {
  const syscall = 'getservbyport'
  const checkedPort = integer(syscall, 'port', port, 0, 65535)
  const answer = yield* answerTo(
    syscall,
    native.getservbyport(checkedPort, optionalText(syscall, 'proto', proto)),
  )
  expectEntry(answer, { syscall, address: withProto(port, proto) }, 'port/proto not found')
  return answer.text()
}

function withProto(service: string | number, proto: string | undefined): string {
  return proto === undefined || proto === null ? `${service}` : `${service}/${proto}`
}

export function* getprotobyname(name: string): Steps<number> {
  const syscall = 'getprotobyname'
  const answer = yield* answerTo(
    syscall,
    native.getprotobyname(nameText(syscall, 'name', text(syscall, 'name', name))),
  )
  expectEntry(answer, { syscall, address: name }, 'protocol not found')
  return answer.number()
}
