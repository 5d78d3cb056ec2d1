// The only place where errors are built.
// Rule 1: what the system refuses is an OSError (or its subclass by errno), with Python's class and Node's fields.
// Rule 2: what the caller got wrong is a TypeError (wrong type) or a RangeError (wrong value) that names the function,
//         the parameter and what was given.

import { AF_INET, AF_INET6, AF_QIPCRTR, AF_RDS, AF_SMC, AF_VSOCK } from '../sys/constants.ts'
import {
  EACCES,
  EAGAIN,
  EALREADY,
  ECHILD,
  ECONNABORTED,
  ECONNREFUSED,
  ECONNRESET,
  EEXIST,
  EINPROGRESS,
  EINTR,
  EISDIR,
  EMSGSIZE,
  ENOENT,
  ENOTDIR,
  EPERM,
  EPIPE,
  ESHUTDOWN,
  ESRCH,
  ETIMEDOUT,
} from '../sys/errno.ts'
import {
  BlockingIOError,
  BrokenPipeError,
  ChildProcessError,
  ConnectionAbortedError,
  ConnectionRefusedError,
  ConnectionResetError,
  type ErrorDetails,
  FileExistsError,
  FileNotFoundError,
  InterruptedError,
  IsADirectoryError,
  NotADirectoryError,
  OSError,
  PermissionError,
  ProcessLookupError,
  TimeoutError,
} from './error-classes.ts'
import { printable } from './printable.ts'

const subclasses: readonly [typeof OSError, ...number[]][] = [
  [BlockingIOError, EAGAIN, EALREADY, EINPROGRESS],
  [ChildProcessError, ECHILD],
  [BrokenPipeError, EPIPE, ESHUTDOWN],
  [ConnectionAbortedError, ECONNABORTED],
  [ConnectionRefusedError, ECONNREFUSED],
  [ConnectionResetError, ECONNRESET],
  [FileExistsError, EEXIST],
  [FileNotFoundError, ENOENT],
  [InterruptedError, EINTR],
  [IsADirectoryError, EISDIR],
  [NotADirectoryError, ENOTDIR],
  [PermissionError, EACCES, EPERM],
  [ProcessLookupError, ESRCH],
  [TimeoutError, ETIMEDOUT],
]

const classByErrno = new Map<number, typeof OSError>()
for (const [subclass, ...numbers] of subclasses)
  for (const errno of numbers) classByErrno.set(errno, subclass)

/** The error for a native result: `result` is -errno. `about` is a host, a path, or an address of `family`. */
export function osError(result: number, syscall: string, about?: unknown, family?: number): OSError {
  const errno = -result
  return new (classByErrno.get(errno) ?? OSError)(errno, { syscall, ...addressDetails(about, family) })
}

/** As `osError`, with what else is known about the reason, in words. */
export function osErrorBecause(result: number, syscall: string, reason: string, address?: unknown): OSError {
  const { errno, message } = osError(result, syscall, address)
  const plain = reason.replace(/[^ -~]/g, '?') // What another program wrote must not reach a terminal as it is.
  const ErrorClass = classByErrno.get(errno) ?? OSError
  return new ErrorClass(errno, { syscall, address }, reason === '' ? message : `${message}: ${plain}`)
}

/** The error when the time given by `settimeout` is over. */
export function timedOut(syscall: string): TimeoutError {
  return new TimeoutError(ETIMEDOUT, { syscall }, `${syscall}: timed out`)
}

/** The error when a peer sent more than it may. */
export function tooMuch(syscall: string, what: string): OSError {
  return new OSError(EMSGSIZE, { syscall }, `${syscall} EMSGSIZE: ${what}`)
}

/** The families whose addresses begin with a host, or what takes its place, and a port. */
const withPorts: ReadonlySet<number | undefined> = new Set([
  AF_INET,
  AF_INET6,
  AF_RDS,
  AF_SMC,
  AF_VSOCK,
  AF_QIPCRTR,
])

function addressDetails(address: unknown, family?: number): Pick<ErrorDetails, 'address' | 'port'> {
  if (!Array.isArray(address) || !withPorts.has(family)) return { address: address ?? undefined }
  const [host, port] = address
  return { address: host, port: typeof port === 'number' ? port : undefined }
}

/** `connect(): port must be 0 to 65535, got 70000` - right type, wrong value. */
export function wrongValue(syscall: string, parameter: string, must: string, given: unknown): RangeError {
  const error = new RangeError(`${syscall}(): ${parameter} must be ${must}, got ${printable(given)}`)
  return Object.assign(error, { code: 'ERR_OUT_OF_RANGE' })
}

/** `connect(): port must be a number, got 'http'` - wrong type. */
export function wrongType(syscall: string, parameter: string, must: string, given: unknown): TypeError {
  const error = new TypeError(`${syscall}(): ${parameter} must be ${must}, got ${printable(given)}`)
  return Object.assign(error, { code: 'ERR_INVALID_ARG_TYPE' })
}
