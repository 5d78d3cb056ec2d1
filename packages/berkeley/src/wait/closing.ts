// The end of a descriptor.
import { osError } from '../core/errors.ts'
import { closeDescriptor, type Handle } from '../ops/handle.ts'
import { ECONNRESET } from '../sys/errno.ts'
import { endWaiting } from './ready.ts'

/** Closes the descriptor for good: waiters are told, then it leaves the epoll set, then it is closed. */
export function finish(handle: Handle): void {
  endWaiting(handle)
  const result = closeDescriptor(handle)
  // The connection was broken off anyway: that is no failure of closing it.
  if (result < 0 && result !== -ECONNRESET) throw osError(result, 'close')
}
