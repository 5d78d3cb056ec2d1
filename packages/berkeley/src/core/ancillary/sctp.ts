// What SCTP tells of a message, or is told. `ppid` is the number as it stands in the packet's bytes: most protocols have it
// in network byte order, `htonl(46)`.
import { layout } from '../../sys/layout.ts'
import { int32, uint16, uint32 } from '../ctypes.ts'
import { type StructCodec, struct } from '../structs/struct.ts'

/** Parameters of a new association; those left out, or 0, are the usual ones. */
export interface SctpInitmsg {
  /** How many streams to send on are wanted. */
  readonly numOstreams: number
  /** How many streams the peer may want. */
  readonly maxInstreams: number
  /** How often INIT is sent. */
  readonly maxAttempts: number
  /** The longest wait between two INITs, in milliseconds. */
  readonly maxInitTimeo: number
}

const init = layout.sctp_initmsg

/**
 * sctpInitmsg - SOL_SCTP, SCTP_INIT, and the value of SCTP_INITMSG: parameters of a new association
 *
 * `{ numOstreams?, maxInstreams?, maxAttempts?, maxInitTimeo? }` and struct sctp_initmsg.
 *
 * @example
 * socket.setsockopt(IPPROTO_SCTP, SCTP_INITMSG, sctpInitmsg.encode({ numOstreams: 8 }))
 * @see man 7 sctp, SCTP_INITMSG
 */
export const sctpInitmsg: StructCodec<SctpInitmsg, Partial<SctpInitmsg>> = struct('sctpInitmsg', init.size, {
  numOstreams: [init.sinit_num_ostreams, uint16, 0],
  maxInstreams: [init.sinit_max_instreams, uint16, 0],
  maxAttempts: [init.sinit_max_attempts, uint16, 0],
  maxInitTimeo: [init.sinit_max_init_timeo, uint16, 0],
})

/** What older programs use for both directions. */
export interface SctpSndrcvinfo {
  /** The stream. */
  readonly stream: number
  /** Received: the number of the message within the stream. */
  readonly ssn: number
  /** `SCTP_UNORDERED | SCTP_EOF | …` */
  readonly flags: number
  /** The payload protocol, in network byte order. */
  readonly ppid: number
  /** Sent: comes back with the report of a failure. */
  readonly context: number
  /** Sent: milliseconds after which the message is no longer worth sending; 0 for never. */
  readonly timetolive: number
  /** Received: the number of the message's first chunk. */
  readonly tsn: number
  /** Received: up to where all has been received. */
  readonly cumtsn: number
  /** The association. */
  readonly assocId: number
}

const sndrcv = layout.sctp_sndrcvinfo

/**
 * sctpSndrcvinfo - SOL_SCTP, SCTP_SNDRCV, and the value of SCTP_DEFAULT_SEND_PARAM: the older form for both directions
 *
 * `{ stream?, ssn?, flags?, ppid?, context?, timetolive?, tsn?, cumtsn?, assocId? }` and struct sctp_sndrcvinfo. Received
 * with SCTP_EVENTS.
 *
 * @example
 * await socket.sendmsg(['x'], [[SOL_SCTP, SCTP_SNDRCV, sctpSndrcvinfo.encode({ stream: 3 })]])
 * @see RFC 6458, section 5.3.2
 */
export const sctpSndrcvinfo: StructCodec<SctpSndrcvinfo, Partial<SctpSndrcvinfo>> = struct(
  'sctpSndrcvinfo',
  sndrcv.size,
  {
    stream: [sndrcv.sinfo_stream, uint16, 0],
    ssn: [sndrcv.sinfo_ssn, uint16, 0],
    flags: [sndrcv.sinfo_flags, uint16, 0],
    ppid: [sndrcv.sinfo_ppid, uint32, 0],
    context: [sndrcv.sinfo_context, uint32, 0],
    timetolive: [sndrcv.sinfo_timetolive, uint32, 0],
    tsn: [sndrcv.sinfo_tsn, uint32, 0],
    cumtsn: [sndrcv.sinfo_cumtsn, uint32, 0],
    assocId: [sndrcv.sinfo_assoc_id, int32, 0],
  },
)

/** How to send a message. */
export interface SctpSndinfo {
  /** The stream. */
  readonly sid: number
  /** `SCTP_UNORDERED | SCTP_EOF | …` */
  readonly flags: number
  /** The payload protocol, in network byte order. */
  readonly ppid: number
  /** Comes back with the report of a failure. */
  readonly context: number
  /** The association, on a one-to-many socket. */
  readonly assocId: number
}

const snd = layout.sctp_sndinfo

