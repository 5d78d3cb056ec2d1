// What ThreadingMixIn and ForkingMixIn have in common: requests are handed to a pool of workers.
import { availableParallelism } from 'node:os'
import { integer, seconds } from '../core/arguments.ts'
import { wrongValue } from '../core/errors.ts'
import { Socket } from '../socket.ts'
import { AF_UNIX, SO_REUSEPORT, SOCK_DGRAM, SOL_SOCKET } from '../sys/constants.ts'
import { longQueue } from './async-mixin.ts'
import { classAttributes, secondsOrNull, wholeNumber, yesOrNo } from './attributes.ts'
import { mustBeUrl } from './handler-source.ts'
import { LONGEST_TIMER } from './interrupting.ts'
import type { ServerClass } from './mixins.ts'
import type { StartBody } from './pool/bodies.ts'
import { addCounts, noCounts } from './pool/counts.ts'
import type { Moved } from './pool/job.ts'
import type { AcceptorSettings, Counts } from './pool/messages.ts'
import { Pool } from './pool/pool.ts'
import type { ServerStats } from './stats.ts'
import { TCPServer, type UDPServer } from './tcp-server.ts'

/** More would be a mistake. */
export const MOST_WORKERS = 65_536

/** What both add to an instance. */
export interface PoolAttributes {
  maxQueuedRequests: number
  maxStallTime: number | null
  blockOnClose: boolean
  reusePort: boolean
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

/** A class of servers with a pool. */
export type PoolServerClass = new (
  ...args: ConstructorParameters<ServerClass>
) => InstanceType<ServerClass> & {
  readonly workerIds: Set<number> | null
}

/** The class `Base` with a pool. */
export function withPool(Base: ServerClass, kind: PoolKind): PoolServerClass {
  const { name, worker, start, most } = kind
  const bind: (this: TCPServer) => void = Base.prototype.serverBind ?? (() => {})
  class PoolServer extends Base {
    static maxRequests = 10_000
    static maxQueuedRequests = 128
    static maxStallTime: number | null = 30
    static blockOnClose = true
    static reusePort = false
    static requestQueueSize = longQueue(Base)

    declare maxQueuedRequests: number
    declare maxStallTime: number | null
    declare blockOnClose: boolean
    declare reusePort: boolean
    #pool: Pool | null = null
    /** What workers have counted that are no more. */
    #past = noCounts
    #retiring: Promise<void> | null = null
    /** Further sockets at the same address. */
    readonly #sockets: Socket<number>[] = []

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
      const workers = integer(name, most, (this as unknown as Record<string, unknown>)[most], 1, MOST_WORKERS)
      const stall = seconds(name, 'maxStallTime', this.maxStallTime)
      return {
        start,
        beginning: {
          handler: url.href,
          family,
          type,
          proto,
          serverAddress: server.serverAddress,
          ...(this.reusePort ? { acceptor: this.#acceptor(server) } : {}),
        },
        onMoved: this.#count,
        onFailure: (clientAddress: unknown, error: Error) => this.#failed(clientAddress, error),
        descriptors: this.reusePort
          ? this.#listening(server, workers)
          : type === SOCK_DGRAM
            ? [server.fileno()]
            : [],
        most: workers,
        isDaemon: this.#isDaemon,
        longestStall: stall === null ? Number.POSITIVE_INFINITY : stall * 1000,
      }
    }

    #acceptor(server: TCPServer): AcceptorSettings {
      const { maxRequests, proxyProtocol, proxyTimeout } = server
      const { maxPacketSize } = server as unknown as Partial<UDPServer>
      return { maxRequests, proxyProtocol, proxyTimeout, ...(maxPacketSize ? { maxPacketSize } : {}) }
    }

    /** The request is the worker's own, and closed there. */
    async #failed(clientAddress: unknown, error: Error): Promise<void> {
      await this.handleError(null, clientAddress, error)
    }

    serverBind(): void {
      const server = this as unknown as TCPServer
      if (this.reusePort) {
        if (server.addressFamily === AF_UNIX) {
          throw wrongValue(name, 'reusePort', 'false for a Unix path, which only one socket can have', true)
        }
        server.socket.setsockopt(SOL_SOCKET, SO_REUSEPORT, true)
      }
      bind.call(server)
    }

    /** A socket for each worker, the first of which is the server's: they stay when workers go. */
    #listening(server: TCPServer, most: number): number[] {
      const { family, type, proto } = server.socket
      const count = Math.min(most, availableParallelism())
      while (this.#sockets.length + 1 < count) {
        const socket = new Socket<number>(family, type, proto)
        this.#sockets.push(socket)
        socket.setsockopt(SOL_SOCKET, SO_REUSEPORT, true)
        socket.bind(server.serverAddress)
        if (type !== SOCK_DGRAM) socket.listen(server.requestQueueSize)
      }
      return [server.fileno(), ...this.#sockets.slice(0, count - 1).map((socket) => socket.fileno())]
    }

    override async getRequest(): Promise<readonly [unknown, unknown]> {
      if (!this.reusePort) return super.getRequest()
      return new Promise((_, reject) => {
        const signal = this.stopSignal
        // Something must keep the process alive while the workers accept.
        const timer = setInterval(() => {}, LONGEST_TIMER)
        const end = (): void => {
          clearInterval(timer)
          reject(signal?.reason)
        }
        signal?.addEventListener('abort', end, { once: true })
      })
    }

    /** Workers that accept stop doing so, and finish what they serve. */
    override async shutdown(deadline?: number | null): Promise<void> {
      const limit = deadline === undefined ? undefined : seconds('shutdown', 'deadline', deadline)
      const pool = this.#pool
      if (!this.reusePort || pool === null) return super.shutdown(deadline)
      const closed = this.#retire(pool, limit ?? null)
      await super.shutdown()
      if (limit !== undefined) await closed
    }

    /** Closes a pool, and keeps its counts. */
    async #retire(pool: Pool, limit: number | null): Promise<void> {
      this.#retiring = pool.close(limit === null ? undefined : limit * 1000)
      await this.#retiring
      if (this.#pool !== pool) return
      this.#pool = null
      this.#past = addCounts(this.#past, pool.counts)
    }

    get #isDaemon(): boolean {
      return Boolean((this as unknown as Record<string, unknown>)[kind.daemon ?? ''])
    }

