// ThreadingMixIn with each kind of server.
import type { AF_INET } from '../sys/constants.ts'
import { TCPServer, UDPServer, UnixDatagramServer, UnixStreamServer } from './tcp-server.ts'
import { ThreadingMixIn } from './threading-mixin.ts'

/**
 * ThreadingTCPServer - a server of connections, in a pool of threads: `ThreadingMixIn(TCPServer)`
 *
 * @example
 * await using server = new ThreadingTCPServer(['127.0.0.1', 0], new URL('./echo.js#Echo', import.meta.url))
 */
export class ThreadingTCPServer<Family extends number = typeof AF_INET> extends ThreadingMixIn(
  TCPServer,
)<Family> {}

/**
 * ThreadingUDPServer - a server of datagrams, in a pool of threads: `ThreadingMixIn(UDPServer)`
 *
 * @example
 * await using server = new ThreadingUDPServer(['127.0.0.1', 0], new URL('./echo.js#Echo', import.meta.url))
 */
export class ThreadingUDPServer<Family extends number = typeof AF_INET> extends ThreadingMixIn(
  UDPServer,
)<Family> {}

/**
 * ThreadingUnixStreamServer - a server of connections to a Unix socket, in a pool of threads: `ThreadingMixIn(UnixStreamServer)`
 *
 * @example
 * await using server = new ThreadingUnixStreamServer('/run/echo', new URL('./echo.js#Echo', import.meta.url))
 */
export class ThreadingUnixStreamServer extends ThreadingMixIn(UnixStreamServer) {}

/**
 * ThreadingUnixDatagramServer - a server of datagrams to a Unix socket, in a pool of threads: `ThreadingMixIn(UnixDatagramServer)`
 *
 * @example
 * await using server = new ThreadingUnixDatagramServer('/run/echo', new URL('./echo.js#Echo', import.meta.url))
 */
export class ThreadingUnixDatagramServer extends ThreadingMixIn(UnixDatagramServer) {}
