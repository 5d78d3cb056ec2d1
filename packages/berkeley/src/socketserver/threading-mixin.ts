// Requests are served in a pool of worker threads.
import { classAttributes, wholeNumber, yesOrNo } from './attributes.ts'
import { checkBase, type Mixed, type ServerClass } from './mixins.ts'
import { startThread } from './pool/bodies.ts'
import { MOST_WORKERS, type PoolAttributes, type PoolKind, type PoolStatics, withPool } from './pool-mixin.ts'

/** What ThreadingMixIn adds to an instance. */
export interface ThreadingAttributes extends PoolAttributes {
  maxThreads: number
  daemonThreads: boolean
  /** Serves a request in a thread, to its end; called by `processRequest`, may be overridden. */
  processRequestThread(request: unknown, clientAddress: unknown): Promise<void>
}

/** What ThreadingMixIn adds to a class. */
export interface ThreadingStatics extends PoolStatics {
  maxThreads: number
  daemonThreads: boolean
}

/**
 * ThreadingMixIn - serve requests in a bounded pool of worker threads
 *
 * The handler is named by its module and export, `new URL('./echo.js#EchoHandler', import.meta.url)`, and runs in the
 * threads; `verifyRequest`, `handleError` and all else of the server run in the thread that made it. Handlers share
 * threads, one for each core at most; a handler class with `static blocking = true` gets blocking sockets and a thread
 * to itself for as long as it takes. A handler that fails, or takes its thread down, takes only that thread's requests
 * with it; the thread is replaced.
 *
 * Methods that may be overridden, beside those of `Base`:
 * - `processRequestThread(request, clientAddress)` - hands the request to a thread, and resolves when it is served; it runs
 *   in the server's own thread
 *
 * Class attributes, which subclasses and instances may have values of their own for:
 * - `maxThreads` - the most threads: 40
 * - `maxQueuedRequests` - how many requests wait for a thread, where handlers are blocking, before nothing more is taken:
 *   128
 * - `maxRequests` - how many requests are taken and not over: 10,000
 * - `maxStallTime` - how long shared threads may give no sign of life before they are killed, in seconds; `null`: for
 *   ever: 30
 * - `reusePort` - for handlers with promises, and not for Unix paths: whether each thread has a socket of its own at the
 *   server's address, and the kernel deals connections or senders out; then `verifyRequest` and the like are not called:
 *   false
 * - `daemonThreads` - whether threads that serve let the process end: false
 * - `blockOnClose` - whether `serverClose` waits for the requests that are served: true
 * - `requestQueueSize` - 128 at least
 *
 * @param Base a class of servers with sockets
 * @throws TypeError by the constructor for a handler that is not a URL
 * @example
 * class Server extends ThreadingMixIn(TCPServer) {
 *   static override maxThreads = 4
 * }
 * @see https://docs.python.org/3/library/socketserver.html#socketserver.ThreadingMixIn
 */
export function ThreadingMixIn<Base extends ServerClass>(
  Base: Base,
): Mixed<Base, ThreadingAttributes, ThreadingStatics> {
  checkBase('ThreadingMixIn', Base)
  const kind: PoolKind = {
    name: 'ThreadingMixIn',
    worker: 'thread',
    start: startThread,
    most: 'maxThreads',
    daemon: 'daemonThreads',
  }
  class ThreadingServer extends withPool(Base, kind) {
    static maxThreads = 40
    static daemonThreads = false

    declare maxThreads: number
    declare daemonThreads: boolean

    override processRequest(request: unknown, clientAddress: unknown): Promise<void> {
      return this.processRequestThread(request, clientAddress)
    }

    processRequestThread(request: unknown, clientAddress: unknown): Promise<void> {
      return super.processRequest(request, clientAddress)
    }
  }
  classAttributes(ThreadingServer, { maxThreads: wholeNumber(1, MOST_WORKERS), daemonThreads: yesOrNo })
  return ThreadingServer as never
}
