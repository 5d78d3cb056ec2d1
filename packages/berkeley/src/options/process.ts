// Descriptors of other processes.
import { integer } from '../core/arguments.ts'
import { native } from '../sys/native.ts'
import { check } from './calls.ts'

const LARGEST = 2 ** 31 - 1

/**
 * fromProcess - a duplicate of a descriptor that another process has open
 *
 * It is the same socket (or file), not a copy of it: what is read here is missing there, and options that are set here are
 * set there. The other process does not notice, and goes on when the duplicate is closed. Do not give it to `fromfd`, which
 * makes it non-blocking, there as well; the functions here leave it as it is. Whoever may debug the process (ptrace(2)) may
 * do this.
 *
 * @param pid the number of the process
 * @param fd the number of the descriptor in that process: those of sockets are links to `socket:[…]` in /proc/PID/fd
 * @returns a descriptor, close-on-exec, which the caller has to `close`
 * @throws ProcessLookupError ESRCH if there is no such process; OSError EBADF if it has no such descriptor; PermissionError
 *   EPERM if it may not be debugged; OSError ENOSYS before Linux 5.6; TypeError, RangeError
 * @example
 * const fd = fromProcess(1234, 7)
 * console.log(getTcpInfo(fd).rtt)
 * close(fd)
 * @see man 2 pidfd_getfd
 */
export function fromProcess(pid: number, fd: number): number {
  const process = integer('fromProcess', 'pid', pid, 1, LARGEST)
  const descriptor = integer('fromProcess', 'fd', fd, 0, LARGEST)
  const pidfd = check(native.pidfd_open(process), 'pidfd_open')
  try {
    return check(native.pidfd_getfd(pidfd, descriptor), 'pidfd_getfd')
  } finally {
    native.close(pidfd)
  }
}
