// splice, blocking. The work is in ops/splicing.ts.
import { wrongType } from '../core/errors.ts'
import type { File } from '../ops/file-transfer.ts'
import type { BlockingSocket } from '../socket.ts'
import { spliceBlocking } from '../wait/both.ts'
import { optionsOf, prepareSplice, type SpliceOptions, signalOf } from './splicing.ts'

/**
 * splice - move bytes from one socket to another without copying them
 *
 * By splice(2) through a pipe, up to the end of the source, which is not passed on: a proxy says `target.shutdown(SHUT_WR)`
 * then. Where the target is slow, the source waits. One of the two may be a pipe or a file instead, which is read or
 * written where it stands. A `recv` on the source and a `sendall` on the target that are called meanwhile wait until it is
 * over. The time limits of both sockets count from the call on. If it fails, up to 1 MiB may have been taken from the
 * source which the target has not got: they are then in `progress.leftover`, and lost without `progress`.
 *
 * @param source a stream socket, or a `FileHandle` or descriptor of a pipe or a file
 * @param target the same
 * @param options `{ count, progress }`
 * @returns how many bytes were moved
 * @throws RangeError for a socket that is no stream or is non-blocking; OSError ECONNRESET for either end, EPIPE if the
 *   target is closed, EINVAL for what cannot be spliced (files opened to append, terminals, some families), ECANCELED if
 *   one of the sockets is closed meanwhile; TimeoutError
 * @example
 * const progress: SpliceProgress = { moved: 0 }
 * splice(client, server, { progress })
 * server.shutdown(SHUT_WR)
 * console.log(progress.moved)
 * @see man 2 splice
 */
export function splice<From extends number, To extends number>(
  source: BlockingSocket<From> | File,
  target: BlockingSocket<To> | File,
  options?: Omit<SpliceOptions, 'signal'>,
): number {
  const given = optionsOf(options)
  if (signalOf(given) !== null)
    throw wrongType('splice', 'signal', 'left out: a blocking call cannot be aborted', given.signal)
  return spliceBlocking(prepareSplice(source, target, given))
}
