// The template of all servers: which of its methods are called for a request, in which order, and what happens when one
// fails. Where requests come from is the subclasses' business, where they are served the mixins'.
// Rule: a request that was taken is in `#active` until it is shut down or cut off, and is shut down exactly once, whatever
//       fails. At most `maxRequests` are, and while they are as many nothing more is taken: what is not taken waits in the
//       kernel, and then at the clients.
import { integer, seconds } from '../core/arguments.ts'
import { BlockingIOError, OSError, TimeoutError } from '../core/error-classes.ts'
import { wrongValue } from '../core/errors.ts'
import { EBADF, EFAULT, EINVAL, ENOTSOCK, EOPNOTSUPP } from '../sys/errno.ts'
import { ActiveRequests, type Entry } from './active.ts'
import { checkAttributes, classAttributes, secondsOrNull, wholeNumber } from './attributes.ts'
import * as channels from './channels.ts'
import {
  checkSource,
  loadHandler,
  makeHandler,
  type RequestHandlerClass,
  type RequestHandlerSource,
} from './handler-source.ts'
import { INTERRUPTED, interruptible, LONGEST_TIMER, pause } from './interrupting.ts'
import { cutOff } from './request.ts'
import { Run } from './run.ts'
import { runHandler } from './running.ts'
import { isShortage, Shortage } from './shortage.ts'
import { Counters, type ServerStats } from './stats.ts'

/** What a method returns that may be overridden by one that waits. */
export type Awaitable<Result> = Result | Promise<Result>

/** What is wrong with the socket and not with what came through it. */
const NOT_OF_THE_NETWORK = [EBADF, EFAULT, EINVAL, ENOTSOCK, EOPNOTSUPP]

/** How long handlers may take to notice that their requests were cut off, in seconds. */
const LAST_WORDS = 0.1

/**
 * BaseServer - the base of all servers
 *
 * Methods for the caller:
 * - `constructor(serverAddress, RequestHandlerClass)`
 * - `serveForever(pollInterval = 0.5)`
 * - `shutdown(deadline?)`
 * - `handleRequest()`, if you do not use `serveForever()`
 * - `stats()`
 *
 * Methods that may be overridden:
 * - `getRequest()` → `[request, clientAddress]`
 * - `handleTimeout()`
 * - `verifyRequest(request, clientAddress)` → whether to serve it
 * - `processRequest(request, clientAddress)`
 * - `shutdownRequest(request)`
 * - `closeRequest(request)`
 * - `serverActivate()`
 * - `serverClose()`
 * - `serviceActions()`
 * - `handleError(request, clientAddress, error)`
 *
 * Methods for derived classes:
 * - `finishRequest(request, clientAddress)`
 *
 * Class attributes, which subclasses and instances may have values of their own for:
 * - `timeout` - how long `handleRequest` waits, in seconds; `null` (the default): without limit
 * - `maxRequests` - how many requests are served at a time; 1 by default
 *
 * Attributes: `serverAddress`, `RequestHandlerClass`
 *
 * @example
 * class Numbers extends BaseServer<number, null> {
 *   override async getRequest() { return [Math.random(), null] as const }
 * }
 * @see https://docs.python.org/3/library/socketserver.html
 */
export class BaseServer<Request = unknown, Address = unknown> {
  static timeout: number | null = null
  static maxRequests = 1

  declare timeout: number | null
  declare maxRequests: number
  /** Where the server is. */
  serverAddress: unknown
  /** What serves its requests. */
  RequestHandlerClass: RequestHandlerSource

  /** @internal */
  protected readonly counters = new Counters()
  readonly #active = new ActiveRequests<Request, Address>()
  readonly #shortage = new Shortage()
  #run: Run | null = null
  #loaded: { readonly source: unknown; readonly handler: RequestHandlerClass } | null = null

  constructor(serverAddress: unknown, RequestHandlerClass: RequestHandlerSource) {
    this.serverAddress = serverAddress
    const name = new.target.name || 'server'
    this.RequestHandlerClass = checkSource(name, RequestHandlerClass)
    checkAttributes(name, this)
  }

  // ---- for the caller -------------------------------------------------------------------------------------------------

