// One address, as it is written on the command line of every tool and as it is shown: `host:port`, `[v6]:port`,
// `unix:path`, `unix:@abstract`, `vsock:cid:port`.
// Rule: parsing opens nothing and looks nothing up, and what `formatEndpoint` writes, `parseEndpoint` reads back.
import {
  AF_INET,
  AF_INET6,
  AF_UNIX,
  AF_VSOCK,
  inetPton,
  VMADDR_CID_ANY,
  VMADDR_CID_HOST,
  VMADDR_CID_HYPERVISOR,
  VMADDR_CID_LOCAL,
  VMADDR_PORT_ANY,
} from 'berkeley'
import { InvalidArgumentError } from 'commander'
import { AddressError, formatTarget, isHostName } from './addresses.ts'
import { printable } from './printable.ts'

export const ENDPOINT_HELP = `
Addresses:
  192.168.1.7:2000, lab-7.local:2000  a host and a port
  [fd00::1]:2000, [fe80::1%eth0]:2000 IPv6 in brackets
  :2000, 2000                         this machine: 127.0.0.1
  0.0.0.0:2000, [::]:2000             to listen on all addresses; port 0 lets the system choose
  unix:/run/chat                      a Unix socket
  unix:@chat                          one with an abstract name; unix:./@chat is a path
  vsock:3:2000                        a virtual machine by its context identifier, or any, hypervisor, local, host`

export interface HostEndpoint {
  readonly kind: 'host'
  /** An address or a name. */
  readonly host: string
  readonly port: number
}

export interface UnixEndpoint {
  readonly kind: 'unix'
  /** A path; an abstract name if it begins with a NUL; bytes where it is no text. */
  readonly path: string | Buffer
}

export interface VsockEndpoint {
  readonly kind: 'vsock'
  readonly cid: number
  readonly port: number
}

export type Endpoint = HostEndpoint | UnixEndpoint | VsockEndpoint

/** What an address is for: port 0 and any machine are places to listen on, but none to connect to. */
export type Purpose = 'connect' | 'listen'

const LOOPBACK = '127.0.0.1'
const CIDS: Readonly<Record<string, number>> = {
  any: VMADDR_CID_ANY,
  hypervisor: VMADDR_CID_HYPERVISOR,
  local: VMADDR_CID_LOCAL,
  host: VMADDR_CID_HOST,
}
// sockaddr_un has room for 108 bytes; a path ends with a NUL.
const LONGEST_PATH = 107
const LONGEST_ABSTRACT = 108

/** Reads an address. Throws AddressError, which names what is wrong with it. */
export function parseEndpoint(text: string, purpose: Purpose): Endpoint {
  if (text.startsWith('unix:')) return parseUnix(text)
  if (text.startsWith('vsock:')) return parseVsock(text, purpose)
  return parseHost(text, purpose)
}

/** For commander: reads an argument or the value of an option. */
export function readEndpoint(purpose: Purpose): (text: string) => Endpoint {
  return (text) => {
    try {
      return parseEndpoint(text, purpose)
    } catch (error) {
      if (error instanceof AddressError) throw new InvalidArgumentError(error.message)
      throw error
    }
  }
}

/** The address as `parseEndpoint` reads it. What could harm a terminal is escaped. */
export function formatEndpoint(endpoint: Endpoint): string {
  switch (endpoint.kind) {
    case 'host':
      return printable(formatTarget(endpoint))
    case 'unix':
      return formatUnix(endpoint.path)
    case 'vsock': {
      const name = Object.entries(CIDS).find(
        ([, cid]) => cid === endpoint.cid && cid !== VMADDR_CID_HYPERVISOR,
      )
      return `vsock:${name?.[0] ?? endpoint.cid}:${endpoint.port}`
    }
  }
}

/** What a socket of a family tells as its own or its peer's address. */
export function endpointOf(family: number, address: unknown): Endpoint {
  switch (family) {
    case AF_INET:
    case AF_INET6: {
      const [host, port] = address as [string, number]
      return { kind: 'host', host, port }
    }
    case AF_UNIX:
      return { kind: 'unix', path: address as string | Buffer }
    case AF_VSOCK: {
      const [cid, port] = address as [number, number]
      return { kind: 'vsock', cid, port }
    }
    default:
      throw new TypeError(`endpointOf(): family must be one of the four that have endpoints, got ${family}`)
  }
}