    /** Hands the request to a worker; resolves when it has served it. */
    override processRequest(request: unknown, clientAddress: unknown): Promise<void> {
      return this.#workers.serve(request, clientAddress)
    }

    readonly #count = (moved: Moved): void => this.counters.addBytes(moved)

    /** The numbers of the workers that there are; `null` as long as none was needed. @internal */
    get workerIds(): Set<number> | null {
      return this.#pool === null ? null : new Set(this.#pool.stats.map(({ id }) => id))
    }

    override async serverClose(): Promise<void> {
      await super.serverClose()
      for (const socket of this.#sockets) socket.close()
      if (this.blockOnClose && !this.#isDaemon) await this.drain(null)
      const closed = this.#pool === null ? null : this.#retire(this.#pool, null)
      if (this.blockOnClose && !this.#isDaemon) await closed
    }

    override stats(): ServerStats {
      const { queued = 0, stats = [] } = this.#pool ?? {}
      const own = super.stats()
      const counts: Counts = addCounts(own, addCounts(this.#past, this.#pool?.counts ?? null))
      return { ...own, ...counts, queued, workers: stats }
    }

    // What the handler's module has to say is not this thread's business.
    protected override async serverReady(): Promise<void> {
      if (!(this instanceof TCPServer)) throw new TypeError(`${name} needs a server with a socket`)
      this.checkAttributes()
      if (this.reusePort) await this.#retiring
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
  classAttributes(PoolServer, {
    maxQueuedRequests: wholeNumber(0),
    maxStallTime: secondsOrNull,
    blockOnClose: yesOrNo,
    reusePort: yesOrNo,
  })
  return PoolServer as never
}
