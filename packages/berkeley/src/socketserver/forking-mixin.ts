// Requests are served in a pool of child processes.
import { boolean } from '../core/arguments.ts'
import { wrongType } from '../core/errors.ts'
import { classAttributes, wholeNumber } from './attributes.ts'
import { checkBase, type Mixed, type ServerClass } from './mixins.ts'
import { startProcess } from './pool/bodies.ts'
import { MOST_WORKERS, type PoolAttributes, type PoolStatics, withPool } from './pool-mixin.ts'

/** What ForkingMixIn adds to an instance. */
export interface ForkingAttributes extends PoolAttributes {
  maxChildren: number
  /** The process numbers of the children that there are; `null` as long as none was needed. */
  readonly activeChildren: Set<number> | null
  /** Waits, if `blocking`, until children have served all requests that were taken. */
  collectChildren(options?: { readonly blocking?: boolean }): Promise<void>
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
 * Methods for the caller, beside those of `Base`:
 * - `collectChildren({ blocking = false })` - waits, if `blocking`, until children have served all requests that were taken
 *
 * Attribute: `activeChildren` - the process numbers of the children, a Set; `null` as long as none was needed
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
  checkBase('ForkingMixIn', Base)
  const kind = { name: 'ForkingMixIn', worker: 'process', start: startProcess, most: 'maxChildren' } as const
  class ForkingServer extends withPool(Base, kind) {
    static maxChildren = 40

    declare maxChildren: number

    get activeChildren(): Set<number> | null {
      return this.workerIds
    }

    // Those that have ended are collected by libuv, at once: there are no zombies to look for.
    async collectChildren(options: { readonly blocking?: boolean } = {}): Promise<void> {
      if (typeof options !== 'object' || options === null)
        throw wrongType('collectChildren', 'options', 'an object with blocking', options)
      if (boolean('collectChildren', 'blocking', options.blocking ?? false)) await this.drain(null)
    }
  }
  classAttributes(ForkingServer, { maxChildren: wholeNumber(1, MOST_WORKERS) })
  return ForkingServer as never
}
