// The table of operations that wait: one non-blocking try of each.
// Rule 1: an attempt never waits and makes no promise; it returns a count, or -errno. -EAGAIN means "ask me again when
//         `waits` is possible", and it may have made progress before (`request.offset`).
// Rule 2: whatever an attempt leaves in scratch memory is taken by `result` in the same run, before anything else.
//
// sendall, connect and sendfile take several system calls, but they are attempts with progress and not steps.ts: an
// operation must keep its place at the head of the queue until all of it is done, or two sendall() would interleave.
import { decodeAddress, encodeAddress } from '../core/address/index.ts'
import {
  AF_ALG,
  AF_INET,
  AF_INET6,
  AF_UNIX,
  IPPROTO_SCTP,
  MSG_FASTOPEN,
  SO_ERROR,
  SOCK_DGRAM,
  SOCK_STREAM,
  SOL_SOCKET,
} from '../sys/constants.ts'
import {
  EAGAIN,
  EALREADY,
  ECONNABORTED,
  EHOSTDOWN,
  EHOSTUNREACH,
  EINPROGRESS,
  EISCONN,
  ENETDOWN,
  ENETUNREACH,
  ENONET,
  EPROTO,
} from '../sys/errno.ts'
import { native } from '../sys/native.ts'
import { attemptRecvAll } from './all.ts'
import { type FileTransfer, transferFile } from './file-transfer.ts'
import { Handle, type Kind } from './handle.ts'
import { needsOwnMemory, ownMemory, preparePool, takeBytes } from './memory.ts'
import { eventsFor, pollOne } from './poll.ts'
import { type Ending, NO_EVENT, type Operation, operation, READ, type Request, WRITE } from './request.ts'

// ---- receiving ------------------------------------------------------------------------------------------------------

function attemptRecv(handle: Handle, request: Request): number {
  const { length, flags } = request
  if (length === 0) return 0 // As CPython: no bytes are there at once. The kernel would wait for the first.
  if (needsOwnMemory(request)) return receiveLarge(handle, request, 'recv')
  preparePool()
  return received(handle, request, native.recv_pooled(handle.fd, length, flags))
}

function attemptRecvInto(handle: Handle, request: Request): number {
  const { length, flags } = request
  if (length === 0) return 0
  return received(handle, request, native.recv(handle.fd, request.bytes, 0, length, flags))
}

function attemptRecvfrom(handle: Handle, request: Request): number {
  const { length, flags } = request
  if (needsOwnMemory(request)) return receiveLarge(handle, request, 'recvfrom')
  preparePool()
  return received(handle, request, native.recvfrom_pooled(handle.fd, length, flags))
}

// The memory is made for the attempt: a connection that waits for a large message does not own a large buffer.
function receiveLarge(handle: Handle, request: Request, call: 'recv' | 'recvfrom'): number {
  const { length, flags } = request
  const memory = ownMemory(request)
  const count = received(handle, request, native[call](handle.fd, memory, 0, length, flags))
  if (count >= 0) request.bytes = memory
  return count
}

function attemptRecvfromInto(handle: Handle, request: Request): number {
  const { bytes, length, flags } = request
  return received(handle, request, native.recvfrom(handle.fd, bytes, 0, length, flags))
}

// A read that finds less than it asked for has emptied the socket: the ready driver may wait at once, without another
// recv to find that out. Not so with flags (MSG_PEEK takes nothing out), and not at the end of the stream.
function received(handle: Handle, request: Request, count: number): number {
  if (count < request.length && request.flags === 0 && count > 0) handle.drained = handle.drainable
  return count
}

export function takeAddress(handle: Handle): unknown {
  return decodeAddress(native.address, native.numbers[0]!, handle)
}

const partial = (request: Request): number => (request.offset > 0 ? request.offset : -1)
const count = (value: number): number => value
const nothing = (): void => {}

export const recv: Operation<Buffer> = operation({
  name: 'recv',
  waits: READ,
  attempt: attemptRecv,
  result: takeBytes,
})

export const recvAll: Operation<Buffer> = operation({
  name: 'recv',
  waits: READ,
  attempt: attemptRecvAll,
  result: takeBytes,
  salvage: partial,
})

export const recvInto: Operation<number> = operation({
  name: 'recvInto',
  waits: READ,
  attempt: attemptRecvInto,
  result: count,
})

export const recvIntoAll: Operation<number> = operation({
  name: 'recvInto',
  waits: READ,
  attempt: attemptRecvAll,
  result: count,
  salvage: partial,
})

export const recvfrom: Operation<[Buffer, unknown]> = operation({
  name: 'recvfrom',
  waits: READ,
  attempt: attemptRecvfrom,
  result: (value, handle, request) => [takeBytes(value, handle, request), takeAddress(handle)],
})

export const recvfromInto: Operation<[number, unknown]> = operation({
  name: 'recvfromInto',
  waits: READ,
  attempt: attemptRecvfromInto,
  result: (value, handle) => [value, takeAddress(handle)],
})

// ---- sending --------------------------------------------------------------------------------------------------------

export const send: Operation<number> = operation({
  name: 'send',
  waits: WRITE,
  attempt: (handle, request) =>
    native.send(handle.fd, request.bytes, 0, request.length, request.flags | handle.sendFlags),
  result: count,
})