/**
 * sctpSndinfo - SOL_SCTP, SCTP_SNDINFO, and the value of SCTP_DEFAULT_SNDINFO: how to send a message
 *
 * `{ sid?, flags?, ppid?, context?, assocId? }` and struct sctp_sndinfo. Sent; never received.
 *
 * @example
 * await socket.sendmsg(['x'], [[SOL_SCTP, SCTP_SNDINFO, sctpSndinfo.encode({ sid: 3, ppid: htonl(46) })]])
 * @see RFC 6458, section 5.3.4
 */
export const sctpSndinfo: StructCodec<SctpSndinfo, Partial<SctpSndinfo>> = struct('sctpSndinfo', snd.size, {
  sid: [snd.snd_sid, uint16, 0],
  flags: [snd.snd_flags, uint16, 0],
  ppid: [snd.snd_ppid, uint32, 0],
  context: [snd.snd_context, uint32, 0],
  assocId: [snd.snd_assoc_id, int32, 0],
})

/** How a message came. */
export interface SctpRcvinfo {
  /** The stream. */
  readonly sid: number
  /** The number of the message within the stream. */
  readonly ssn: number
  /** `SCTP_UNORDERED` */
  readonly flags: number
  /** The payload protocol, in network byte order. */
  readonly ppid: number
  /** The number of the message's first chunk. */
  readonly tsn: number
  /** Up to where all has been received. */
  readonly cumtsn: number
  /** As set with SCTP_CONTEXT. */
  readonly context: number
  /** The association. */
  readonly assocId: number
}

const rcv = layout.sctp_rcvinfo

/**
 * sctpRcvinfo - SOL_SCTP, SCTP_RCVINFO: how a message came
 *
 * `{ sid, ssn, flags, ppid, tsn, cumtsn, context, assocId }`. Received with SCTP_RECVRCVINFO; never sent.
 *
 * @example
 * socket.setsockopt(IPPROTO_SCTP, SCTP_RECVRCVINFO, true)
 * @see RFC 6458, section 5.3.5
 */
export const sctpRcvinfo: StructCodec<SctpRcvinfo> = struct('sctpRcvinfo', rcv.size, {
  sid: [rcv.rcv_sid, uint16],
  ssn: [rcv.rcv_ssn, uint16],
  flags: [rcv.rcv_flags, uint16],
  ppid: [rcv.rcv_ppid, uint32],
  tsn: [rcv.rcv_tsn, uint32],
  cumtsn: [rcv.rcv_cumtsn, uint32],
  context: [rcv.rcv_context, uint32],
  assocId: [rcv.rcv_assoc_id, int32],
})

/** What the next message will be. */
export interface SctpNxtinfo {
  /** The stream. */
  readonly sid: number
  /** `SCTP_UNORDERED`, … */
  readonly flags: number
  /** The payload protocol, in network byte order. */
  readonly ppid: number
  /** How long it is, as far as it is there, in bytes. */
  readonly length: number
  /** The association. */
  readonly assocId: number
}

const nxt = layout.sctp_nxtinfo

/**
 * sctpNxtinfo - SOL_SCTP, SCTP_NXTINFO: what the next message will be
 *
 * `{ sid, flags, ppid, length, assocId }`. Received with SCTP_RECVNXTINFO; never sent.
 *
 * @example
 * socket.setsockopt(IPPROTO_SCTP, SCTP_RECVNXTINFO, true)
 * @see RFC 6458, section 5.3.6
 */
export const sctpNxtinfo: StructCodec<SctpNxtinfo> = struct('sctpNxtinfo', nxt.size, {
  sid: [nxt.nxt_sid, uint16],
  flags: [nxt.nxt_flags, uint16],
  ppid: [nxt.nxt_ppid, uint32],
  length: [nxt.nxt_length, uint32],
  assocId: [nxt.nxt_assoc_id, int32],
})

/** When a message may be given up. */
export interface SctpPrinfo {
  /** `SCTP_PR_SCTP_NONE`, `SCTP_PR_SCTP_TTL`, `SCTP_PR_SCTP_RTX`, `SCTP_PR_SCTP_PRIO`. */
  readonly policy: number
  /** Milliseconds, retransmissions or priority, by the policy. */
  readonly value: number
}

const pr = layout.sctp_prinfo

/**
 * sctpPrinfo - SOL_SCTP, SCTP_PRINFO: when a message may be given up
 *
 * `{ policy, value? }` and struct sctp_prinfo. Sent; never received.
 *
 * @example
 * const info = sctpPrinfo.encode({ policy: SCTP_PR_SCTP_TTL, value: 500 })
 * await socket.sendmsg(['x'], [[SOL_SCTP, SCTP_PRINFO, info]])
 * @see RFC 6458, section 5.3.7
 */
export const sctpPrinfo: StructCodec<SctpPrinfo, Omit<SctpPrinfo, 'value'> & Partial<SctpPrinfo>> = struct(
  'sctpPrinfo',
  pr.size,
  {
    policy: [pr.pr_policy, uint16],
    value: [pr.pr_value, uint32, 0],
  },
)
