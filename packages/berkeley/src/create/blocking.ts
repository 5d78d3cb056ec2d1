// createConnection, createServer, socketpair and fromfd for the sockets whose methods block. The work is in
// connection.ts and server.ts.
import { FROM_HANDLE } from '../base-socket.ts'
import type { AddressOf } from '../core/address/index.ts'
import { noteOrigin } from '../leak.ts'
import { BlockingSocket } from '../socket.ts'
import type { Connected, Listening } from '../socket-methods.ts'
import type { AF_INET, AF_UNIX } from '../sys/constants.ts'
import { runBlocking } from '../wait/steps.ts'
import * as connection from './connection.ts'
import * as server from './server.ts'

const SocketOfForm = BlockingSocket as server.SocketClass<BlockingSocket<number>>

/**
 * createConnection - make a stream socket that is connected to a host
 *
 * All addresses of the host are tried, IPv6 and IPv4 in turns; the next starts when the last has failed or has not
 * succeeded within a moment, and the first to connect wins (RFC 8305).
 *
 * @param address `[host, port]`; the host is a name or numeric, the port a number or the name of a service
 * @param options timeout, sourceAddress, allErrors, happyEyeballsDelay
 * @returns the socket, with `timeout` as its time limit
 * @throws gaierror for the name; ConnectionRefusedError, TimeoutError, … of the last address that failed; with
 *   `allErrors` an AggregateError of all
 * @example
 * const socket = createConnection(['example.org', 'http'], { timeout: 5 })
 * @see RFC 8305, man 2 connect
 */
export function createConnection(
  address: readonly [host: string | null, port: number | string],
  options?: connection.ConnectionOptions,
): Connected<'blocking', number> {
  const handle = runBlocking(connection.createConnection(address, options))
  noteOrigin(handle, createConnection as never)
  return new SocketOfForm(FROM_HANDLE, handle) as never
}

/**
 * createServer - make a stream socket that listens on an address
 *
 * With SO_REUSEADDR, so that a server can be started again at once.
 *
 * @param address `[host, port]`; host `''` is every interface, port 0 a free one
 * @param options family, backlog, reusePort, dualstackIpv6
 * @throws OSError EADDRINUSE, EADDRNOTAVAIL, EACCES; gaierror for a name; RangeError if dualstackIpv6 is not possible
 * @example
 * const server = createServer(['127.0.0.1', 0])
 * for (const [connection] of server) connection.sendall('hello\n')
 * @see man 2 bind, man 2 listen, man 7 socket
 */
export function createServer<Family extends number = typeof AF_INET>(
  address: AddressOf<Family>,
  options?: server.ServerOptions<Family>,
): Listening<'blocking', Family> {
  return server.createServer(SocketOfForm, address, options) as never
}

/**
 * socketpair - make two sockets that are connected with each other
 *
 * @param family `AF_UNIX` (the default)
 * @param type `SOCK_STREAM` (the default), `SOCK_DGRAM`, `SOCK_SEQPACKET`
 * @param proto 0
 * @throws OSError EMFILE, EOPNOTSUPP
 * @example
 * const [left, right] = socketpair()
 * @see man 2 socketpair
 */
export function socketpair<Family extends number = typeof AF_UNIX>(
  family?: Family,
  type?: number,
  proto?: number,
): [Connected<'blocking', Family>, Connected<'blocking', Family>] {
  return server.socketpair(SocketOfForm, family, type, proto) as never
}

/**
 * fromfd - make a socket object over a duplicate of a descriptor
 *
 * The descriptor itself is left alone, except that the open file, which both share, becomes non-blocking.
 *
 * @param fd the descriptor: from Node (`server._handle.fd`), inherited, …
 * @param family what is not given is asked from the descriptor
 * @param type as `family`
 * @param proto as `family`
 * @throws OSError EBADF, ENOTSOCK, EMFILE
 * @example
 * using socket = fromfd(3, AF_INET, SOCK_STREAM)
 */
export function fromfd<Family extends number = number>(
  fd: number,
  family?: Family,
  type?: number,
  proto?: number,
): BlockingSocket<Family> {
  return server.fromfd(SocketOfForm, fd, family, type, proto) as never
}
