// Requests are served in a pool of child processes.
import { classAttributes } from './attributes.ts'
import type { Mixed, ServerClass } from './mixins.ts'
import { startProcess } from './pool/bodies.ts'
import { type PoolAttributes, type PoolStatics, withPool } from './pool-mixin.ts'

/** What ForkingMixIn adds to an instance. */
export interface ForkingAttributes extends PoolAttributes {
  maxChildren: number
}

/** What ForkingMixIn adds to a class. */
export interface ForkingStatics extends PoolStatics {
  maxChildren: number
}

/**
 * ForkingMixIn - serve requests in a bounded pool of child processes
 *
 * As ThreadingMixIn, with processes: a handler may crash its process, and only that process's requests are lost.
 * Connections are passed by SCM_RIGHTS. Children end with their parent, however that ends.
 *
 * Class attributes, which subclasses and instances may have values of their own for:
 * - `maxChildren` - the most child processes: 40
 * - `maxQueuedRequests`, `maxRequests`, `maxStallTime`, `reusePort`, `blockOnClose`, `requestQueueSize` - as of ThreadingMixIn
 *
 * @param Base a class of servers with sockets
 * @throws TypeError by the constructor for a handler that is not a URL
 * @example
 * class Server extends ForkingMixIn(TCPServer) {
 *   static override maxChildren = 4
 * }
 * @see https://docs.python.org/3/library/socketserver.html#socketserver.ForkingMixIn
 */
export function ForkingMixIn<Base extends ServerClass>(
  Base: Base,
): Mixed<Base, ForkingAttributes, ForkingStatics> {
  const kind = { name: 'ForkingMixIn', worker: 'process', start: startProcess, most: 'maxChildren' } as const
  class ForkingServer extends withPool(Base, kind) {
    static maxChildren = 40

    declare maxChildren: number
  }
  classAttributes(ForkingServer, ['maxChildren'])
  return ForkingServer as never
}
