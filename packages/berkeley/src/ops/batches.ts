// The attempts at batches: many messages in one call. Rules as in attempts.ts.
// Rule: what was moved is never forgotten for an error that came after it: the count is the result, the error comes with
//       the next call.

import { empty, type Inside, insideOf, type Message } from '../core/batch.ts'
import { viewOf } from '../core/bytes.ts'
import { wrongType } from '../core/errors.ts'
import { aligned, checkSizes, Slabs } from '../core/slabs.ts'
import { AF_INET, AF_INET6, AF_UNIX, MSG_TRUNC, SOCK_DGRAM, SOCK_STREAM } from '../sys/constants.ts'
import { EAGAIN, EIO } from '../sys/errno.ts'
import { native } from '../sys/native.ts'
import type { Handle } from './handle.ts'
import { closingOnExec } from './messages.ts'
import { entriesOf, type Outgoing, Parts, WholeBatch } from './outgoing.ts'
import { NO_EVENT, type Operation, operation, READ, type Request, WRITE } from './request.ts'

// ---- receiving ------------------------------------------------------------------------------------------------------

/** Errors that came after messages had been received, in a further call for the same batch. */
const owed = new WeakMap<Handle, number>()

function receive(handle: Handle, slabs: Slabs, vlen: number, flags: number, syscall: string): number {
  const late = owed.get(handle)
  if (late !== undefined) {
    owed.delete(handle)
    return late
  }
  slabs.mustBeAttached(syscall)
  const { payload, memory, bufsize, room } = slabs
  const control = slabs.controlFor(handle)
  const count = native.recvmmsg(
    handle.fd,
    payload,
    memory,
    bufsize,
    room,
    control,
    vlen,
    closingOnExec(handle, flags),
  )
  if (count > 0) {
    const later = native.numbers[4]!
    if (later !== 0 && later !== -EAGAIN) owed.set(handle, later)
    else if (count < vlen && flags === 0) handle.drained = emptiesItself(handle)
  }
  return count > 1 && handle.type === SOCK_STREAM ? withoutEnds(slabs, count) : count
}

// Of datagrams, a batch that is not full has emptied the socket, and whatever comes after it is a new edge, errors too: the
// ready driver need not try to find that out. In the meantime more may come, which makes for larger batches.
function emptiesItself({ family, type }: Handle): boolean {
  return type === SOCK_DGRAM && (family === AF_INET || family === AF_INET6 || family === AF_UNIX)
}

// At the end of a stream every further message is the end once more.
function withoutEnds(slabs: Slabs, count: number): number {
  let last = count
  while (last > 1 && slabs.length(last - 1) === 0 && slabs.length(last - 2) === 0) last--
  return last
}

/** What recvmmsg wants, checked. */
interface Wanted {
  readonly vlen: number
  readonly bufsize: number
  readonly ancbufsize: number | undefined
}

export function wanted(vlen: unknown, bufsize: unknown, ancbufsize: unknown): Wanted {
  checkSizes('recvmmsg', vlen, bufsize, ancbufsize)
  return { vlen, bufsize, ancbufsize } as Wanted
}

// Where messages go before they get memory of their own: shared by all sockets, like the scratch memory of attempts.ts.
// The last few are kept for the next calls, if they are not too much: sockets may ask for different sizes in turns.
const MOST_KEPT = 4
const LARGEST_KEPT = 8 * 1024 * 1024
const kept: Slabs[] = []
let received: Slabs | null = null

function slabsFor({ vlen, bufsize, ancbufsize }: Wanted, flags: number): Slabs {
  const asked = ancbufsize ?? null
  // TCP throws the data away with MSG_TRUNC: what stood in the memory before would be taken for it (memory.ts).
  if (flags & MSG_TRUNC) return new Slabs('recvmmsg', vlen, bufsize, ancbufsize, Buffer.alloc)
  const found = kept.find(
    (slabs) => slabs.capacity >= vlen && slabs.bufsize === bufsize && slabs.ancbufsize === asked,
  )
  if (found !== undefined) return found
  // Not made zero: much of it may be given away with every call, and that would cost more than to fill it.
  const slabs = new Slabs('recvmmsg', vlen, bufsize, ancbufsize, Buffer.allocUnsafeSlow)
  if (slabs.payload.length + slabs.memory.length <= LARGEST_KEPT && kept.push(slabs) > MOST_KEPT) kept.shift()
  return slabs
}

// Much of large memory is not copied, but given away.
const COPIED = 1024 * 1024

