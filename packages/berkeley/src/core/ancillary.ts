// What control messages mean: the table of those that are known, by level and type, and both ways through it.
// A kind of message is one codec in ancillary/ and one row below. One without a row, or cut off, stays bytes.
import {
  ALG_SET_AEAD_ASSOCLEN,
  ALG_SET_IV,
  ALG_SET_OP,
  BT_SCM_ERROR,
  BT_SCM_PKT_SEQNUM,
  BT_SCM_PKT_STATUS,
  IP_CHECKSUM,
  IP_ORIGDSTADDR,
  IP_PKTINFO,
  IP_RECVERR,
  IP_RECVFRAGSIZE,
  IP_TOS,
  IP_TTL,
  IPV6_HOPLIMIT,
  IPV6_ORIGDSTADDR,
  IPV6_PKTINFO,
  IPV6_RECVERR,
  IPV6_RECVFRAGSIZE,
  IPV6_TCLASS,
  NETLINK_PKTINFO,
  PACKET_AUXDATA,
  PACKET_TX_TIMESTAMP,
  RDS_CMSG_CONG_UPDATE,
  RDS_CMSG_RDMA_DEST,
  RDS_CMSG_RDMA_STATUS,
  RDS_CMSG_ZCOPY_COMPLETION,
  RDS_CMSG_ZCOPY_COOKIE,
  SCM_CREDENTIALS,
  SCM_INQ,
  SCM_J1939_DEST_ADDR,
  SCM_J1939_DEST_NAME,
  SCM_J1939_ERRQUEUE,
  SCM_J1939_PRIO,
  SCM_PIDFD,
  SCM_RIGHTS,
  SCM_SECURITY,
  SCM_TIMESTAMP,
  SCM_TIMESTAMPING,
  SCM_TIMESTAMPING_PKTINFO,
  SCM_TIMESTAMPNS,
  SCM_TS_OPT_ID,
  SCM_TXTIME,
  SO_MARK,
  SO_PRIORITY,
  SO_RXQ_OVFL,
  SOL_ALG,
  SOL_BLUETOOTH,
  SOL_CAN_J1939,
  SOL_IP,
  SOL_IPV6,
  SOL_NETLINK,
  SOL_PACKET,
  SOL_RDS,
  SOL_SCTP,
  SOL_SOCKET,
  SOL_TCP,
  SOL_TIPC,
  SOL_TLS,
  SOL_UDP,
  SOL_VSOCK,
  TCP_CM_INQ,
  TIPC_DESTNAME,
  TIPC_ERRINFO,
  TLS_GET_RECORD_TYPE,
  TLS_SET_RECORD_TYPE,
  UDP_GRO,
  UDP_SEGMENT,
  VSOCK_RECVERR,
} from '../sys/constants.ts'
import {
  SCTP_INIT,
  SCTP_NXTINFO,
  SCTP_PRINFO,
  SCTP_RCVINFO,
  SCTP_SNDINFO,
  SCTP_SNDRCV,
} from '../sys/families-constants.ts'
import { layout } from '../sys/layout.ts'
import { extendedError } from './ancillary/extended-error.ts'
import {
  checksum,
  hopLimit,
  originalDestination,
  pktinfo,
  recvFragSize,
  tclass,
  tos,
  ttl,
} from './ancillary/ip.ts'
import { credentials, pidfd, rights, security } from './ancillary/passing.ts'
import {
  algAssoclen,
  algIv,
  algOp,
  btPktSeqnum,
  btPktStatus,
  j1939DestAddr,
  j1939DestName,
  j1939Prio,
  tipcDestname,
  tipcErrinfo,
  tlsRecordType,
} from './ancillary/protocols.ts'
import {
  inq,
  mark,
  netlinkGroup,
  packetAuxdata,
  priority,
  rxqOverflow,
  udpGro,
  udpSegment,
} from './ancillary/queue.ts'
import {
  rdsCongUpdate,
  rdsRdmaDest,
  rdsRdmaStatus,
  rdsZcopyCompletion,
  rdsZcopyCookie,
} from './ancillary/rds.ts'
import {
  sctpInitmsg,
  sctpNxtinfo,
  sctpPrinfo,
  sctpRcvinfo,
  sctpSndinfo,
  sctpSndrcvinfo,
} from './ancillary/sctp.ts'
import {
  timestamp,
  timestampId,
  timestamping,
  timestampingPktinfo,
  timestampNs,
  txTime,
} from './ancillary/time.ts'
import { int, list } from './arguments.ts'
import { bytesOf } from './bytes.ts'
import type { AncillaryMessage } from './control.ts'
import { wrongType, wrongValue } from './errors.ts'
import type { StructCodec } from './structs/struct.ts'

