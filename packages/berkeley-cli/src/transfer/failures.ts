// What goes wrong in a transfer, as the one line that the user gets.
// Rule: errors of files and of the connection have words; anything else is a bug and goes on its way.
import { OSError } from 'berkeley'
import { CommandFailure } from '../exit-status.ts'
import { NameError } from './names.ts'
import { ProtocolError } from './protocol.ts'
import { ConnectionLost } from './wire.ts'

/** The other side says that it will not go on. */
export class PeerRefusal extends CommandFailure {}

/** Whether the other side, or the way to it, is to blame: with somebody else it may go well. */
export function isPeersFault(error: unknown): error is Error {
  return error instanceof ProtocolError || error instanceof NameError || error instanceof ConnectionLost
}

/** What the system says of a file or of a socket. Throws what is no failure of the system but a bug. */
export function describeFailure(error: unknown): string {
  if (error instanceof OSError) return error.strerror.toLowerCase()
  if (!isSystemError(error)) throw error
  // "ENOSPC: no space left on device, write"
  return /^[A-Z0-9]+: (.*?)(?:, \w+.*)?$/s.exec(error.message)?.[1] ?? error.message
}

export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return (
    error instanceof Error && typeof (error as NodeJS.ErrnoException).errno === 'number' && 'syscall' in error
  )
}