function takeMessages(count: number, handle: Handle): Message[] {
  const slabs = received!
  const memory = takeMemory(slabs, count)
  const given = memory === slabs.payload
  const base = memory.byteOffset
  const messages: Message[] = new Array(count)
  let address: unknown = null
  for (let i = 0, next = 0; i < count; i++) {
    const length = slabs.kept(i)
    // Who sends much is decoded once.
    if (i === 0 || !slabs.isAddressAsBefore(i)) address = slabs.address(i, handle)
    messages[i] = {
      data: viewOf(memory.buffer, base + (given ? slabs.offset(i) : next), length),
      address: address as Message['address'],
      flags: slabs.flags(i),
      ancdata: slabs.ancillary(i),
      segmentSize: slabs.segmentSize(i),
    }
    next += aligned(length)
  }
  return messages
}

/** Memory that is the caller's with the data of `count` messages. */
function takeMemory(slabs: Slabs, count: number): Buffer {
  const { payload, memory, bufsize, room } = slabs
  const total = native.numbers[6]!
  if (total > COPIED && total * 2 > payload.length) {
    if (kept.includes(slabs)) kept.splice(kept.indexOf(slabs), 1)
    return payload
  }
  const copy = Buffer.allocUnsafe(total)
  if (total > 0) native.batch_copy(payload, memory, bufsize, room, count, copy)
  return copy
}

export const recvmmsg: Operation<Message[]> = operation({
  name: 'recvmmsg',
  waits: READ,
  attempt(handle, request) {
    const wanted = request.target as Wanted
    received = slabsFor(wanted, request.flags)
    return receive(handle, received, wanted.vlen, request.flags, 'recvmmsg')
  },
  result: takeMessages,
})

export const recvmmsgInto: Operation<number> = operation({
  name: 'recvmmsgInto',
  waits: READ,
  attempt(handle, { target, flags }) {
    const { slabs } = target as Inside
    return receive(handle, slabs, slabs.capacity, flags, 'recvmmsgInto')
  },
  result(count, handle, request) {
    const inside = request.target as Inside
    empty(inside)
    inside.count = count
    inside.endpoint = handle
    return count
  },
})

/** The inside of what has to be a Batch. */
export function batchOf(syscall: string, batch: unknown): Inside {
  const inside = insideOf(batch)
  if (inside === null) throw wrongType(syscall, 'batch', 'a Batch', batch)
  inside.slabs.mustBeAttached(syscall)
  return inside
}

// ---- sending --------------------------------------------------------------------------------------------------------

/** What sendmmsg was given: a batch goes straight from its memory, if nothing in it may have to be taken apart. */
export function outgoing(handle: Handle, messages: unknown): Outgoing {
  const inside = insideOf(messages)
  if (inside === null) return new Parts(handle, entriesOf(messages), plain.has(handle))
  inside.slabs.mustBeAttached('sendmmsg')
  const batch = new WholeBatch(handle, inside)
  const whole = handle.type !== SOCK_STREAM && !plain.has(handle) && batch.isCuttable
  return whole ? batch : batch.asParts(handle, plain.has(handle))
}

/** What the kernel, and the addon, send in one call. */
const AT_ONCE = 1024

function attemptSendmmsg(handle: Handle, request: Request): number {
  for (;;) {
    const outgoing = request.target as Outgoing
    const wanted = Math.min(outgoing.count - request.offset, AT_ONCE)
    const sent = outgoing.send(handle, request.offset, request.flags)
    if (sent >= 0) {
      request.offset += sent
      const { offset } = request
      if (offset === outgoing.count || (sent < wanted && outgoing.isBorder(offset) && offset > 0))
        return outgoing.messagesIn(offset)
    } else if (sent === -EIO && outgoing.isSegmented(request.offset)) {
      sendPlainly(handle)
      request.target = outgoing.unsegmented(handle, request.offset)
      request.offset = 0
    } else {
      const done = outgoing.messagesIn(request.offset)
      // A message of which a part has been sent must be sent to its end.
      const mayStop = outgoing.isBorder(request.offset) || sent !== -EAGAIN
      if (done > 0 && mayStop) return done
      const full = sent === -EAGAIN && handle.family === AF_UNIX && handle.type === SOCK_DGRAM
      return full && outgoing.isNamed(request.offset) ? NO_EVENT : sent // As with sendto (attempts.ts).
    }
  }
}

export const sendmmsg: Operation<number> = operation({
  name: 'sendmmsg',
  waits: WRITE,
  attempt: attemptSendmmsg,
  result: (count) => count,
  salvage: ({ target, offset }) => (target as Outgoing).messagesIn(offset) || -1,
})

/** Sockets whose way out cannot cut datagrams: a device without checksum offload, or IPsec (EIO). */
const plain = new WeakSet<Handle>()

function sendPlainly(handle: Handle): void {
  if (plain.has(handle)) return
  plain.add(handle)
  process.emitWarning('UDP segmentation offload failed with EIO; this socket sends datagrams one by one', {
    code: 'BERKELEY_NO_SEGMENTATION',
    detail: 'The network device has no checksum offload, or the route is transformed (IPsec).',
  })
}
