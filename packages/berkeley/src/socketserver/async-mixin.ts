// Many requests at a time, on the event loop.
import { classAttributes, yesOrNo } from './attributes.ts'
import { checkBase, type Mixed, type ServerClass } from './mixins.ts'

/** What AsyncMixIn adds to an instance. */
export interface AsyncAttributes {
  /** Whether `serverClose` waits for the requests that are served. */
  blockOnClose: boolean
}

/** What AsyncMixIn adds to a class. */
export interface AsyncStatics {
  maxRequests: number
  blockOnClose: boolean
}

/** The backlog of servers that accept without delay. */
export const LONG_QUEUE = 128

/** `requestQueueSize` of a class, which may have none; at least LONG_QUEUE. */
export function longQueue(Base: ServerClass): number {
  return Math.max(LONG_QUEUE, (Base as unknown as { requestQueueSize?: number }).requestQueueSize ?? 0)
}

/**
 * AsyncMixIn - serve many requests at a time, on the event loop
 *
 * Handlers share the thread: one that computes for long holds up all others.
 *
 * Class attributes, which subclasses and instances may have values of their own for:
 * - `maxRequests` - how many requests are served at a time, before the next waits in the kernel: 10,000
 * - `blockOnClose` - whether `serverClose` waits for the requests that are served: true
 * - `requestQueueSize` - 128 at least
 *
 * @param Base a class of servers
 * @example
 * class Server extends AsyncMixIn(TCPServer) {
 *   static override maxRequests = 100
 * }
 */
export function AsyncMixIn<Base extends ServerClass>(Base: Base): Mixed<Base, AsyncAttributes, AsyncStatics> {
  checkBase('AsyncMixIn', Base)
  class AsyncServer extends Base {
    static maxRequests = 10_000
    static blockOnClose = true
    static requestQueueSize = longQueue(Base)

    declare blockOnClose: boolean

    override async serverClose(): Promise<void> {
      await super.serverClose()
      if (this.blockOnClose) await this.drain(null)
    }
  }
  classAttributes(AsyncServer, { blockOnClose: yesOrNo })
  return AsyncServer as never
}
