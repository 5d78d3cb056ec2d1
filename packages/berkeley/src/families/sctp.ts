// Options and notifications of SCTP. What goes with single messages is in core/ancillary/sctp.ts.
import { boolean } from '../core/arguments.ts'
import { type CType, int32, uint8, uint16, uint32, viewOf } from '../core/ctypes.ts'
import { arrayOf, codec, type StructCodec, scalar, struct } from '../core/structs/struct.ts'
import { layout } from '../sys/families-layout.ts'

/** Whether notifications of a type are received. */
export interface SctpEvent {
  /** The association, or `SCTP_FUTURE_ASSOC` (0), `SCTP_CURRENT_ASSOC`, `SCTP_ALL_ASSOC`. */
  readonly assocId: number
  /** `SCTP_ASSOC_CHANGE`, `SCTP_SHUTDOWN_EVENT`, … */
  readonly type: number
  /** Whether to receive them. */
  readonly on: boolean
}

const byteFlag: CType<boolean> = {
  size: uint8.size,
  read: (from, at) => uint8.read(from, at) !== 0,
  write: (to, at, value, call, parameter) =>
    uint8.write(to, at, Number(boolean(call, parameter, value)), call, parameter),
}

const event = layout.sctp_event

/**
 * sctpEvent - the value of SCTP_EVENT: whether notifications of a type are received
 *
 * `{ assocId?, type, on }` and struct sctp_event. Notifications come as messages with MSG_NOTIFICATION.
 *
 * @example
 * socket.setsockopt(IPPROTO_SCTP, SCTP_EVENT, sctpEvent.encode({ type: SCTP_ASSOC_CHANGE, on: true }))
 * @see RFC 6458, section 6.2.2
 */
export const sctpEvent: StructCodec<SctpEvent, Omit<SctpEvent, 'assocId'> & Partial<SctpEvent>> = struct(
  'sctpEvent',
  event.size,
  {
    assocId: [event.se_assoc_id, int32, 0],
    type: [event.se_type, uint16],
    on: [event.se_on, byteFlag],
  },
)

/** What every notification begins with. */
export interface SctpNotification {
  /** `SCTP_ASSOC_CHANGE`, `SCTP_SHUTDOWN_EVENT`, … */
  readonly type: number
  /** By the type. */
  readonly flags: number
  /** How long the whole notification is, in bytes. */
  readonly length: number
}

const header = layout.sctp_assoc_change

const beginning = {
  type: [header.sac_type, uint16],
  flags: [header.sac_flags, uint16],
  length: [header.sac_length, uint32],
} as const

/**
 * sctpNotification - what every notification of SCTP begins with
 *
 * `{ type, flags, length }`, of union sctp_notification. The type says which codec is the whole one's.
 *
 * @example
 * const [data, , flags] = await socket.recvmsg(2048)
 * if (flags & MSG_NOTIFICATION) console.log(sctpNotification.decode(data).type)
 * @see RFC 6458, section 6.1
 */
export const sctpNotification: StructCodec<SctpNotification> = struct(
  'sctpNotification',
  header.sac_state,
  beginning,
)

/** An association has begun or ended. */
export interface SctpAssocChange extends SctpNotification {
  /** `SCTP_COMM_UP`, `SCTP_COMM_LOST`, `SCTP_RESTART`, `SCTP_SHUTDOWN_COMP`, `SCTP_CANT_STR_ASSOC`. */
  readonly state: number
  /** Why, if it was for an error. */
  readonly error: number
  /** How many streams there are to send on. */
  readonly outboundStreams: number
  /** How many streams the peer sends on. */
  readonly inboundStreams: number
  /** The association. */
  readonly assocId: number
}

/**
 * sctpAssocChange - the notification SCTP_ASSOC_CHANGE: an association has begun or ended
 *
 * `{ type, flags, length, state, error, outboundStreams, inboundStreams, assocId }`, of struct sctp_assoc_change.
 *
 * @example
 * const { state, assocId } = sctpAssocChange.decode(data)
 * if (state === SCTP_COMM_UP) console.log('association', assocId)
 * @see RFC 6458, section 6.1.1
 */
export const sctpAssocChange: StructCodec<SctpAssocChange> = struct('sctpAssocChange', header.size, {
  ...beginning,
  state: [header.sac_state, uint16],
  error: [header.sac_error, uint16],
  outboundStreams: [header.sac_outbound_streams, uint16],
  inboundStreams: [header.sac_inbound_streams, uint16],
  assocId: [header.sac_assoc_id, int32],
})

/** The peer will send no more. */
export interface SctpShutdownEvent extends SctpNotification {
  /** The association. */
  readonly assocId: number
}

const shutdown = layout.sctp_shutdown_event

/**
 * sctpShutdownEvent - the notification SCTP_SHUTDOWN_EVENT: the peer will send no more
 *
 * `{ type, flags, length, assocId }`, of struct sctp_shutdown_event.
 *
 * @example
 * const { assocId } = sctpShutdownEvent.decode(data)
 * @see RFC 6458, section 6.1.5
 */