/** The codecs by their names. */
export const codecs = {
  rights,
  credentials,
  security,
  pidfd,
  timestamp,
  timestampNs,
  timestamping,
  timestampingPktinfo,
  timestampId,
  txTime,
  rxqOverflow,
  mark,
  priority,
  inq,
  pktinfo,
  ttl,
  tos,
  hopLimit,
  tclass,
  originalDestination,
  extendedError,
  recvFragSize,
  checksum,
  udpGro,
  udpSegment,
  packetAuxdata,
  netlinkGroup,
  tlsRecordType,
  algOp,
  algIv,
  algAssoclen,
  j1939DestAddr,
  j1939DestName,
  j1939Prio,
  tipcErrinfo,
  tipcDestname,
  sctpInitmsg,
  sctpSndrcvinfo,
  sctpSndinfo,
  sctpRcvinfo,
  sctpNxtinfo,
  sctpPrinfo,
  rdsRdmaDest,
  rdsRdmaStatus,
  rdsCongUpdate,
  rdsZcopyCookie,
  rdsZcopyCompletion,
  btPktStatus,
  btPktSeqnum,
}

type Codecs = typeof codecs
type Name = keyof Codecs

/** A row: level, type, whose it is, and how long it is, where the same name is for several lengths. */
type Row = readonly [level: number, type: number, name: Name, size?: number]

// Of several rows with the same name, the first that fits is what is sent.
export const rows: readonly Row[] = [
  [SOL_SOCKET, SCM_RIGHTS, 'rights'],
  [SOL_SOCKET, SCM_CREDENTIALS, 'credentials'],
  [SOL_SOCKET, SCM_SECURITY, 'security'],
  [SOL_SOCKET, SCM_PIDFD, 'pidfd'],
  [SOL_SOCKET, SCM_TIMESTAMP, 'timestamp'],
  [SOL_SOCKET, SCM_TIMESTAMPNS, 'timestampNs'],
  [SOL_SOCKET, SCM_TIMESTAMPING, 'timestamping'],
  [SOL_SOCKET, SCM_TIMESTAMPING_PKTINFO, 'timestampingPktinfo'],
  [SOL_SOCKET, SCM_TS_OPT_ID, 'timestampId'],
  [SOL_SOCKET, SCM_TXTIME, 'txTime'],
  [SOL_SOCKET, SO_RXQ_OVFL, 'rxqOverflow'],
  [SOL_SOCKET, SO_MARK, 'mark'],
  [SOL_SOCKET, SO_PRIORITY, 'priority'],
  [SOL_SOCKET, SCM_INQ, 'inq'],
  [SOL_TCP, TCP_CM_INQ, 'inq'],
  [SOL_IP, IP_PKTINFO, 'pktinfo', layout.in_pktinfo.size],
  [SOL_IPV6, IPV6_PKTINFO, 'pktinfo', layout.in6_pktinfo.size],
  [SOL_IP, IP_TTL, 'ttl'],
  [SOL_IP, IP_TOS, 'tos'],
  [SOL_IPV6, IPV6_HOPLIMIT, 'hopLimit'],
  [SOL_IPV6, IPV6_TCLASS, 'tclass'],
  [SOL_IP, IP_ORIGDSTADDR, 'originalDestination', layout.sockaddr_in.size],
  [SOL_IPV6, IPV6_ORIGDSTADDR, 'originalDestination', layout.sockaddr_in6.size],
  [SOL_IP, IP_RECVERR, 'extendedError'],
  [SOL_IPV6, IPV6_RECVERR, 'extendedError'],
  [SOL_PACKET, PACKET_TX_TIMESTAMP, 'extendedError'],
  [SOL_VSOCK, VSOCK_RECVERR, 'extendedError'],
  [SOL_CAN_J1939, SCM_J1939_ERRQUEUE, 'extendedError'],
  [SOL_BLUETOOTH, BT_SCM_ERROR, 'extendedError'],
  [SOL_IP, IP_RECVFRAGSIZE, 'recvFragSize'],
  [SOL_IPV6, IPV6_RECVFRAGSIZE, 'recvFragSize'],
  [SOL_IP, IP_CHECKSUM, 'checksum'],
  [SOL_UDP, UDP_GRO, 'udpGro'],
  [SOL_UDP, UDP_SEGMENT, 'udpSegment'],
  [SOL_PACKET, PACKET_AUXDATA, 'packetAuxdata'],
  [SOL_NETLINK, NETLINK_PKTINFO, 'netlinkGroup'],
  [SOL_TLS, TLS_SET_RECORD_TYPE, 'tlsRecordType'],
  [SOL_TLS, TLS_GET_RECORD_TYPE, 'tlsRecordType'],
  [SOL_ALG, ALG_SET_OP, 'algOp'],
  [SOL_ALG, ALG_SET_IV, 'algIv'],
  [SOL_ALG, ALG_SET_AEAD_ASSOCLEN, 'algAssoclen'],
  [SOL_CAN_J1939, SCM_J1939_DEST_ADDR, 'j1939DestAddr'],
  [SOL_CAN_J1939, SCM_J1939_DEST_NAME, 'j1939DestName'],
  [SOL_CAN_J1939, SCM_J1939_PRIO, 'j1939Prio'],
  [SOL_TIPC, TIPC_ERRINFO, 'tipcErrinfo'],
  [SOL_TIPC, TIPC_DESTNAME, 'tipcDestname'],
  [SOL_SCTP, SCTP_INIT, 'sctpInitmsg'],
  [SOL_SCTP, SCTP_SNDRCV, 'sctpSndrcvinfo'],
  [SOL_SCTP, SCTP_SNDINFO, 'sctpSndinfo'],
  [SOL_SCTP, SCTP_RCVINFO, 'sctpRcvinfo'],
  [SOL_SCTP, SCTP_NXTINFO, 'sctpNxtinfo'],
  [SOL_SCTP, SCTP_PRINFO, 'sctpPrinfo'],
  [SOL_RDS, RDS_CMSG_RDMA_DEST, 'rdsRdmaDest'],
  [SOL_RDS, RDS_CMSG_RDMA_STATUS, 'rdsRdmaStatus'],
  [SOL_RDS, RDS_CMSG_CONG_UPDATE, 'rdsCongUpdate'],
  [SOL_RDS, RDS_CMSG_ZCOPY_COOKIE, 'rdsZcopyCookie'],
  [SOL_RDS, RDS_CMSG_ZCOPY_COMPLETION, 'rdsZcopyCompletion'],
  [SOL_BLUETOOTH, BT_SCM_PKT_STATUS, 'btPktStatus'],
  [SOL_BLUETOOTH, BT_SCM_PKT_SEQNUM, 'btPktSeqnum'],
]

