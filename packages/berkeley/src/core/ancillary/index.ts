// The codecs of control messages, for the facades. Re-exports only. The table over them is ../ancillary.ts.
export { type ExtendedError, extendedError } from './extended-error.ts'
export {
  checksum,
  hopLimit,
  originalDestination,
  type Pktinfo,
  pktinfo,
  recvFragSize,
  tclass,
  tos,
  ttl,
} from './ip.ts'
export { credentials, pidfd, rights, security } from './passing.ts'
export {
  algAssoclen,
  algIv,
  algOp,
  btPktSeqnum,
  btPktStatus,
  j1939DestAddr,
  j1939DestName,
  j1939Prio,
  type TipcDestname,
  type TipcErrinfo,
  tipcDestname,
  tipcErrinfo,
  tlsRecordType,
} from './protocols.ts'
export {
  inq,
  mark,
  netlinkGroup,
  type PacketAuxdata,
  packetAuxdata,
  priority,
  rxqOverflow,
  udpGro,
  udpSegment,
} from './queue.ts'
export {
  type RdsRdmaStatus,
  rdsCongUpdate,
  rdsRdmaDest,
  rdsRdmaStatus,
  rdsZcopyCompletion,
  rdsZcopyCookie,
} from './rds.ts'
export {
  type SctpInitmsg,
  type SctpNxtinfo,
  type SctpPrinfo,
  type SctpRcvinfo,
  type SctpSndinfo,
  type SctpSndrcvinfo,
  sctpInitmsg,
  sctpNxtinfo,
  sctpPrinfo,
  sctpRcvinfo,
  sctpSndinfo,
  sctpSndrcvinfo,
} from './sctp.ts'
export {
  type Timestamping,
  type TimestampingPktinfo,
  timestamp,
  timestampId,
  timestamping,
  timestampingPktinfo,
  timestampNs,
  txTime,
} from './time.ts'
