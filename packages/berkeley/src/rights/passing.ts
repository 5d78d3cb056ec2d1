// Passing descriptors to other processes (SCM_RIGHTS), written once for both forms.
import { handleOf } from '../base-socket.ts'
import { integer, list } from '../core/arguments.ts'
import type { Data } from '../core/bytes.ts'
import { CMSG_SPACE } from '../core/control.ts'
import { wrongValue } from '../core/errors.ts'
import { prepare, type WaitOptions } from '../ops/prepare.ts'
import type { Request } from '../ops/request.ts'
import { perform, type Steps } from '../ops/steps.ts'
import { SCM_RIGHTS, SOL_SOCKET } from '../sys/constants.ts'

/** What the kernel takes in one message (SCM_MAX_FD). */
const MOST = 253
const SIZE = Int32Array.BYTES_PER_ELEMENT
const LARGEST_DESCRIPTOR = 2 ** 31 - 1

/** What `recvFds` gives. */
export type Received = [data: Buffer, fds: number[], msgFlags: number, address: unknown]

export function* sendFds(
  socket: unknown,
  buffers: Iterable<Data>,
  fds: Iterable<number>,
  flags?: number | WaitOptions,
  address?: unknown,
  options?: WaitOptions,
): Steps<number> {
  const handle = handleOf('sendFds', socket)
  const numbers = list('sendFds', 'fds', 'a list of descriptors', fds).map((fd) =>
    integer('sendFds', 'fds', fd, 0, LARGEST_DESCRIPTOR),
  )
  if (numbers.length > MOST) throw wrongValue('sendFds', 'fds', `at most ${MOST} descriptors`, numbers.length)
  const rights = Buffer.from(new Int32Array(numbers).buffer)
  const request = prepare.sendmsg(
    handle,
    buffers,
    [[SOL_SOCKET, SCM_RIGHTS, rights]],
    flags,
    address,
    options,
  )
  return yield* perform(handle, request as Request<number>)
}

export function* recvFds(
  socket: unknown,
  bufsize: number,
  maxfds: number,
  flags?: number | WaitOptions,
  options?: WaitOptions,
): Steps<Received> {
  const handle = handleOf('recvFds', socket)
  const room = CMSG_SPACE(integer('recvFds', 'maxfds', maxfds, 0, LARGEST_DESCRIPTOR / SIZE / 2) * SIZE)
  const request = prepare.recvmsg(handle, bufsize, room, flags, options)
  const [data, ancillary, msgFlags, address] = yield* perform(handle, request)
  const fds = ancillary
    .filter(([level, type]) => level === SOL_SOCKET && type === SCM_RIGHTS)
    .flatMap(([, , rights]) => descriptorsIn(rights))
  return [data, fds, msgFlags, address]
}

function descriptorsIn(rights: Buffer): number[] {
  const whole = rights.subarray(0, rights.length - (rights.length % SIZE))
  return [...new Int32Array(Uint8Array.from(whole).buffer)]
}
