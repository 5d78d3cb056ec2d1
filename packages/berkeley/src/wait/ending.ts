// How an operation ends that did not succeed: the same in both drivers.
import { osError } from '../core/errors.ts'
import type { Handle } from '../ops/handle.ts'
import { type Ending, NO_EVENT, READ, type Request, YIELD } from '../ops/request.ts'
import { MSG_DONTWAIT } from '../sys/constants.ts'
import { EAGAIN } from '../sys/errno.ts'

/** Whether the last read has emptied the socket, so that an attempt would only find that out. One for no bytes never waits. */
export function findsNothing(handle: Handle, request: Request): boolean {
  const { operation, length, flags } = request
  return handle.drained && operation.waits === READ && length > 0 && flags === 0 && handle.timeout !== 0
}

/** Whether the attempt's answer asks for a wait. */
export function asksToWait(value: number): boolean {
  return value === -EAGAIN || value === NO_EVENT || value === YIELD
}

/** Whether the user forbade to wait: by `settimeout(0)`, or for this one call. */
export function mustNotWait(handle: Handle, request: Request): boolean {
  return handle.timeout === 0 || (request.flags & MSG_DONTWAIT) !== 0
}

/** What there is to return after all, or -1. */
export function salvaged(request: Request, ending: Ending): number {
  return request.operation.salvage?.(request, ending) ?? -1
}

export function failure(handle: Handle, request: Request, value: number): Error {
  const { operation, target } = request
  return osError(
    asksToWait(value) ? -EAGAIN : value,
    operation.name,
    operation.addressed ? target : undefined,
    handle.family,
  )
}
