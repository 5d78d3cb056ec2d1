// ForkingMixIn with each kind of server.
import type { AF_INET } from '../sys/constants.ts'
import { ForkingMixIn } from './forking-mixin.ts'
import { TCPServer, UDPServer, UnixDatagramServer, UnixStreamServer } from './tcp-server.ts'

/**
 * ForkingTCPServer - a server of connections, in a pool of child processes: `ForkingMixIn(TCPServer)`
 *
 * @example
 * await using server = new ForkingTCPServer(['127.0.0.1', 0], new URL('./echo.js#Echo', import.meta.url))
 */
export class ForkingTCPServer<Family extends number = typeof AF_INET> extends ForkingMixIn(
  TCPServer,
)<Family> {}

/**
 * ForkingUDPServer - a server of datagrams, in a pool of child processes: `ForkingMixIn(UDPServer)`
 *
 * @example
 * await using server = new ForkingUDPServer(['127.0.0.1', 0], new URL('./echo.js#Echo', import.meta.url))
 */
export class ForkingUDPServer<Family extends number = typeof AF_INET> extends ForkingMixIn(
  UDPServer,
)<Family> {}

/**
 * ForkingUnixStreamServer - a server of connections to a Unix socket, in a pool of child processes: `ForkingMixIn(UnixStreamServer)`
 *
 * @example
 * await using server = new ForkingUnixStreamServer('/run/echo', new URL('./echo.js#Echo', import.meta.url))
 */
export class ForkingUnixStreamServer extends ForkingMixIn(UnixStreamServer) {}

/**
 * ForkingUnixDatagramServer - a server of datagrams to a Unix socket, in a pool of child processes: `ForkingMixIn(UnixDatagramServer)`
 *
 * @example
 * await using server = new ForkingUnixDatagramServer('/run/echo', new URL('./echo.js#Echo', import.meta.url))
 */
export class ForkingUnixDatagramServer extends ForkingMixIn(UnixDatagramServer) {}