export const sendall: Operation<void> = operation({
  name: 'sendall',
  waits: WRITE,
  attempt(handle, request) {
    const flags = request.flags | handle.sendFlags
    // At least once: no bytes at all are a datagram, too.
    do {
      const rest = request.length - request.offset
      const sent = native.send(handle.fd, request.bytes, request.offset, rest, flags)
      if (sent < 0) return sent
      request.offset += sent
    } while (request.offset < request.length)
    return 0
  },
  result: nothing,
})

/** What sending to an address came to. */
export function sentTo(handle: Handle, flags: number, sent: number): number {
  // The queue of another Unix socket is full: this socket itself counts as writable all the while.
  if (sent === -EAGAIN && handle.family === AF_UNIX && handle.type === SOCK_DGRAM) return NO_EVENT
  // MSG_FASTOPEN to a server that has given no cookie yet: a plain connection is being made, and nothing was taken.
  const connecting = sent === -EINPROGRESS || sent === -EALREADY
  return connecting && (flags & MSG_FASTOPEN) !== 0 && handle.timeout !== 0 ? -EAGAIN : sent
}

export const sendto: Operation<number> = operation({
  name: 'sendto',
  waits: WRITE,
  addressed: true,
  attempt(handle, request) {
    const length = encodeAddress(handle, request.target, native.address, 'sendto')
    const flags = request.flags | handle.sendFlags
    return sentTo(handle, flags, native.sendto(handle.fd, request.bytes, 0, request.length, flags, length))
  },
  result: count,
})

export const sendfile: Operation<number> = operation({
  name: 'sendfile',
  waits: WRITE,
  attempt: (handle, request) => transferFile(handle.fd, request.target as FileTransfer),
  result: count,
})

// ---- connections ----------------------------------------------------------------------------------------------------

function attemptConnect(handle: Handle, request: Request): number {
  const begun = request.offset === 1
  return begun ? connectionResult(handle, request) : beginConnect(handle, request)
}

function beginConnect(handle: Handle, request: Request): number {
  const result = callConnect(handle, request)
  // A Unix socket whose backlog is full answers EAGAIN, and no event tells when there is room.
  if (result === -EAGAIN) return NO_EVENT
  if (result !== -EINPROGRESS || handle.timeout === 0) return result
  request.offset = 1
  return -EAGAIN
}

// TCP keeps a connection "in progress" until connect(2) is called once more and tells the result; until then a further
// connect() would succeed on a connected socket. Elsewhere that call could begin anew, and SO_ERROR tells.
function connectionResult(handle: Handle, request: Request): number {
  const events = pollOne(handle.fd, eventsFor(WRITE), 0)
  if (events <= 0) return events === 0 ? -EAGAIN : events
  if (isTcp(handle.kind)) {
    const result = callConnect(handle, request)
    if (result === -EALREADY || result === -EINPROGRESS) return -EAGAIN
    if (result === -EAGAIN) return NO_EVENT
    return result === -EISCONN ? 0 : result
  }
  const result = native.getsockopt_int(handle.fd, SOL_SOCKET, SO_ERROR)
  return result < 0 ? result : 0 - native.numbers[0]!
}

function callConnect(handle: Handle, request: Request): number {
  const length = encodeAddress(handle, request.target, native.address, request.operation.name)
  return native.connect(handle.fd, length)
}

export const connect: Operation<void> = operation({
  name: 'connect',
  waits: WRITE,
  addressed: true,
  attempt: attemptConnect,
  result: nothing,
})

/** As connect, but the errno is the result. */
export const connectEx: Operation<number> = operation({
  name: 'connectEx',
  waits: WRITE,
  addressed: true,
  attempt(handle, request) {
    const result = attemptConnect(handle, request)
    return result === -EAGAIN || result === NO_EVENT ? result : 0 - result
  },
  result: count,
  salvage: (_request: Request, ending: Ending) => (ending === 'aborted' ? -1 : EAGAIN),
})

// Errors of a connection that died while it was in the backlog, as accept(2) lists them: they concern that connection
// and not the listening socket.
const diedInBacklog = new Set([ECONNABORTED, ENETDOWN, EPROTO, EHOSTDOWN, ENONET, EHOSTUNREACH, ENETUNREACH])

export const accept: Operation<[unknown, unknown]> = operation({
  name: 'accept',
  waits: READ,
  attempt(handle) {
    // The kernel cannot tell the peer's name there, and takes that for a connection that died.
    const named = handle.family === AF_ALG ? 0 : 1
    for (;;) {
      const fd = native.accept(handle.fd, named)
      if (fd >= 0 || !diedInBacklog.has(-fd)) return fd
    }
  },
  result(fd, handle, request) {
    const adopt = request.target as (accepted: Handle) => unknown
    const accepted = new Handle(fd, handle.kind)
    accepted.kernelLimited = handle.kernelLimited
    return [adopt(accepted), takeAddress(handle)]
  },
})

// ---- readiness ------------------------------------------------------------------------------------------------------

function readiness(waits: typeof READ | typeof WRITE): Operation<void> {
  const attempt = (handle: Handle): number => pollOne(handle.fd, eventsFor(waits), 0) || -EAGAIN
  return operation({ name: 'poll', waits, attempt, result: nothing })
}

/** Nothing but the wait: done when the next attempt in that direction would not have to wait. */
export const readable = readiness(READ)
export const writable = readiness(WRITE)

/** Whether it is TCP: a stream without borders between messages, so that a short read means that there is no more. */
export function isTcp({ family, type, proto }: Kind): boolean {
  return type === SOCK_STREAM && (family === AF_INET || family === AF_INET6) && proto !== IPPROTO_SCTP
}
