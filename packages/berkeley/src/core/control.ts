// Control data: a list of control messages as bytes, as cmsg(3) has it.
//
//   | cmsg_len | cmsg_level | cmsg_type | data … | filled up | cmsg_len | …
//   |<------------ CMSG_LEN(data) ------------->|
//   |<------------------ CMSG_SPACE(data) ----------------->|
//
// What the data means is in ancillary.ts.
import { LITTLE_ENDIAN } from '../sys/byte-order.ts'
import { layout } from '../sys/layout.ts'
import { int, integer, list } from './arguments.ts'
import { bytesOf, type Data } from './bytes.ts'
import { viewOf } from './ctypes.ts'
import { wrongType, wrongValue } from './errors.ts'

/** A control message: its level, its type, and its data as bytes. */
export type AncillaryMessage = [level: number, type: number, data: Buffer]

/** A control message to be sent. */
export type AncillaryInput = readonly [level: number, type: number, data: Data]

const { size, alignment, cmsg_len, cmsg_level, cmsg_type } = layout.cmsghdr
const HEADER = aligned(size)
const LONGEST = 0x7fffffff

function aligned(length: number): number {
  return Math.ceil(length / alignment) * alignment
}

/**
 * CMSG_LEN - how long a control message is, with its header, without what it is filled up with
 *
 * @param length how many bytes of data it has
 * @throws RangeError if that is negative or too much
 * @example
 * const length = CMSG_LEN(4) // one descriptor
 * @see man 3 cmsg
 */
export function CMSG_LEN(length: number): number {
  return HEADER + integer('CMSG_LEN', 'length', length, 0, LONGEST - HEADER)
}

/**
 * CMSG_SPACE - how much room a control message takes
 *
 * @param length how many bytes of data it has
 * @throws RangeError if that is negative or too much
 * @example
 * const [data, ancillary] = await socket.recvmsg(1024, CMSG_SPACE(3 * 4)) // room for three descriptors
 * @see man 3 cmsg
 */
export function CMSG_SPACE(length: number): number {
  return HEADER + aligned(integer('CMSG_SPACE', 'length', length, 0, LONGEST - HEADER - alignment))
}

/** The bytes of control messages that a user gave. */
export function encodeControl(messages: unknown, syscall: string): Uint8Array {
  const items = controlMessages(messages, syscall).map((message) => checked(message, syscall))
  const room = items.reduce((sum, [, , data]) => sum + HEADER + aligned(data.length), 0)
  if (room > LONGEST) throw wrongValue(syscall, 'ancdata', `at most ${LONGEST} bytes`, room)
  const bytes = Buffer.allocUnsafe(room).fill(0) // From Node's pool: memory of its own would cost more than all else here.
  const view = viewOf(bytes)
  let at = 0
  for (const [level, type, data] of items) {
    writeLength(view, at + cmsg_len, HEADER + data.length)
    view.setInt32(at + cmsg_level, level, LITTLE_ENDIAN)
    view.setInt32(at + cmsg_type, type, LITTLE_ENDIAN)
    bytes.set(data, at + HEADER)
    at += HEADER + aligned(data.length)
  }
  return bytes
}

/** The list, if it is one; what stands in it is checked by `encodeControl`. */
export function controlMessages(messages: unknown, syscall: string): unknown[] {
  return list(syscall, 'ancdata', 'a list of [level, type, data]', messages)
}

function checked(message: unknown, syscall: string): [number, number, Uint8Array] {
  if (!Array.isArray(message) || message.length !== 3) {
    throw wrongType(syscall, 'ancdata', 'a list of [level, type, data]', message)
  }
  const [level, type, data] = message
  return [
    int(syscall, 'ancdata level', level),
    int(syscall, 'ancdata type', type),
    bytesOf(syscall, 'ancdata data', data),
  ]
}

/** The control messages in the first `length` bytes. One that was cut off comes with what is there of its data. */
export function decodeControl(bytes: Uint8Array, length: number): AncillaryMessage[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, length)
  const messages: AncillaryMessage[] = []
  for (let at = 0; at + HEADER <= length; ) {
    const claimed = readLength(view, at + cmsg_len)
    if (claimed < HEADER) break
    const end = Math.min(at + claimed, length)
    const level = view.getInt32(at + cmsg_level, LITTLE_ENDIAN)
    const type = view.getInt32(at + cmsg_type, LITTLE_ENDIAN)
    messages.push([level, type, Buffer.from(bytes.subarray(at + HEADER, end))])
    at += aligned(claimed)
  }
  return messages
}

const WIDE = cmsg_level - cmsg_len === 8

// cmsg_len is a size_t, of which lengths here need the lower half: in halves, since a BigInt is an object.
const LOWER = WIDE && !LITTLE_ENDIAN ? 4 : 0
const UPPER = 4 - LOWER

function writeLength(view: DataView, at: number, length: number): void {
  view.setUint32(at + LOWER, length, LITTLE_ENDIAN)
  if (WIDE) view.setUint32(at + UPPER, 0, LITTLE_ENDIAN)
}

function readLength(view: DataView, at: number): number {
  const lower = view.getUint32(at + LOWER, LITTLE_ENDIAN)
  return WIDE ? lower + view.getUint32(at + UPPER, LITTLE_ENDIAN) * 2 ** 32 : lower
}