/** `formatEndpoint(endpointOf(family, address))`: `127.0.0.1:7`, `unix:/run/chat`, `vsock:2:7`. */
export function formatSocketAddress(family: number, address: unknown): string {
  return formatEndpoint(endpointOf(family, address))
}

/** Whether the host is written as numbers, and of which family. */
export function numericFamily(host: string): typeof AF_INET | typeof AF_INET6 | null {
  const [address = '', zone] = host.split('%')
  const family = address.includes(':') ? AF_INET6 : AF_INET
  if (zone !== undefined && (zone === '' || family === AF_INET)) return null
  try {
    inetPton(family, address)
    return family
  } catch {
    return null
  }
}

function parseHost(text: string, purpose: Purpose): HostEndpoint {
  // One colon divides host and port; an IPv6 address has more, so it stands in brackets.
  const parts =
    /^\[([^\]]*)\]:(.*)$/.exec(text) ?? /^([^:[\]]*):([^:]*)$/.exec(text) ?? /^()(\d+)$/.exec(text)
  if (parts === null) {
    const isBare = numericFamily(text.replace(/^\[(.*)\]$/, '$1')) !== null
    if (isBare || isHostName(text))
      throw new AddressError(`${quote(text)} has no port; write ${portHint(text)}`)
    throw new AddressError(`${quote(text)} is not host:port, [v6]:port, unix:path or vsock:cid:port`)
  }
  const [, written = '', port = ''] = parts
  const host = written === '' && !text.startsWith('[') ? LOOPBACK : written
  const family = numericFamily(host)
  if (text.startsWith('[') && family !== AF_INET6) {
    throw new AddressError(`${quote(text)}: ${quote(written)} is not an IPv6 address`)
  }
  if (family === null && !isHostName(host)) {
    throw new AddressError(`${quote(text)}: ${quote(host)} is neither an address nor a host name`)
  }
  return { kind: 'host', host, port: parsePort(port, text, purpose, 65_535) }
}

function portHint(text: string): string {
  return text.includes(':') && !text.startsWith('[') ? `[${text}]:port` : `${text}:port`
}

function parsePort(digits: string, text: string, purpose: Purpose, most: number): number {
  const least = purpose === 'listen' ? 0 : 1
  const port = /^\d{1,10}$/.test(digits) ? Number(digits) : Number.NaN
  if (!(port >= least && port <= most)) {
    throw new AddressError(`${quote(text)}: port ${quote(digits)} is not a number from ${least} to ${most}`)
  }
  return port
}

function parseUnix(text: string): UnixEndpoint {
  const name = text.slice('unix:'.length)
  const isAbstract = name.startsWith('@')
  if (name === '' || name === '@') throw new AddressError(`${quote(text)}: the path is missing`)
  if (name.includes('\0')) throw new AddressError(`${quote(text)}: a path has no NUL`)
  const most = isAbstract ? LONGEST_ABSTRACT : LONGEST_PATH
  const length = Buffer.byteLength(name)
  if (length > most) {
    throw new AddressError(`${quote(text)}: a name of ${length} bytes; Unix sockets have ${most} at most`)
  }
  return { kind: 'unix', path: isAbstract ? `\0${name.slice(1)}` : name }
}

function formatUnix(path: string | Buffer): string {
  const name = typeof path === 'string' ? path : path.toString('utf8')
  if (name.startsWith('\0')) return `unix:@${printable(name.slice(1))}`
  return name.startsWith('@') ? `unix:./${printable(name)}` : `unix:${printable(name)}`
}

function parseVsock(text: string, purpose: Purpose): VsockEndpoint {
  const [, machine = '', port = ''] = /^vsock:([^:]*):([^:]*)$/.exec(text) ?? []
  const cid = CIDS[machine] ?? (/^\d{1,10}$/.test(machine) ? Number(machine) : Number.NaN)
  if (!(cid <= VMADDR_CID_ANY)) {
    throw new AddressError(
      `${quote(text)}: expected vsock:cid:port, with a number or ${Object.keys(CIDS).join(', ')} as cid`,
    )
  }
  if (purpose === 'connect' && cid === VMADDR_CID_ANY) {
    throw new AddressError(`${quote(text)}: any machine is for listening only`)
  }
  // The largest number is VMADDR_PORT_ANY, which lets the system choose, as port 0 does elsewhere.
  const number = parsePort(port, text, purpose, VMADDR_PORT_ANY - 1)
  return { kind: 'vsock', cid, port: number }
}

function quote(text: string): string {
  return `'${printable(text)}'`
}
