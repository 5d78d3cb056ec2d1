// The attempts at messages: data in several pieces, with control data and an address.
// Rules as in attempts.ts.
import { encodeAddress } from '../core/address/index.ts'
import { lengthOf } from '../core/bytes.ts'
import { type AncillaryMessage, decodeControl } from '../core/control.ts'
import { AF_UNIX, MSG_CMSG_CLOEXEC } from '../sys/constants.ts'
import { EFAULT } from '../sys/errno.ts'
import { native } from '../sys/native.ts'
import { sentTo, takeAddress } from './attempts.ts'
import type { Handle } from './handle.ts'
import { needsOwnMemory, ownMemory, scratch, takeBytes } from './memory.ts'
import { type Operation, operation, READ, type Request, WRITE } from './request.ts'

const smallControl = new Uint8Array(4096)

/** Descriptors come close-on-exec. Only Unix sockets bring any, and some others refuse the flag. */
export function closingOnExec({ family }: Handle, flags: number): number {
  return family === AF_UNIX ? flags | MSG_CMSG_CLOEXEC : flags
}

export function totalOf(pieces: readonly Uint8Array[]): number {
  let total = 0
  for (const piece of pieces) total += lengthOf(piece)
  return total
}

// Memory that was transferred away while its operation waited has no bytes any more, and a message without bytes would be
// taken for the end of the stream.
function isGone(request: Request): boolean {
  const { pieces } = request.message!
  return pieces.length > 0 && totalOf(pieces) !== request.length
}

// As with data (attempts.ts): memory for control data is shared if it is little, and made for the attempt if it is much.
function attemptRecvmsg(handle: Handle, request: Request): number {
  const { pieces, controlRoom } = request.message!
  if (isGone(request)) return -EFAULT
  control = controlRoom <= smallControl.length ? smallControl : new Uint8Array(controlRoom)
  const places = pieces.length > 0 ? pieces : [place(request)]
  const count = native.recvmsg(handle.fd, places, control, controlRoom, closingOnExec(handle, request.flags))
  if (count >= 0 && pieces.length === 0 && needsOwnMemory(request)) request.bytes = places[0]!
  native.numbers[1] = NOT_POOLED
  return count
}

/** What the last attempt received its control data into. */
let control = smallControl
const NOT_POOLED = -1

function place(request: Request): Uint8Array {
  return needsOwnMemory(request) ? ownMemory(request) : scratch.subarray(0, request.length)
}

type Rest = [ancillary: AncillaryMessage[], flags: number, address: unknown]

function takeRest(handle: Handle): Rest {
  const { numbers } = native
  return [decodeControl(control, numbers[2]!), numbers[3]!, takeAddress(handle)]
}

export const recvmsg: Operation<[Buffer, ...Rest]> = operation({
  name: 'recvmsg',
  waits: READ,
  attempt: attemptRecvmsg,
  result: (count, handle, request) => [takeBytes(count, handle, request), ...takeRest(handle)],
})

export const recvmsgInto: Operation<[number, ...Rest]> = operation({
  name: 'recvmsgInto',
  waits: READ,
  attempt: attemptRecvmsg,
  result: (count, handle) => [count, ...takeRest(handle)],
})

function attemptSendmsg(handle: Handle, request: Request): number {
  const { pieces, control: toSend } = request.message!
  if (isGone(request)) return -EFAULT
  const { target, operation } = request
  const flags = request.flags | handle.sendFlags
  const named = target !== null
  const length = named ? encodeAddress(handle, target, native.address, operation.name) : 0
  const count = native.sendmsg(handle.fd, pieces, toSend, flags, length)
  return named ? sentTo(handle, flags, count) : count
}

export const sendmsg: Operation<number> = operation({
  name: 'sendmsg',
  waits: WRITE,
  addressed: true,
  attempt: attemptSendmsg,
  result: (count) => count,
})

export const sendmsgAfalg: Operation<number> = operation({ ...sendmsg, name: 'sendmsgAfalg' })
