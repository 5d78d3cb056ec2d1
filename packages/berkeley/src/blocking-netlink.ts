// `berkeley/blocking/netlink`: netlink messages, routing and socket diagnostics, truly blocking the calling
// thread. Re-exports only.
export { error, OSError } from './core/error-classes.ts'
export {
  type Acknowledgement,
  decodeAcknowledgement,
  type ExtendedAck,
  type NetlinkError,
} from './core/netlink/acknowledgement.ts'
export {
  type Attribute,
  type AttributeInput,
  decodeAttributes,
  encodeAttributes,
} from './core/netlink/attributes.ts'
export * from './core/netlink/headers.ts'
export { decodeInetSocket, type InetMemory, type InetSocket } from './core/netlink/inet-diag.ts'
export { decodeInterfaceAddress, type InterfaceAddress } from './core/netlink/interface-address.ts'
export { decodeLink, type Link, type LinkStats } from './core/netlink/link.ts'
export { decodeMessages, encodeMessage, type Message, type MessageInput } from './core/netlink/messages.ts'
export { decodeNeighbour, type Neighbour } from './core/netlink/neighbour.ts'
export { decodeNetlinkSocket, type NetlinkSocketEntry } from './core/netlink/netlink-diag.ts'
export { decodePacketSocket, type PacketSocket, type PacketSocketInfo } from './core/netlink/packet-diag.ts'
export { decodeRoute, type Nexthop, type Route } from './core/netlink/route.ts'
export { decodeRule, type Rule } from './core/netlink/rule.ts'
export type { SocketMemory } from './core/netlink/socket-memory.ts'
export { decodeUnixSocket, type UnixSocket, type UnixSocketFile } from './core/netlink/unix-diag.ts'
export * from './core/netlink/values.ts'
export type { StructCodec } from './core/structs/struct.ts'
export type { TcpInfo } from './core/structs/tcp-info.ts'
export {
  DiagSocket,
  NetlinkSocket,
  Notifications,
  RouteSocket,
  subscribe,
  watch,
} from './netlink/blocking.ts'
export type { InetSocketFilter, StateFilter } from './netlink/diag-socket.ts'
export type { SignalOption, WaitingOptions } from './netlink/netlink-socket.ts'
export type { NetlinkOptions } from './netlink/opening.ts'
export type { FamilyFilter, InterfaceFilter, RouteFilter, RouteQuery } from './netlink/route-socket.ts'
export type { Entries, EntryKind } from './netlink/tables.ts'
export type { Change, ChangeOf, WatchOptions } from './netlink/watcher.ts'
export * from './sys/netlink-constants.ts'
