// What ThreadingMixIn and ForkingMixIn have in common: requests are handed to a pool of workers.
import { integer, seconds } from '../core/arguments.ts'
import { SOCK_DGRAM } from '../sys/constants.ts'
import { longQueue } from './async-mixin.ts'
import { classAttributes } from './attributes.ts'
import { mustBeUrl } from './handler-source.ts'
import type { ServerClass } from './mixins.ts'
import type { StartBody } from './pool/bodies.ts'
import { Pool } from './pool/pool.ts'
import type { ServerStats } from './stats.ts'
import { TCPServer } from './tcp-server.ts'

/** What both add to an instance. */
export interface PoolAttributes {
  maxQueuedRequests: number
  maxStallTime: number | null
  blockOnClose: boolean
}

/** What both add to a class. */
export interface PoolStatics extends PoolAttributes {
  maxRequests: number
}

/** What differs. */
export interface PoolKind {
  readonly name: string
  /** What a worker is. */
  readonly worker: 'thread' | 'process'
  readonly start: StartBody
  /** The attribute with the most workers. */
  readonly most: string
  /** The attribute that says whether workers that serve let the process end. */
  readonly daemon?: string
}

/** The class `Base` with a pool. */
export function withPool(Base: ServerClass, kind: PoolKind): ServerClass {
  const { name, worker, start, most } = kind
  class PoolServer extends Base {
    static maxRequests = 10_000
    static maxQueuedRequests = 128
    static maxStallTime: number | null = 30
    static blockOnClose = true
    static requestQueueSize = longQueue(Base)

    declare maxQueuedRequests: number
    declare maxStallTime: number | null
    declare blockOnClose: boolean
    #pool: Pool | null = null

    // biome-ignore lint/suspicious/noExplicitAny: TypeScript wants exactly this of a mixin
    constructor(...args: any[]) {
      mustBeUrl(new.target.name || name, args[1], worker)
      super(...args)
    }

    /** The pool, made when it is needed. */
    get #workers(): Pool {
      this.#pool ??= new Pool(this.#settings())
      return this.#pool
    }

    #settings() {
      const server = this as unknown as TCPServer
      const url = mustBeUrl(name, this.RequestHandlerClass, worker)
      const { family, type, proto } = server.socket
      const stall = seconds(name, 'maxStallTime', this.maxStallTime)
      return {
        start,
        beginning: { handler: url.href, family, type, proto, serverAddress: server.serverAddress },
        descriptors: type === SOCK_DGRAM ? [server.fileno()] : [],
        most: integer(name, most, (this as unknown as Record<string, unknown>)[most], 1, 65_536),
        isDaemon: this.#isDaemon,
        longestStall: stall === null ? Number.POSITIVE_INFINITY : stall * 1000,
      }
    }

    get #isDaemon(): boolean {
      return Boolean((this as unknown as Record<string, unknown>)[kind.daemon ?? ''])
    }

    /** Hands the request to a worker; resolves when it has served it. */
    override async processRequest(request: unknown, clientAddress: unknown): Promise<void> {
      this.counters.addBytes(await this.#workers.serve(request, clientAddress))
    }

    override async serverClose(): Promise<void> {
      await super.serverClose()
      if (this.blockOnClose && !this.#isDaemon) await this.drain(null)
      const pool = this.#pool
      this.#pool = null
      const closed = pool?.close()
      if (this.blockOnClose && !this.#isDaemon) await closed
    }

    override stats(): ServerStats {
      const { queued = 0, stats = [] } = this.#pool ?? {}
      return { ...super.stats(), queued, workers: stats }
    }

    // What the handler's module has to say is not this thread's business.
    protected override async serverReady(): Promise<void> {
      if (!(this instanceof TCPServer)) throw new TypeError(`${name} needs a server with a socket`)
      this.checkAttributes()
      await this.#workers.open()
    }

    protected override requestLimit(): number {
      const queue = integer(name, 'maxQueuedRequests', this.maxQueuedRequests, 0, Number.MAX_SAFE_INTEGER)
      return Math.min(super.requestLimit(), (this.#pool?.capacity ?? 1) + queue)
    }

    protected override cutRequest(request: unknown): void {
      this.#pool?.cut(request)
    }
  }
  classAttributes(PoolServer, ['maxQueuedRequests', 'maxStallTime', 'blockOnClose'])
  return PoolServer
}
