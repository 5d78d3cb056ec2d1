// struct nlmsghdr: netlink messages, of which a datagram holds one or more.
// Rule: what a message says of its length is compared with what is there; whatever is cut is an error that
// names it.
import { NLMSG_HDRLEN } from '../../sys/netlink-constants.ts'
import { layout } from '../../sys/netlink-layout.ts'
import { bytesOf, type Data, writableBytesOf } from '../bytes.ts'
import { uint16, uint32, viewOf } from '../ctypes.ts'
import { wrongType, wrongValue } from '../errors.ts'
import { aligned } from './alignment.ts'

/** A netlink message. */
export interface Message {
  /** What it is: `RTM_NEWLINK`, `NLMSG_ERROR`, … */
  readonly type: number
  /** `NLM_F_MULTI | NLM_F_DUMP_INTR | …` */
  readonly flags: number
  /** The number of the request, which its replies repeat. */
  readonly seq: number
  /** The port of who asked; 0 in what the kernel says of itself. */
  readonly pid: number
  /** What follows the header: by the type, mostly a struct and attributes. */
  readonly payload: Buffer
}

/** A message to be encoded: what is left out is 0, or empty. */
export interface MessageInput {
  readonly type: number
  readonly flags?: number
  readonly seq?: number
  readonly pid?: number
  readonly payload?: Data
}

const { nlmsg_len, nlmsg_type, nlmsg_flags, nlmsg_seq, nlmsg_pid } = layout.nlmsghdr

/**
 * decodeMessages - the messages in a datagram
 *
 * @param buffer what was received
 * @returns the messages in their order, whose `payload` share the memory of `buffer`
 * @throws RangeError if a message is cut, which it names; TypeError
 * @example
 * for (const { type, payload } of decodeMessages(datagram)) console.log(type, payload.length)
 * @see man 7 netlink, man 3 netlink
 */
export function decodeMessages(buffer: ArrayBufferView): Message[] {
  const bytes = writableBytesOf('decodeMessages', 'buffer', buffer)
  const view = viewOf(bytes)
  const messages: Message[] = []
  for (let at = 0; at < bytes.length; ) {
    const left = bytes.length - at
    if (left < NLMSG_HDRLEN) throw cut(`a message's header at ${at}, cut after ${left} bytes`)
    const length = uint32.read(view, at + nlmsg_len)
    const type = uint16.read(view, at + nlmsg_type)
    if (length < NLMSG_HDRLEN) throw cut(`message ${type} at ${at}, whose length is ${length}`)
    if (length > left) throw cut(`message ${type} at ${at}, of ${length} bytes, cut after ${left}`)
    messages.push({
      type,
      flags: uint16.read(view, at + nlmsg_flags),
      seq: uint32.read(view, at + nlmsg_seq),
      pid: uint32.read(view, at + nlmsg_pid),
      payload: Buffer.from(bytes.buffer, bytes.byteOffset + at + NLMSG_HDRLEN, length - NLMSG_HDRLEN),
    })
    // What fills up the last one may be missing.
    at += aligned(length)
  }
  return messages
}

function cut(what: string): RangeError {
  return wrongValue('decodeMessages', 'buffer', 'whole messages', what)
}

/**
 * encodeMessage - the bytes of a message
 *
 * @param message its type, and what else its header has; the length is added
 * @returns the bytes, filled up to a multiple of four
 * @throws TypeError, RangeError
 * @example
 * const flags = NLM_F_REQUEST | NLM_F_DUMP
 * socket.send(encodeMessage({ type: RTM_GETLINK, flags, seq: 1, payload: ifinfomsg.encode({}) }))
 * @see man 7 netlink
 */
export function encodeMessage(message: MessageInput): Buffer {
  if (typeof message !== 'object' || message === null) {
    throw wrongType('encodeMessage', 'message', '{ type, flags?, seq?, pid?, payload? }', message)
  }
  const { type, flags = 0, seq = 0, pid = 0, payload = '' } = message
  const data = bytesOf('encodeMessage', 'payload', payload)
  const length = NLMSG_HDRLEN + data.length
  const bytes = Buffer.alloc(aligned(length))
  const view = viewOf(bytes)
  uint32.write(view, nlmsg_len, length, 'encodeMessage', 'payload')
  uint16.write(view, nlmsg_type, type, 'encodeMessage', 'type')
  uint16.write(view, nlmsg_flags, flags, 'encodeMessage', 'flags')
  uint32.write(view, nlmsg_seq, seq, 'encodeMessage', 'seq')
  uint32.write(view, nlmsg_pid, pid, 'encodeMessage', 'pid')
  bytes.set(data, NLMSG_HDRLEN)
  return bytes
}
