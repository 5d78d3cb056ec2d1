// How long an operation may wait: the limit of settimeout, or, where there is none, that of SO_RCVTIMEO and SO_SNDTIMEO.
// Those two are obeyed here because the kernel ignores them on descriptors that do not block, which ours are. The kernel keeps
// their values; as there, an operation whose time is over fails with EAGAIN, and a connect with EINPROGRESS.

import { viewOf } from '../core/ctypes.ts'
import { timedOut } from '../core/errors.ts'
import { timevalType } from '../core/structs/time.ts'
import type { Handle } from '../ops/handle.ts'
import { type Direction, READ, type Request, WRITE } from '../ops/request.ts'
import { SO_RCVTIMEO, SO_SNDTIMEO, SOL_SOCKET } from '../sys/constants.ts'
import { EAGAIN, EINPROGRESS } from '../sys/errno.ts'
import { native } from '../sys/native.ts'
import { failure } from './ending.ts'

/** Seconds, 0 for not at all, or `null` for no limit. */
export function limitOf(handle: Handle, direction: Direction): number | null {
  if (handle.timeout !== null || !handle.kernelLimited) return handle.timeout
  return kernelLimitOf(handle, direction)
}

function kernelLimitOf({ fd }: Handle, direction: Direction): number | null {
  const value = new Uint8Array(timevalType.size)
  const option = direction === READ ? SO_RCVTIMEO : SO_SNDTIMEO
  if (native.getsockopt(fd, SOL_SOCKET, option, value) < 0) return null
  return timevalType.read(viewOf(value), 0) || null // 0 is no limit
}

/** For descriptors that may have come with such a limit. */
export function noticeKernelLimits(handle: Handle): void {
  handle.kernelLimited = kernelLimitOf(handle, READ) !== null || kernelLimitOf(handle, WRITE) !== null
}

/** Whose limit it is that an operation has which begins to wait now: settimeout may say otherwise before the time is over. */
export function isKernelLimit(handle: Handle): boolean {
  return handle.timeout === null
}

/** What an operation fails with whose time is over. */
export function outOfTime(handle: Handle, request: Request, ofKernel: boolean): Error {
  const { name } = request.operation
  if (!ofKernel) return timedOut(name)
  return failure(handle, request, name === 'connect' ? -EINPROGRESS : -EAGAIN)
}
