// Anything that has a descriptor: sockets of both forms, and what others made.
import { integer } from './arguments.ts'
import { wrongType } from './errors.ts'

/**
 * A descriptor: its number, or what has one. Sockets and selectors have `fileno()`; Node's streams, `FileHandle` and the
 * like have `fd`.
 */
export type Descriptor = number | { fileno(): number } | { readonly fd: number }

const LARGEST = 2 ** 31 - 1

/** The descriptor's number. That of a closed socket, -1, is refused. */
export function descriptorOf(syscall: string, parameter: string, value: unknown): number {
  return integer(syscall, parameter, numberOf(syscall, parameter, value), 0, LARGEST)
}

/** As `descriptorOf`, for system calls, which say themselves (EBADF) that a socket is closed. */
export function descriptorOrClosed(syscall: string, parameter: string, value: unknown): number {
  const least = typeof value === 'number' ? 0 : -1
  return integer(syscall, parameter, numberOf(syscall, parameter, value), least, LARGEST)
}

function numberOf(syscall: string, parameter: string, value: unknown): unknown {
  if (typeof value === 'number') return value
  if (typeof value === 'object' && value !== null) {
    const { fileno, fd } = value as { fileno?: unknown; fd?: unknown }
    if (typeof fileno === 'function') return fileno.call(value)
    if (typeof fd === 'number') return fd
  }
  throw wrongType(syscall, parameter, 'a descriptor, or an object that has fileno() or fd', value)
}
