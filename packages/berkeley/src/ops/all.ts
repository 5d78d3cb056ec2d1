// MSG_WAITALL: the kernel does not wait on a non-blocking descriptor, so the waiting for all of it is ours.
// Rule: what has come is not lost when time runs out or the connection breaks: then the call returns short, and why is
//       told to the next one.
import { MSG_PEEK, POLLERR, POLLHUP, POLLRDHUP, SIOCINQ, SO_PEEK_OFF, SOL_SOCKET } from '../sys/constants.ts'
import { EAGAIN } from '../sys/errno.ts'
import { native } from '../sys/native.ts'
import type { Handle } from './handle.ts'
import { ownMemory } from './memory.ts'
import { pollOne } from './poll.ts'
import { NOTHING, type Request } from './request.ts'

export function attemptRecvAll(handle: Handle, request: Request): number {
  if (request.bytes === NOTHING) request.bytes = ownMemory(request)
  if (request.flags & MSG_PEEK && !movesOn(handle.fd)) return peekAll(handle, request)
  while (request.offset < request.length) {
    // A further call would be told why, and the kernel tells it once: that is for whoever calls next.
    if (request.offset > 0 && isBrokenOff(handle.fd)) break
    const count = receiveAt(handle, request, request.offset)
    if (count === 0) break
    if (count < 0) return count !== -EAGAIN && request.offset > 0 ? request.offset : count
    request.offset += count
  }
  return request.offset
}

// A peek takes nothing out: each one begins anew, and what was seen before is seen once more.
function peekAll(handle: Handle, request: Request): number {
  const ended = hasEnded(handle.fd) // Asked before: then the peek sees all there will ever be.
  const count = receiveAt(handle, request, 0)
  if (count <= 0 || count === request.length || ended) return count
  request.offset = count
  return -EAGAIN
}

function receiveAt({ fd }: Handle, { bytes, length, flags }: Request, offset: number): number {
  return native.recv(fd, bytes, offset, length - offset, flags)
}

/** Whether the connection has ended by an error, and all that came before it was received. */
function isBrokenOff(fd: number): boolean {
  const both = POLLERR | POLLHUP
  return (pollOne(fd, 0, 0) & both) === both && native.queue_state(fd, SIOCINQ) <= 0
}

/** Whether a peek begins where the one before stopped. */
function movesOn(fd: number): boolean {
  return native.getsockopt_int(fd, SOL_SOCKET, SO_PEEK_OFF) >= 0 && native.numbers[0]! >= 0
}

/** Whether no more will come. */
function hasEnded(fd: number): boolean {
  const events = pollOne(fd, POLLRDHUP, 0)
  return events > 0 && (events & (POLLRDHUP | POLLHUP)) !== 0
}
