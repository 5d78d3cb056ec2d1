// `berkeley/blocking`: sockets, truly blocking the calling thread. Re-exports only.
export type {
  Address,
  AddressOf,
  AlgAddress,
  BluetoothAddress,
  CanAddress,
  CanInterfaceAddress,
  FullAlgAddress,
  FullBluetoothAddress,
  FullCanAddress,
  FullInet6Address,
  FullPacketAddress,
  FullTipcAddress,
  HciAddress,
  Inet6Address,
  InetAddress,
  IsotpAddress,
  J1939Address,
  L2capAddress,
  NetlinkAddress,
  PacketAddress,
  QipcrtrAddress,
  ReturnedAddressOf,
  RfcommAddress,
  ScoAddress,
  TipcAddress,
  UnixAddress,
  UnknownAddress,
  VsockAddress,
} from './core/address/index.ts'
export * from './core/ancillary/index.ts'
export {
  type Ancillary,
  type AncillaryGiven,
  decodeAncillary,
  encodeAncillary,
  type UnknownAncillary,
} from './core/ancillary.ts'
export { Batch, type BatchOptions, type Message } from './core/batch.ts'
export {
  type BpfBits,
  type BpfCondition,
  type BpfItem,
  type BpfOperation,
  type BpfTarget,
  bpf,
} from './core/bpf.ts'
export type { Data, WritableBytes } from './core/bytes.ts'
export { type AncillaryInput, type AncillaryMessage, CMSG_LEN, CMSG_SPACE } from './core/control.ts'
export * from './core/error-classes.ts'
export { htonl, htons, inetAton, inetNtoa, inetNtop, inetPton, ntohl, ntohs } from './core/numbers.ts'
export * from './core/structs/index.ts'
export { getdefaulttimeout, setdefaulttimeout } from './core/timeout.ts'
export { createConnection, createServer, fromfd, socketpair } from './create/blocking.ts'
export type { ConnectionOptions } from './create/connection.ts'
export { close, dup, hasDualstackIpv6, hasIpv6, type ServerOptions } from './create/server.ts'
export type { FileOptions, SocketFile } from './file.ts'
export { gethostname, ifIndextoname, ifNameindex, ifNametoindex, sethostname } from './netdb/local.ts'
export type { File } from './ops/file-transfer.ts'
export type { MessageInput } from './ops/outgoing.ts'
export type { SpliceProgress } from './ops/splicing.ts'
export type { Completion } from './ops/zerocopy.ts'
export * from './resolve/blocking.ts'
export { recvFds, sendFds } from './rights/blocking.ts'
export { BlockingSocket as Socket } from './socket.ts'
export type * from './socket-methods.ts'
export { splice } from './splice/blocking.ts'
export type { SpliceOptions } from './splice/splicing.ts'
export * from './sys/constants.ts'
export * from './sys/errno.ts'
export * from './sys/error-texts.ts'
export { zerocopyCompletions } from './zerocopy/blocking.ts'