export const sctpShutdownEvent: StructCodec<SctpShutdownEvent> = struct('sctpShutdownEvent', shutdown.size, {
  ...beginning,
  assocId: [shutdown.sse_assoc_id, int32],
})

/** How an association is doing. */
export interface SctpStatus {
  /** The association. */
  readonly assocId: number
  /** `SCTP_ESTABLISHED`, … */
  readonly state: number
  /** How many bytes the peer has room for. */
  readonly rwnd: number
  /** How many chunks the peer has not acknowledged. */
  readonly unackdata: number
  /** How many chunks wait to be received. */
  readonly penddata: number
  /** How many streams the peer sends on. */
  readonly instrms: number
  /** How many streams there are to send on. */
  readonly outstrms: number
  /** Messages longer than this are sent in pieces. */
  readonly fragmentationPoint: number
}

const status = layout.sctp_status

/**
 * sctpStatus - the value of SCTP_STATUS: how an association is doing
 *
 * `{ assocId, state, rwnd, unackdata, penddata, instrms, outstrms, fragmentationPoint }`, of struct sctp_status. On a
 * one-to-many socket give the association's number in what getsockopt is given.
 *
 * @example
 * const question = sctpAssocId.encode(assocId)
 * const { state } = sctpStatus.decode(socket.getsockopt(IPPROTO_SCTP, SCTP_STATUS, Buffer.concat([question], 176)))
 * @see RFC 6458, section 8.2.1
 */
export const sctpStatus: StructCodec<SctpStatus> = struct('sctpStatus', status.size, {
  assocId: [status.sstat_assoc_id, int32],
  state: [status.sstat_state, int32],
  rwnd: [status.sstat_rwnd, uint32],
  unackdata: [status.sstat_unackdata, uint16],
  penddata: [status.sstat_penddata, uint16],
  instrms: [status.sstat_instrms, uint16],
  outstrms: [status.sstat_outstrms, uint16],
  fragmentationPoint: [status.sstat_fragmentation_point, uint32],
})

/**
 * sctpAssocId - the number of an association, with which many options of one-to-many sockets begin
 *
 * A number of 32 bits: sctp_assoc_t.
 *
 * @example
 * const question = sctpAssocId.encode(assocId)
 * @see RFC 6458, section 8
 */
export const sctpAssocId: StructCodec<number> = scalar('sctpAssocId', int32)

const ids = arrayOf('sctpAssocIds', int32.size, scalar('sctpAssocIds', int32))
const countOf = (bytes: Uint8Array) => uint32.read(viewOf(bytes), 0)

/**
 * sctpAssocIds - the value of SCTP_GET_ASSOC_ID_LIST: the associations of a one-to-many socket
 *
 * `numbers[]`, of struct sctp_assoc_ids.
 *
 * @example
 * const all = sctpAssocIds.decode(socket.getsockopt(IPPROTO_SCTP, SCTP_GET_ASSOC_ID_LIST, 1024))
 * @see RFC 6458, section 8.2.6
 */
export const sctpAssocIds: StructCodec<number[], readonly number[]> = codec<number[], readonly number[]>({
  name: 'sctpAssocIds',
  must: 'a count and as many numbers',
  encode(value) {
    const numbers = ids.encode(value as number[])
    const count = Buffer.alloc(uint32.size)
    uint32.write(viewOf(count), 0, numbers.length / int32.size, 'sctpAssocIds.encode', 'value')
    return Buffer.concat([count, numbers])
  },
  understands: (bytes) => bytes.length >= 4 && bytes.length >= uint32.size + countOf(bytes) * int32.size,
  read: (bytes) => ids.decode(bytes.subarray(uint32.size, uint32.size + countOf(bytes) * int32.size)),
})

/** An association that gets a socket of its own. */
export interface SctpPeeloff {
  /** The association. */
  readonly assocId: number
  /** The descriptor of its socket, once the kernel has made it. */
  readonly sd: number
}

const peeloff = layout.sctp_peeloff_arg_t

/**
 * sctpPeeloff - the value of SCTP_SOCKOPT_PEELOFF: takes an association out of a one-to-many socket
 *
 * `{ assocId, sd? }` and sctp_peeloff_arg_t. Getting the option makes a one-to-one socket, which has to be closed.
 *
 * @example
 * const question = sctpPeeloff.encode({ assocId })
 * const { sd } = sctpPeeloff.decode(socket.getsockopt(IPPROTO_SCTP, SCTP_SOCKOPT_PEELOFF, question))
 * const single = new Socket(AF_INET, SOCK_STREAM, IPPROTO_SCTP, sd)
 * @see RFC 6458, section 9.2
 */
export const sctpPeeloff: StructCodec<SctpPeeloff, Omit<SctpPeeloff, 'sd'> & Partial<SctpPeeloff>> = struct(
  'sctpPeeloff',
  peeloff.size,
  { assocId: [peeloff.associd, int32], sd: [peeloff.sd, int32, 0] },
)
