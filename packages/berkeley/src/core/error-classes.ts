// The errors that users catch. They are built by errors.ts only.
import { errorMessages, errorNames } from '../sys/error-texts.ts'
import { shown } from './printable.ts'

/** Where an error happened, as far as it is known. */
export interface ErrorDetails {
  /** The call, as the user wrote it: `connect`. */
  syscall?: string | undefined
  /** The host, the path, or the whole address where it has no port. */
  address?: unknown
  /** The port, for families that have one. */
  port?: number | undefined
  /** What led to it. */
  cause?: unknown
}

/**
 * OSError - what the operating system refused.
 *
 * The subclass tells the reason, as in Python: `ConnectionRefusedError`, `BlockingIOError`, `TimeoutError`, …
 *
 * @example
 * try {
 *   await socket.connect(['127.0.0.1', 1])
 * } catch (error) {
 *   if (error instanceof OSError) console.error(error.code, error.errno) // ECONNREFUSED 111
 * }
 * @see man 3 errno
 */
export class OSError extends Error {
  /** The name of the error: `'ECONNREFUSED'`. */
  readonly code: string
  /** The number of the error, positive, as in `os.constants.errno`. */
  readonly errno: number
  /** The call that failed. */
  readonly syscall: string | undefined
  /** What the system says of this errno: `'Connection refused'`. */
  readonly strerror: string
  /** What it was about, if there is something: the host, the path, or the whole address where it has no port. */
  declare readonly address?: unknown
  /** The port it was about, if there is one. */
  declare readonly port?: number

  constructor(errno: number, details: ErrorDetails = {}, message = systemMessage(errno, details)) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.errno = errno
    this.code = errorNames[errno] ?? `E${errno}`
    this.syscall = details.syscall
    this.strerror = errorMessages[errno] ?? `Unknown error ${errno}`
    if (details.address !== undefined) this.address = details.address
    if (details.port !== undefined) this.port = details.port
  }

  override get name(): string {
    return this.constructor.name
  }
}

/** BlockingIOError - the operation would have to wait, and waiting was not allowed (EAGAIN, EALREADY, EINPROGRESS). */
export class BlockingIOError extends OSError {}
/** ChildProcessError - no such child process (ECHILD). */
export class ChildProcessError extends OSError {}
/** ConnectionError - the base of the errors about connections. */
export class ConnectionError extends OSError {}
/** BrokenPipeError - the other side no longer reads (EPIPE, ESHUTDOWN). */
export class BrokenPipeError extends ConnectionError {}
/** ConnectionAbortedError - the connection was given up (ECONNABORTED). */
export class ConnectionAbortedError extends ConnectionError {}
/** ConnectionRefusedError - nobody listens there (ECONNREFUSED). */
export class ConnectionRefusedError extends ConnectionError {}
/** ConnectionResetError - the other side broke the connection off (ECONNRESET). */
export class ConnectionResetError extends ConnectionError {}
/** FileExistsError - there is such a file already (EEXIST). */
export class FileExistsError extends OSError {}
/** FileNotFoundError - there is no such file (ENOENT). */
export class FileNotFoundError extends OSError {}
/** InterruptedError - a signal came in between (EINTR). */
export class InterruptedError extends OSError {}
/** IsADirectoryError - a directory where a file is needed (EISDIR). */
export class IsADirectoryError extends OSError {}
/** NotADirectoryError - a file where a directory is needed (ENOTDIR). */
export class NotADirectoryError extends OSError {}
/** PermissionError - not allowed (EACCES, EPERM). */
export class PermissionError extends OSError {}
/** ProcessLookupError - there is no such process (ESRCH). */
export class ProcessLookupError extends OSError {}
/** TimeoutError - the time given by `settimeout` is over, or the system's own (ETIMEDOUT). */
export class TimeoutError extends OSError {}

/**
 * gaierror - a name or service could not be translated.
 *
 * `code` is `'EAI_NONAME'` and the like, `errno` the negative number of `<netdb.h>`, as in Python.
 *
 * @see man 3 gai_strerror
 */
export class gaierror extends OSError {
  declare readonly code: string

  constructor(errno: number, code: string, strerror: string, details: ErrorDetails = {}) {
    super(errno, details, `${details.syscall ?? 'getaddrinfo'} ${code}${nameOf(details)}: ${strerror}`)
    Object.assign(this, { code, strerror })
  }
}

/**
 * herror - a host could not be found by `gethostbyname_r(3)` or `gethostbyaddr_r(3)`.
 *
 * `code` is `'HOST_NOT_FOUND'`, `'TRY_AGAIN'`, `'NO_RECOVERY'` or `'NO_DATA'`.
 *
 * @see man 3 gethostbyname
 */
export class herror extends OSError {
  declare readonly code: string

  constructor(errno: number, code: string, strerror: string, details: ErrorDetails = {}) {
    super(errno, details, `${details.syscall ?? 'gethostbyname'} ${code}${nameOf(details)}: ${strerror}`)
    Object.assign(this, { code, strerror })
  }
}

// Node's own form, `connect ECONNREFUSED 127.0.0.1:80`, so that tools which know Node's errors know ours.
function systemMessage(errno: number, { syscall, address, port }: ErrorDetails): string {
  const call = syscall === undefined ? '' : `${syscall} `
  const where = address === undefined ? '' : ` ${shown(address)}${port === undefined ? '' : `:${port}`}`
  return `${call}${errorNames[errno] ?? `E${errno}`}${where}`
}

function nameOf({ address }: ErrorDetails): string {
  return address === undefined || address === null ? '' : ` ${shown(address)}`
}

/** error - the alias of OSError, as in Python */
export const error = OSError

/** timeout - the alias of TimeoutError, as in Python */
export const timeout = TimeoutError