/** A control message of no known kind, or one that was cut off. */
export interface UnknownAncillary {
  readonly name: 'unknown'
  readonly level: number
  readonly type: number
  readonly data: Buffer
}

/** A control message as what it means. `name` says which codec it is of, and with that what `value` is. */
export type Ancillary =
  | { [Key in Name]: { readonly name: Key; readonly value: ReturnType<Codecs[Key]['decode']> } }[Name]
  | UnknownAncillary

/** A control message to be sent, as what it means. */
export type AncillaryGiven =
  | { [Key in Name]: { readonly name: Key; readonly value: Parameters<Codecs[Key]['encode']>[0] } }[Name]
  | UnknownAncillary

const keyOf = (level: number, type: number): string => `${level} ${type}`
const rowByKey = new Map(rows.map((row) => [keyOf(row[0], row[1]), row]))

/**
 * decodeAncillary - what a list of control messages means
 *
 * @param ancdata as `recvmsg` returns it: `[level, type, data][]`
 * @returns for each message `{ name, value }`, where `name` is that of the codec; `{ name: 'unknown', level, type, data }`
 *   for what is not known, and for what was cut off (`MSG_CTRUNC`)
 * @example
 * const [data, ancdata] = await socket.recvmsg(1500, 256)
 * for (const message of decodeAncillary(ancdata)) {
 *   if (message.name === 'pktinfo') console.log('came in by interface', message.value.ifindex)
 * }
 * @see man 3 cmsg
 */
export function decodeAncillary(ancdata: readonly AncillaryMessage[]): Ancillary[] {
  const call = 'decodeAncillary'
  return list(call, 'ancdata', MUST, ancdata).map((message): Ancillary => {
    const [level, type, data] = checkedMessage(call, message)
    const [, , name, size = 0] = rowByKey.get(keyOf(level, type)) ?? []
    const codec = name === undefined ? undefined : (codecs[name] as StructCodec<unknown>)
    if (codec === undefined || data.length < size || !codec.understands(data)) {
      return { name: 'unknown', level, type, data }
    }
    return { name, value: codec.decode(data) } as Ancillary
  })
}

const MUST = 'a list of [level, type, data]'

function checkedMessage(call: string, message: unknown): AncillaryMessage {
  if (!Array.isArray(message)) throw wrongType(call, 'ancdata', MUST, message)
  const [level, type, data] = message
  return [int(call, 'level', level), int(call, 'type', type), asBuffer(bytesOf(call, 'data', data))]
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/**
 * encodeAncillary - control messages, from what they mean
 *
 * @param messages `{ name, value }`, as `decodeAncillary` gives them; the codec of that name tells what the value is
 * @returns what `sendmsg` takes: `[level, type, data][]`
 * @throws TypeError and RangeError that name what is wrong with a value
 * @example
 * await socket.sendmsg(['x'], encodeAncillary([{ name: 'ttl', value: 1 }]), 0, ['192.0.2.1', 7])
 * @see man 3 cmsg
 */
export function encodeAncillary(messages: readonly AncillaryGiven[]): AncillaryMessage[] {
  const call = 'encodeAncillary'
  const given = list(call, 'messages', 'a list of { name, value }', messages) as AncillaryGiven[]
  return given.map((message): AncillaryMessage => {
    if (typeof message !== 'object' || message === null) {
      throw wrongType(call, 'message', '{ name, value }', message)
    }
    if (message.name === 'unknown') return checkedMessage(call, [message.level, message.type, message.data])
    if (!Object.hasOwn(codecs, message.name)) {
      throw wrongValue(call, 'name', 'that of a codec', message.name)
    }
    const data = (codecs[message.name] as StructCodec<unknown>).encode(message.value)
    const fits = ([, , name, size = data.length]: Row) => name === message.name && size === data.length
    const [level, type] = rows.find(fits)!
    return [level, type, data]
  })
}
