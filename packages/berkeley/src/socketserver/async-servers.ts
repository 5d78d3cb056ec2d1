// AsyncMixIn with each kind of server.
import type { AF_INET } from '../sys/constants.ts'
import { AsyncMixIn } from './async-mixin.ts'
import { TCPServer, UDPServer, UnixDatagramServer, UnixStreamServer } from './tcp-server.ts'

/**
 * AsyncTCPServer - a server of connections, many at a time, on the event loop: `AsyncMixIn(TCPServer)`
 *
 * @example
 * await using server = new AsyncTCPServer(['127.0.0.1', 0], Echo)
 */
export class AsyncTCPServer<Family extends number = typeof AF_INET> extends AsyncMixIn(TCPServer)<Family> {}

/**
 * AsyncUDPServer - a server of datagrams, many at a time, on the event loop: `AsyncMixIn(UDPServer)`
 *
 * @example
 * await using server = new AsyncUDPServer(['127.0.0.1', 0], Echo)
 */
export class AsyncUDPServer<Family extends number = typeof AF_INET> extends AsyncMixIn(UDPServer)<Family> {}

/**
 * AsyncUnixStreamServer - a server of connections to a Unix socket, many at a time, on the event loop: `AsyncMixIn(UnixStreamServer)`
 *
 * @example
 * await using server = new AsyncUnixStreamServer('/run/echo', Echo)
 */
export class AsyncUnixStreamServer extends AsyncMixIn(UnixStreamServer) {}

/**
 * AsyncUnixDatagramServer - a server of datagrams to a Unix socket, many at a time, on the event loop: `AsyncMixIn(UnixDatagramServer)`
 *
 * @example
 * await using server = new AsyncUnixDatagramServer('/run/echo', Echo)
 */
export class AsyncUnixDatagramServer extends AsyncMixIn(UnixDatagramServer) {}
