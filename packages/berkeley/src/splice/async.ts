// splice, as a promise. The work is in ops/splicing.ts.
import type { File } from '../ops/file-transfer.ts'
import type { Socket } from '../socket.ts'
import { spliceAsync } from '../wait/both.ts'
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
 * @param options `{ count, progress, signal }`
 * @returns how many bytes were moved
 * @throws RangeError for a socket that is no stream or is non-blocking; OSError ECONNRESET for either end, EPIPE if the
 *   target is closed, EINVAL for what cannot be spliced (files opened to append, terminals, some families), ECANCELED if
 *   one of the sockets is closed meanwhile; TimeoutError
 * @example
 * const progress: SpliceProgress = { moved: 0 }
 * await splice(client, server, { progress })
 * server.shutdown(SHUT_WR)
 * console.log(progress.moved)
 * @see man 2 splice
 */
export async function splice<From extends number, To extends number>(
  source: Socket<From> | File,
  target: Socket<To> | File,
  options?: SpliceOptions,
): Promise<number> {
  const given = optionsOf(options)
  const signal = signalOf(given)
  return spliceAsync(prepareSplice(source, target, given), signal, [source, target])
}
