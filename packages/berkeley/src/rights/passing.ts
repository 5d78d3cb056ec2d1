// Passing descriptors to other processes (SCM_RIGHTS), written once for both forms.
import { handleOf } from '../base-socket.ts'
import { integer, list } from '../core/arguments.ts'
import type { Data } from '../core/bytes.ts'
import { CMSG_SPACE } from '../core/control.ts'
import { int32, viewOf } from '../core/ctypes.ts'
import { wrongValue } from '../core/errors.ts'
import { prepare, type WaitOptions } from '../ops/prepare.ts'
import type { Request } from '../ops/request.ts'
import { perform, type Steps } from '../ops/steps.ts'
import { LITTLE_ENDIAN } from '../sys/byte-order.ts'
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
  const numbers = list('sendFds', 'fds', 'a list of descriptors', fds)
  if (numbers.length > MOST) throw wrongValue('sendFds', 'fds', `at most ${MOST} descriptors`, numbers.length)
  const rights = Buffer.allocUnsafe(numbers.length * SIZE)
  const view = viewOf(rights)
  numbers.forEach((fd, i) => {
    view.setInt32(i * SIZE, integer('sendFds', 'fds', fd, 0, LARGEST_DESCRIPTOR), LITTLE_ENDIAN)
  })
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
  const fds: number[] = []
  for (const [level, type, rights] of ancillary) {
    if (level === SOL_SOCKET && type === SCM_RIGHTS) addDescriptorsIn(rights, fds)
  }
  return [data, fds, msgFlags, address]
}

function addDescriptorsIn(rights: Buffer, to: number[]): void {
  const view = viewOf(rights)
  for (let at = 0; at + SIZE <= rights.length; at += SIZE) to.push(int32.read(view, at))
}
