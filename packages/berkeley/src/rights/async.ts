// sendFds and recvFds, as promises. The work is in passing.ts.
import type { AddressOf, ReturnedAddressOf } from '../core/address/index.ts'
import type { Data } from '../core/bytes.ts'
import type { WaitOptions } from '../ops/prepare.ts'
import type { Socket } from '../socket.ts'
import { runAsync } from '../wait/steps.ts'
import * as passing from './passing.ts'

/**
 * sendFds - send descriptors to another process, with data
 *
 * On a stream at least one byte of data must go with them.
 *
 * @param socket a socket of AF_UNIX
 * @param buffers the data, in pieces
 * @param fds the descriptors, at most 253; they stay open here
 * @param flags as of `Socket.sendmsg`
 * @param address whom to send to; nothing on a connected socket
 * @returns how many bytes of data were sent
 * @throws RangeError for more than 253; OSError EBADF, EPIPE, ETOOMANYREFS; TimeoutError
 * @example
 * await sendFds(socket, ['a file'], [file.fd])
 * @see man 7 unix, SCM_RIGHTS
 */
export async function sendFds<Family extends number>(
  socket: Socket<Family>,
  buffers: Iterable<Data>,
  fds: Iterable<number>,
  flags?: number | WaitOptions,
  address?: AddressOf<Family> | null,
  options?: WaitOptions,
): Promise<number> {
  return runAsync(passing.sendFds(socket, buffers, fds, flags, address, options))
}

/**
 * recvFds - receive descriptors from another process, with data
 *
 * @param socket a socket of AF_UNIX
 * @param bufsize the most bytes of data to receive
 * @param maxfds the most descriptors to receive; the kernel closes what has no room and sets `MSG_CTRUNC`
 * @param flags as of `Socket.recvmsg`
 * @returns the data, the descriptors (close-on-exec, the caller closes them), the message's flags, the sender's address
 * @throws as `Socket.recv`
 * @example
 * const [data, [fd]] = await recvFds(socket, 1024, 1)
 * @see man 7 unix, SCM_RIGHTS
 */
export async function recvFds<Family extends number>(
  socket: Socket<Family>,
  bufsize: number,
  maxfds: number,
  flags?: number | WaitOptions,
  options?: WaitOptions,
): Promise<[data: Buffer, fds: number[], msgFlags: number, address: ReturnedAddressOf<Family>]> {
  return runAsync(passing.recvFds(socket, bufsize, maxfds, flags, options)) as never
}
