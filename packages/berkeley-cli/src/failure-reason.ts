// What the system or a lookup said, in words that help whoever typed the command.
// Rule: only errors that the world causes have words; a TypeError is a bug and goes on its way.
import { gaierror, OSError } from 'berkeley'

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'not permitted',
  EADDRINUSE: 'the address is taken',
  EADDRNOTAVAIL: 'this machine does not have that address',
  ECONNABORTED: 'the connection was given up',
  ECONNREFUSED: 'nobody listens there',
  ECONNRESET: 'the other side broke the connection off',
  EHOSTUNREACH: 'no way to that host',
  ENETUNREACH: 'no way to that network',
  ENOENT: 'no such path',
  EPIPE: 'the other side has closed the connection',
  ETIMEDOUT: 'no answer in time',
}

/** Why something failed; throws what is no failure of the system but a bug. */
export function reasonOf(error: unknown): string {
  if (error instanceof gaierror) return `no such host (${error.message})`
  if (!(error instanceof OSError)) throw error
  return REASONS[error.code] ?? error.strerror.toLowerCase()
}
