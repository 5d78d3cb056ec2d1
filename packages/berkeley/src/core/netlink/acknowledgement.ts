// How the kernel ends a request: NLMSG_ERROR, which also says that all went well, and NLMSG_DONE after a
// dump.
//
//   NLMSG_ERROR   int error, struct nlmsghdr of the request, [its payload], attributes with NLM_F_ACK_TLVS
//   NLMSG_DONE    int error, attributes with NLM_F_ACK_TLVS
//
// The payload is there on errors unless NLM_F_CAPPED says that it was left out (NETLINK_CAP_ACK).
import {
  NLM_F_ACK_TLVS,
  NLM_F_CAPPED,
  NLMSG_DONE,
  NLMSG_HDRLEN,
  NLMSGERR_ATTR_COOKIE,
  NLMSGERR_ATTR_MISS_NEST,
  NLMSGERR_ATTR_MISS_TYPE,
  NLMSGERR_ATTR_MSG,
  NLMSGERR_ATTR_OFFS,
} from '../../sys/netlink-constants.ts'
import { layout } from '../../sys/netlink-layout.ts'
import { writableBytesOf } from '../bytes.ts'
import { int32, uint32, viewOf } from '../ctypes.ts'
import type { OSError } from '../error-classes.ts'
import { osErrorBecause, wrongType, wrongValue } from '../errors.ts'
import { aligned } from './alignment.ts'
import { attributeMap } from './attributes.ts'
import { type Fields, readFields, text, u32 } from './fields.ts'
import type { Message } from './messages.ts'

/** What the kernel says in words and numbers about a request that it refuses: an extended acknowledgement. */
export interface ExtendedAck {
  /** What is wrong, in words; `''` if it says nothing. It may also come with success, as a warning. */
  readonly message: string
  /**
   * Where in the request the wrong attribute begins, in bytes from the start of its header; `null` if it is
   * none.
   */
  readonly offset: number | null
  /** The type of an attribute that is missing. */
  readonly missingType: number | null
  /** Where the nested attribute begins in which it is missing; `null` for the message itself. */
  readonly missingNest: number | null
  /** Bytes that mean something to the subsystem that was asked. */
  readonly cookie: Buffer | null
}

/**
 * An `OSError` with what the kernel said about it: what the methods of this module throw for refused
 * requests.
 */
export type NetlinkError = OSError & { readonly extack: ExtendedAck }

/** The end of a request: 0 or -errno, and the explanation. */
export interface Acknowledgement {
  readonly error: number
  readonly extack: ExtendedAck
}

const fields: Fields<ExtendedAck> = {
  message: [NLMSGERR_ATTR_MSG, text, ''],
  offset: [NLMSGERR_ATTR_OFFS, u32, null],
  missingType: [NLMSGERR_ATTR_MISS_TYPE, u32, null],
  missingNest: [NLMSGERR_ATTR_MISS_NEST, u32, null],
  cookie: [NLMSGERR_ATTR_COOKIE, { must: 'bytes', read: (data) => data }, null],
}

const { size: NLMSGERR_SIZE, error: errorAt, msg: headerAt } = layout.nlmsgerr

/**
 * decodeAcknowledgement - what a message of type NLMSG_ERROR or NLMSG_DONE says
 *
 * @param message the message
 * @returns the error, 0 or negative as the kernel has it, and what it explains
 * @throws RangeError if the message is cut
 * @example
 * const { error, extack } = decodeAcknowledgement(message)
 * if (error < 0) console.error(-error, extack.message)
 * @see man 7 netlink
 */
export function decodeAcknowledgement(message: Message): Acknowledgement {
  if (typeof message !== 'object' || message === null) {
    throw wrongType('decodeAcknowledgement', 'message', 'a message', message)
  }
  const { type, flags } = message
  const payload = writableBytesOf('decodeAcknowledgement', 'payload', message.payload)
  const isDone = type === NLMSG_DONE
  const least = isDone ? int32.size : NLMSGERR_SIZE
  // Some dumps end without an error number.
  if (isDone && payload.length === 0)
    return { error: 0, extack: readFields('ExtendedAck', fields, new Map()) }
  if (payload.length < least) {
    throw wrongValue('decodeAcknowledgement', 'payload', `at least ${least} bytes`, payload.length)
  }
  const view = viewOf(payload)
  const error = int32.read(view, isDone ? 0 : errorAt)
  let end = least
  if (!isDone && error !== 0 && (flags & NLM_F_CAPPED) === 0) {
    end += aligned(Math.max(0, uint32.read(view, headerAt + layout.nlmsghdr.nlmsg_len) - NLMSG_HDRLEN))
  }
  const attributes = (flags & NLM_F_ACK_TLVS) === 0 ? new Map() : attributeMap(payload.subarray(end))
  return { error, extack: readFields('ExtendedAck', fields, attributes) }
}

/** The error that a refused request throws. */
export function refusal(call: string, { error, extack }: Acknowledgement): NetlinkError {
  return Object.assign(osErrorBecause(error, call, extack.message), { extack })
}
