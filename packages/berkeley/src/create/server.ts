// Sockets made in other ways than `new Socket`, written once for the class of either form.
import { type BaseSocket, check, configure, FROM_HANDLE, newHandle } from '../base-socket.ts'
import { boolean, int, optionalInt } from '../core/arguments.ts'
import { wrongType, wrongValue } from '../core/errors.ts'
import { noteOrigin } from '../leak.ts'
import { Handle } from '../ops/handle.ts'
import {
  AF_INET,
  AF_INET6,
  AF_UNIX,
  IPPROTO_IPV6,
  IPV6_V6ONLY,
  SO_REUSEADDR,
  SO_REUSEPORT,
  SOCK_STREAM,
  SOL_SOCKET,
} from '../sys/constants.ts'
import { native } from '../sys/native.ts'

/** A class of sockets, of one form. */
export type SocketClass<Any extends BaseSocket> = {
  new (family?: number, type?: number, proto?: number, fileno?: number | null): Any
  new (how: typeof FROM_HANDLE, handle: Handle): Any
}

/** How a listening socket is made. */
export interface ServerOptions<Family extends number = number> {
  /** `AF_INET` (the default), `AF_INET6`, `AF_UNIX`. */
  readonly family?: Family
  /** How many connections may wait to be accepted. */
  readonly backlog?: number | undefined
  /** Whether several sockets may listen on the address, and the kernel deals the connections out among them. */
  readonly reusePort?: boolean
  /** Whether an `AF_INET6` socket takes IPv4 connections as well. */
  readonly dualstackIpv6?: boolean
}

export function createServer<Any extends BaseSocket>(
  make: SocketClass<Any>,
  address: unknown,
  options: ServerOptions = {},
): Any {
  if (typeof options !== 'object' || options === null)
    throw wrongType('createServer', 'options', 'an object', options)
  const family = optionalInt('createServer', 'family', options.family, AF_INET)
  const dualstack = boolean('createServer', 'dualstackIpv6', options.dualstackIpv6 ?? false)
  if (dualstack && family !== AF_INET6) {
    throw wrongValue('createServer', 'dualstackIpv6', 'false unless the family is AF_INET6', dualstack)
  }
  if (dualstack && !hasDualstackIpv6()) {
    throw wrongValue('createServer', 'dualstackIpv6', 'false: this system cannot have both', dualstack)
  }
  const server = new make(family, SOCK_STREAM)
  try {
    server.setsockopt(SOL_SOCKET, SO_REUSEADDR, true)
    if (boolean('createServer', 'reusePort', options.reusePort ?? false)) {
      server.setsockopt(SOL_SOCKET, SO_REUSEPORT, true)
    }
    if (family === AF_INET6) server.setsockopt(IPPROTO_IPV6, IPV6_V6ONLY, !dualstack)
    server.bind(address as never)
    server.listen(options.backlog)
    return server
  } catch (error) {
    server.close()
    throw error
  }
}

export function socketpair<Any extends BaseSocket>(
  make: SocketClass<Any>,
  family?: number,
  type?: number,
  proto?: number,
): [Any, Any] {
  let second = -1
  const first = newHandle(
    optionalInt('socketpair', 'family', family, AF_UNIX),
    optionalInt('socketpair', 'type', type, SOCK_STREAM),
    optionalInt('socketpair', 'proto', proto, 0),
    (domain, kind, protocol) => {
      check(native.socketpair(domain, kind, protocol), 'socketpair')
      second = native.numbers[1]!
      return native.numbers[0]!
    },
  )
  const other = configure(new Handle(second, first.kind))
  other.timeout = first.timeout
  noteOrigin(first, socketpair as never)
  noteOrigin(other, socketpair as never)
  return [new make(FROM_HANDLE, first), new make(FROM_HANDLE, other)]
}

export function fromfd<Any extends BaseSocket>(
  make: SocketClass<Any>,
  fd: number,
  family?: number,
  type?: number,
  proto?: number,
): Any {
  const copy = check(native.dup(int('fromfd', 'fd', fd), 0), 'fromfd')
  try {
    return new make(family, type, proto, copy)
  } catch (error) {
    native.close(copy)
    throw error
  }
}

/**
 * close - close a descriptor
 *
 * For descriptors that no socket object owns: from `detach` or `dup`. A socket object has its own `close`.
 *
 * @param fd the descriptor
 * @throws OSError EBADF; TypeError, RangeError
 * @example
 * close(socket.detach())
 * @see man 2 close
 */
export function close(fd: number): void {
  check(native.close(int('close', 'fd', fd)), 'close')
}

/**
 * dup - duplicate a descriptor
 *
 * @param fd the descriptor
 * @returns a new one for the same open file, close-on-exec; the caller closes it
 * @throws OSError EBADF, EMFILE; TypeError, RangeError
 * @example
 * const copy = dup(socket.fileno())
 * @see man 2 dup
 */
export function dup(fd: number): number {
  return check(native.dup(int('dup', 'fd', fd), 0), 'dup')
}

/**
 * hasDualstackIpv6 - whether one AF_INET6 socket can take both IPv6 and IPv4 connections
 *
 * @example
 * const server = createServer(['', 0], hasDualstackIpv6() ? { family: AF_INET6, dualstackIpv6: true } : {})
 * @see man 7 ipv6, IPV6_V6ONLY
 */
export function hasDualstackIpv6(): boolean {
  const fd = native.socket(AF_INET6, SOCK_STREAM, 0)
  if (fd < 0) return false
  const result = native.setsockopt_int(fd, IPPROTO_IPV6, IPV6_V6ONLY, 0)
  native.close(fd)
  return result >= 0
}

/** hasIpv6 - whether the system has AF_INET6 sockets */
export const hasIpv6: boolean = probeIpv6()

function probeIpv6(): boolean {
  const fd = native.socket(AF_INET6, SOCK_STREAM, 0)
  if (fd < 0) return false
  native.close(fd)
  return true
}
