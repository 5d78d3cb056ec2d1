// `berkeley/options`: what takes more than one line of setsockopt(2), as functions over any socket: those of both forms, and
// those that others made. None of them waits, so they are the same for both forms. Re-exports only.
export type { Descriptor } from './core/descriptor.ts'
export { error, OSError } from './core/error-classes.ts'
export { type BpfInsn, bpfInsn } from './core/structs/bpf-insn.ts'
export type { SockFilter } from './core/structs/filter.ts'
export type { TcpInfo } from './core/structs/tcp-info.ts'
export type { Credentials } from './core/structs/ucred.ts'
export { bindToDevice, boundDevice } from './options/device.ts'
export {
  attachBpf,
  attachReuseportEbpf,
  bpfProgLoad,
  detachBpf,
  type ExtendedProgram,
} from './options/ebpf.ts'
export {
  attachFanoutCbpf,
  attachFilter,
  attachReuseportCbpf,
  detachFilter,
  detachReuseportBpf,
  getFilter,
  lockFilter,
  type Program,
} from './options/filter.ts'
export { getsockopt } from './options/get.ts'
export { kcmAttach, kcmClone, kcmUnattach } from './options/kcm.ts'
export {
  blockSource,
  type GroupPlace,
  getsourcefilter,
  type Interface,
  joinGroup,
  leaveGroup,
  type Membership,
  type SourceFilter,
  setsourcefilter,
  unblockSource,
} from './options/multicast.ts'
export { getPeerCredentials, getPeerGroups, getPeerPidfd, getPeerSecurity } from './options/peer.ts'
export { fromProcess } from './options/process.ts'
export { inq, outq, outqnsd, sockatmark } from './options/queue.ts'
export { getTcpInfo } from './options/tcp.ts'
export { munmap, tcpZerocopyReceive, type ZerocopyReceived } from './options/zerocopy.ts'
export * from './sys/bpf-constants.ts'
export { MCAST_EXCLUDE, MCAST_INCLUDE } from './sys/constants.ts'
