// `berkeley/socketserver`: servers and request handlers. Re-exports only.
export { sdListenFds, sdListenFdsWithNames, sdNotify, serveInetd } from './socketserver/activation.ts'
export { type AsyncAttributes, AsyncMixIn, type AsyncStatics } from './socketserver/async-mixin.ts'
export {
  AsyncTCPServer,
  AsyncUDPServer,
  AsyncUnixDatagramServer,
  AsyncUnixStreamServer,
} from './socketserver/async-servers.ts'
export { type Awaitable, BaseServer } from './socketserver/base-server.ts'
export { BytesIO } from './socketserver/bytes-file.ts'
export { type ForkingAttributes, ForkingMixIn, type ForkingStatics } from './socketserver/forking-mixin.ts'
export {
  ForkingTCPServer,
  ForkingUDPServer,
  ForkingUnixDatagramServer,
  ForkingUnixStreamServer,
} from './socketserver/forking-servers.ts'
export type { RequestHandlerClass, RequestHandlerSource } from './socketserver/handler-source.ts'
export {
  BaseRequestHandler,
  DatagramRequestHandler,
  type Handling,
  type RequestServer,
  type RequestWriter,
  StreamRequestHandler,
} from './socketserver/handlers.ts'
export type { Mixed, ServerClass } from './socketserver/mixins.ts'
export type { PoolAttributes, PoolStatics } from './socketserver/pool-mixin.ts'
export { type ProxyAddress, type ProxyHeader, proxyHeader } from './socketserver/proxy-protocol/header.ts'
export type { ClientAddress, DatagramRequest, StreamRequest } from './socketserver/request.ts'
export type { Handler } from './socketserver/running.ts'
export type { ServerStats, WorkerStats } from './socketserver/stats.ts'
export { handOver, type TakenOver, takeOver } from './socketserver/take-over.ts'
export { TCPServer, UDPServer, UnixDatagramServer, UnixStreamServer } from './socketserver/tcp-server.ts'
export {
  type ThreadingAttributes,
  ThreadingMixIn,
  type ThreadingStatics,
} from './socketserver/threading-mixin.ts'
export {
  ThreadingTCPServer,
  ThreadingUDPServer,
  ThreadingUnixDatagramServer,
  ThreadingUnixStreamServer,
} from './socketserver/threading-servers.ts'
