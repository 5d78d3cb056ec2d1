// zerocopyCompletions, blocking. The work is in ops/zerocopy.ts.
import { handleOf } from '../base-socket.ts'
import { prepareCompletions } from '../ops/prepare.ts'
import type { Completion } from '../ops/zerocopy.ts'
import type { BlockingSocket } from '../socket.ts'
import { perform } from '../wait/blocking.ts'

/**
 * zerocopyCompletions - which sends with MSG_ZEROCOPY are done, so that their memory may be used again
 *
 * With the option SO_ZEROCOPY, and the flag MSG_ZEROCOPY, the kernel sends from the caller's own memory. Such calls are
 * counted, for each socket from 0 on. The memory must neither be changed nor given up before its call is done. It waits
 * until at least one is; a pending `recv` is not in its way. Other entries of the error queue are lost: who wants them
 * as well takes `recvmsg` with MSG_ERRQUEUE and `decodeAncillary`.
 *
 * @param socket the socket that was sent with
 * @returns ranges of calls, the last included, and whether the kernel had to copy: then it is not worth its trouble
 * @throws as `Socket.recvmsg`
 * @example
 * socket.setsockopt(SOL_SOCKET, SO_ZEROCOPY, true)
 * socket.send(large, MSG_ZEROCOPY)
 * for (const [lo, hi, copied] of zerocopyCompletions(socket)) console.log(lo, hi, copied)
 * @see https://docs.kernel.org/networking/msg_zerocopy.html
 */
export function zerocopyCompletions(socket: BlockingSocket<number>): Completion[] {
  return perform(handleOf('zerocopyCompletions', socket), prepareCompletions())
}
