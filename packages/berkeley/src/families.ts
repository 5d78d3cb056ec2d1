// `berkeley/families`: constants and codecs for what single address families and protocols send, receive and take as options. Re-exports only.
export type { StructCodec } from './core/structs/struct.ts'
export { type HciFilter, hciFilter, type L2capOptions, l2capOptions } from './families/bluetooth.ts'
export { type BcmMessage, type BcmMessageGiven, bcmMessage } from './families/can-bcm.ts'
export {
  type CanFdFrame,
  type CanFdFrameGiven,
  type CanFrame,
  type CanFrameGiven,
  canFdFrame,
  canFrame,
} from './families/can-frame.ts'
export { type PacketFanout, packetFanout } from './families/packet.ts'
export {
  type SctpAssocChange,
  type SctpEvent,
  type SctpNotification,
  type SctpPeeloff,
  type SctpShutdownEvent,
  type SctpStatus,
  sctpAssocChange,
  sctpAssocId,
  sctpAssocIds,
  sctpEvent,
  sctpNotification,
  sctpPeeloff,
  sctpShutdownEvent,
  sctpStatus,
} from './families/sctp.ts'
export {
  type TipcEvent,
  type TipcGroupReq,
  type TipcSubscription,
  tipcEvent,
  tipcGroupReq,
  tipcSubscription,
} from './families/tipc.ts'
export { type TlsCryptoInfo, type TlsCryptoInfoGiven, tlsCryptoInfo } from './families/tls.ts'
export * from './sys/families-constants.ts'
