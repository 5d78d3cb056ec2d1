// `berkeley`: sockets, as promises. Re-exports only.
export type {
  Address,
  AddressOf,
  FullInet6Address,
  Inet6Address,
  InetAddress,
  ReturnedAddressOf,
  UnixAddress,
  UnknownAddress,
} from './core/address/index.ts'
export type { Data, WritableBytes } from './core/bytes.ts'
export { type AncillaryInput, type AncillaryMessage, CMSG_LEN, CMSG_SPACE } from './core/control.ts'
export * from './core/error-classes.ts'
export { htonl, htons, inetAton, inetNtoa, inetNtop, inetPton, ntohl, ntohs } from './core/numbers.ts'
export { getdefaulttimeout, setdefaulttimeout } from './core/timeout.ts'
export { createConnection, createServer, fromfd, socketpair } from './create/async.ts'
export type { ConnectionOptions } from './create/connection.ts'
export { close, dup, hasDualstackIpv6, hasIpv6, type ServerOptions } from './create/server.ts'
export { gethostname, ifIndextoname, ifNameindex, ifNametoindex, sethostname } from './netdb/local.ts'
export type { File } from './ops/file-transfer.ts'
export type { AfalgMessage, WaitOptions } from './ops/prepare.ts'
export * from './resolve/async.ts'
export { recvFds, sendFds } from './rights/async.ts'
export { Socket } from './socket.ts'
export type * from './socket-methods.ts'
export * from './sys/constants.ts'
export * from './sys/errno.ts'
