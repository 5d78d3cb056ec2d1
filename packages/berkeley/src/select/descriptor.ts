// What can be waited for: anything that has a descriptor.
import { integer } from '../core/arguments.ts'
import { wrongType } from '../core/errors.ts'

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

function numberOf(syscall: string, parameter: string, value: unknown): unknown {
  if (typeof value === 'number') return value
  if (typeof value === 'object' && value !== null) {
    const { fileno, fd } = value as { fileno?: unknown; fd?: unknown }
    if (typeof fileno === 'function') return fileno.call(value)
    if (typeof fd === 'number') return fd
  }
  throw wrongType(syscall, parameter, 'a descriptor, or an object that has fileno() or fd', value)
}