  /**
   * serveForever - take and serve requests until `shutdown` is called
   *
   * @param pollInterval how often `serviceActions` is called while no requests come, in seconds; `null`: never
   * @throws what the handler's module throws when it is imported; an error of the listening socket; what `handleError`
   *   throws
   * @example
   * await server.serveForever()
   */
  async serveForever(pollInterval: number | null = 0.5): Promise<void> {
    const interval = seconds('serveForever', 'pollInterval', pollInterval)
    const run = this.#begin('serveForever')
    let timer: NodeJS.Timeout | undefined
    try {
      await this.serverReady()
      timer = this.#serviceEvery(interval, run)
      while (!run.isStopped) {
        const limit = this.requestLimit()
        if (this.#active.size >= limit) await this.#active.fewerThan(limit, run.signal)
        if (!(await this.#takeNext(run))) break
        await this.#waitIfAlone()
        await this.serviceActions()
      }
    } finally {
      clearInterval(timer)
      this.#finish(run)
    }
    run.throwFailure()
  }

  /**
   * handleRequest - take and serve one request
   *
   * Waits for `timeout` at most, and then calls `handleTimeout`. A server that serves one request at a time has served it
   * when this returns.
   *
   * @throws as `serveForever`
   * @example
   * server.timeout = 5
   * await server.handleRequest()
   */
  async handleRequest(): Promise<void> {
    const limit = seconds('handleRequest', 'timeout', this.waitingTime())
    const run = this.#begin('handleRequest')
    let timer: NodeJS.Timeout | undefined
    let isLate = false
    try {
      await this.serverReady()
      const expire = (): void => {
        isLate = true
        run.stop()
      }
      if (limit !== null) timer = setTimeout(expire, Math.min(limit * 1000, LONGEST_TIMER))
      if (await this.#takeNext(run)) await this.#waitIfAlone()
      else if (isLate) await this.handleTimeout()
    } finally {
      clearTimeout(timer)
      this.#finish(run)
    }
    if (!isLate) run.throwFailure()
  }

  /**
   * shutdown - stop `serveForever`
   *
   * Returns when it has ended. Without a deadline, requests that are served beside it go on, as in Python. Do not await
   * this in a handler of a server that serves one request at a time: each would wait for the other.
   *
   * @param deadline how long to wait for all requests to end, in seconds, before they are cut off; `null`: without limit
   * @example
   * await server.shutdown(10)
   */
  async shutdown(deadline?: number | null): Promise<void> {
    const limit = deadline === undefined ? undefined : seconds('shutdown', 'deadline', deadline)
    const run = this.#run
    if (run !== null && !run.isStopped) channels.serverStop.publish({ server: this })
    run?.stop()
    // What was being accepted at this moment is served as well.
    await run?.taking?.catch(() => {})
    if (limit !== undefined) await this.drain(limit)
    await run?.ended
  }

  /**
   * stats - what the server has done and is doing
   *
   * @example
   * console.log(server.stats().active)
   */
  stats(): ServerStats {
    return { ...this.counters, active: this.#active.size, queued: 0, workers: [] }
  }

  /** Stops and closes the server at the end of an `await using` block: `shutdown()` and `serverClose()`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.shutdown()
    await this.serverClose()
  }

  // ---- may be overridden ----------------------------------------------------------------------------------------------

  /** Gives the next request and its client's address. Subclasses must have it. */
  async getRequest(): Promise<readonly [request: Request, clientAddress: Address]> {
    throw new TypeError(`${this.constructor.name} must override getRequest`)
  }

  /** Called by the constructor, to make the server ready for requests. */
  serverActivate(): void {}

  /** Called by `handleRequest` if no request has come within `timeout`. */
  handleTimeout(): Awaitable<void> {}

  /** Whether to serve this request. */
  verifyRequest(_request: Request, _clientAddress: Address): Awaitable<boolean> {
    return true
  }

  /** Serves a request, to its end. */
  async processRequest(request: Request, clientAddress: Address): Promise<void> {
    await this.finishRequest(request, clientAddress)
    await this.shutdownRequest(request)
  }

  /** Ends a request, in good order: calls `closeRequest`. */
  shutdownRequest(request: Request): Awaitable<void> {
    return this.closeRequest(request)
  }

  /** Lets go of what belongs to a request. */
  closeRequest(_request: Request): Awaitable<void> {}

  /** Called by the loop of `serveForever` after each request, and every `pollInterval` while none come. */
  serviceActions(): Awaitable<void> {}

  /** Called when a request failed. Says so on stderr. */
  handleError(_request: Request, clientAddress: Address, error: unknown): Awaitable<void> {
    const line = '-'.repeat(40)
    console.error(`${line}\nException occurred during processing of request from`, clientAddress)
    console.error(error)
    console.error(line)
  }

  /** Closes the server for good. */
  async serverClose(): Promise<void> {
    this.#run?.stop()
  }

  // ---- for derived classes --------------------------------------------------------------------------------------------

  /** Serves a request with a new instance of `RequestHandlerClass`. */
  async finishRequest(request: Request, clientAddress: Address): Promise<void> {
    const source = this.RequestHandlerClass
    if (this.#loaded?.source !== source) this.#loaded = { source, handler: await loadHandler(source) }
    await runHandler(makeHandler(this.#loaded.handler, request, clientAddress, this))
  }

  /** Called before the first request is waited for; what it throws ends the run. @internal */
  protected async serverReady(): Promise<void> {
    await loadHandler(this.RequestHandlerClass)
  }

  /** Ends what waits in `getRequest`, when it has to stop. @internal */
  protected get stopSignal(): AbortSignal | undefined {
    return this.#run?.signal
  }

  /** How long `handleRequest` waits. @internal */
  protected waitingTime(): number | null {
    return this.timeout
  }

  /** Waits until there may be a request, where `getRequest` must not wait. @internal */
  protected requestMayCome(signal: AbortSignal): Promise<void> {
    return pause(LAST_WORDS * 1000, signal)
  }

  /** Whether `serverClose` has closed what requests come from. @internal */
  protected get isClosed(): boolean {
    return false
  }

  /** Who a client says it is, before it is verified. @internal */
  protected identify(_request: Request, clientAddress: Address): Awaitable<Address> {
    return clientAddress
  }

  /** Ends a request at once, also while it is served. @internal */
  protected cutRequest(request: Request): void {
    cutOff(request)
  }

  /** Waits until all requests have ended, for so many seconds; then cuts them off. @internal */
  protected async drain(limit: number | null): Promise<void> {
    if (await this.#active.drained(limit)) return
    for (const { request } of this.#active) this.cutRequest(request)
    await this.#active.drained(LAST_WORDS)
    for (const entry of [...this.#active]) this.#active.delete(entry)
  }

  // ---- the loop -------------------------------------------------------------------------------------------------------

  /** How many requests may be taken and not over. @internal */
  protected requestLimit(): number {
    return integer('serveForever', 'maxRequests', this.maxRequests, 1, Number.MAX_SAFE_INTEGER)
  }

  #begin(name: string): Run {
    if (this.#run !== null) throw wrongValue(name, 'server', 'one that does not serve yet', 'one that does')
    checkAttributes(name, this)
    this.#run = new Run()
    return this.#run
  }

  #finish(run: Run): void {
    this.#run = null
    run.end()
  }

  #serviceEvery(interval: number | null, run: Run): NodeJS.Timeout | undefined {
    const isOverridden = this.serviceActions !== BaseServer.prototype.serviceActions
    if (interval === null || !isOverridden) return undefined
    const call = async (): Promise<void> => {
      try {
        await this.serviceActions()
      } catch (error) {
        run.fail(error)
      }
    }
    return setInterval(call, Math.min(interval * 1000, LONGEST_TIMER))
  }

  /** Takes the next request and begins to serve it; `false` if the run was stopped. */
  #takeNext(run: Run): Promise<boolean> {
    run.taking = this.#waitForNext(run)
    return run.taking
  }

  async #waitForNext(run: Run): Promise<boolean> {
    while (!run.isStopped) {
      try {
        const next = await interruptible(this.getRequest(), run, ([request]) => this.closeRequest(request))
        if (next === INTERRUPTED) return false
        this.#shortage.end(this)
        this.#take(...next)
        return true
      } catch (error) {
        await this.#recover(error, run)
      }
    }
    return false
  }

  /** After `getRequest` has failed: waits before the next try, or throws if there should be none. */
  async #recover(error: unknown, run: Run): Promise<void> {
    const { signal } = run
    if (this.isClosed) return run.stop()
    if (error instanceof BlockingIOError) return this.requestMayCome(signal)
    if (error instanceof TimeoutError) return
    if (!(error instanceof OSError) || NOT_OF_THE_NETWORK.includes(error.errno)) throw error
    if (!isShortage(error)) return pause(1, signal) // As in Python, it is taken for the client's.
    this.counters.paused++
    return this.#shortage.wait(this, error, (over) => this.#active.oneEnded(over), signal)
  }

  #take(request: Request, clientAddress: Address): void {
    const entry = { request, clientAddress }
    this.#active.add(entry)
    this.counters.accepted++
    const details = { server: this, request, clientAddress }
    channels.requestStart.publish(details)
    this.#serve(entry)
      .catch((error) => this.#fail(error))
      .finally(() => {
        this.#active.delete(entry)
        channels.requestEnd.publish(details)
      })
  }

  async #waitIfAlone(): Promise<void> {
    if (this.requestLimit() === 1) await this.#active.fewerThan(1)
  }

  async #serve({ request, clientAddress: peer }: Entry<Request, Address>): Promise<void> {
    let clientAddress = peer
    try {
      const isWelcome = await this.#admit(request, peer)
      if (isWelcome === null) return
      clientAddress = isWelcome.clientAddress
      await this.processRequest(request, clientAddress)
    } catch (error) {
      this.counters.failed++
      channels.requestError.publish({ server: this, request, clientAddress, error })
      try {
        await this.handleError(request, clientAddress, error)
      } finally {
        await this.shutdownRequest(request)
      }
    }
  }

  /** The client, or `null` if it was turned away. */
  async #admit(request: Request, peer: Address): Promise<{ readonly clientAddress: Address } | null> {
    let error: unknown
    try {
      const clientAddress = await this.identify(request, peer)
      if (await this.verifyRequest(request, clientAddress)) return { clientAddress }
    } catch (reason) {
      if (!(reason instanceof Unidentified)) throw reason
      error = reason.cause
    }
    this.counters.refused++
    channels.requestRefused.publish({ server: this, request, clientAddress: peer, error })
    await this.shutdownRequest(request)
    return null
  }

  // What the methods that handle failures throw themselves.
  #fail(error: unknown): void {
    if (this.#run !== null) this.#run.fail(error)
    else
      queueMicrotask(() => {
        throw error
      })
  }
}

classAttributes(BaseServer, { timeout: secondsOrNull, maxRequests: wholeNumber(1) })

/** A client did not say who it is. */
export class Unidentified extends Error {}
