// The workers of a server: which of them gets a request, when there are more of them, and what happens when one dies.
// Handlers with promises share workers, one for each core at most; the least busy gets the next request. Blocking ones
// have a worker each, up to `most`, and then wait in line.
import { availableParallelism } from 'node:os'
import type { OSError } from '../../core/error-classes.ts'
import { wrongValue } from '../../core/errors.ts'
import { LONGEST_TIMER, pause } from '../interrupting.ts'
import type { WorkerStats } from '../stats.ts'
import type { StartBody } from './bodies.ts'
import { addCounts, noCounts } from './counts.ts'
import { Job, type Moved, NOTHING_MOVED } from './job.ts'
import type { Beginning, Counts } from './messages.ts'
import { type OnFailure, PoolWorker } from './worker.ts'

export interface PoolSettings {
  readonly start: StartBody
  readonly beginning: Beginning
  /** What goes with the beginning; of workers that accept: one for each of them. */
  readonly descriptors: readonly number[]
  /** The most workers. */
  readonly most: number
  /** Whether its workers let this process end while they serve. */
  readonly isDaemon: boolean
  /** How long a shared worker may give no sign of life, in milliseconds. */
  readonly longestStall: number
  /** Told of requests that failed in workers that accept themselves. */
  readonly onFailure: OnFailure
  /** Told of every request that is over, also if it failed. */
  readonly onMoved: (moved: Moved) => void
}

/**
 * The pause before a worker that died is replaced, in milliseconds: none after a good life, doubled after a short one; longer
 * if it cannot even begin. Meanwhile requests wait for it, or go to others.
 */
const FIRST_PAUSE = 50
const LONGEST_PAUSE = 1000
const LONGEST_PAUSE_OF_NONE = 10_000
const GOOD_LIFE = 5000
/** How long an idle worker may take to end, in milliseconds. */
const LONGEST_END = 5000

export class Pool {
  readonly #settings: PoolSettings
  readonly #workers = new Set<PoolWorker>()
  readonly #waiting: Job[] = []
  readonly #jobs = new Map<unknown, Job>()
  readonly #closing = new AbortController()
  #opening: Promise<void> | null = null
  #starting = 0
  #pause = 0
  /** The pauses that are not over. */
  readonly #pauses = new Set<NodeJS.Timeout>()
  #isBlocking = false
  /** Of blocking handlers, whose threads cannot look at the clock themselves. In milliseconds. */
  #longestRequest = Number.POSITIVE_INFINITY
  #watch: NodeJS.Timeout | null = null
  #past = noCounts
  /** Which listening socket is whose. */
  readonly #seats = new Map<PoolWorker, number>()

  constructor(settings: PoolSettings) {
    this.#settings = settings
  }

  /** The first worker is started, or all if they accept; what is wrong with the handler shows here. */
  open(): Promise<void> {
    this.#opening ??= this.#start().catch((error) => {
      this.#opening = null
      throw error
    })
    return this.#opening
  }

  async #start(): Promise<void> {
    const count = this.#accepts ? this.#limit : 1
    const results = await Promise.allSettled(Array.from({ length: count }, () => this.#startWorker()))
    const failed = results.find((result) => result.status === 'rejected')
    if (this.#closing.signal.aborted) return // Closed before it was open: that is no failure.
    const isWrong = this.#accepts && this.#isBlocking
    if (failed === undefined && !isWrong) return
    await Promise.all([...this.#workers].map((worker) => this.#endWorker(worker, 0)))
    throw isWrong
      ? wrongValue('serveForever', 'reusePort', 'false where the handler is blocking', true)
      : failed!.reason
  }

  get #accepts(): boolean {
    return this.#settings.beginning.acceptor !== undefined
  }

  /** What workers that accept have done, those that are gone included. */
  get counts(): Counts {
    return [...this.#workers].reduce((sum, { counts }) => addCounts(sum, counts), this.#past)
  }

  /** How many requests it can serve at a time. */
  get capacity(): number {
    return this.#isBlocking ? this.#settings.most : Number.POSITIVE_INFINITY
  }

  get queued(): number {
    return this.#waiting.length
  }

  get stats(): WorkerStats[] {
    return [...this.#workers].map(({ stats }) => stats)
  }

  /** Serves a request, to its end. */
  serve(request: unknown, clientAddress: unknown): Promise<void> {
    const job = new Job(request, clientAddress, this.#onEnd)
    this.#jobs.set(request, job)
    this.#waiting.push(job)
    for (const timer of this.#pauses) timer.ref()
    this.#deal()
    return job.ended
  }

  readonly #onEnd = ({ request, moved }: Job): void => {
    this.#jobs.delete(request)
    this.#settings.onMoved(moved)
    if (this.#waiting.length > 0) this.#deal()
  }

  /** Ends a request, and the worker that serves it. */
  cut(request: unknown): void {
    const job = this.#jobs.get(request)
    if (job === undefined) return
    const at = this.#waiting.indexOf(job)
    if (at >= 0) this.#waiting.splice(at, 1)
    for (const worker of this.#workers) if (worker.has(job) && !worker.withdraw(job)) worker.kill()
    job.end(NOTHING_MOVED, new Error('the request was cut off'))
  }

  /** Lets the workers finish what they serve, for so many milliseconds, and end; resolves when they have. */
  async close(limit = Number.POSITIVE_INFINITY): Promise<void> {
    this.#closing.abort()
    for (const timer of this.#pauses) clearTimeout(timer)
    if (this.#watch !== null && this.#jobs.size === 0) clearInterval(this.#watch)
    await Promise.all([...this.#workers].map((worker) => this.#endWorker(worker, limit)))
    if (this.#watch !== null) clearInterval(this.#watch)
  }

  async #endWorker(worker: PoolWorker, limit: number): Promise<void> {
    worker.end()
    const over = new AbortController()
    const deadline = performance.now() + limit
    const kill = async (): Promise<void> => {
      while (!over.signal.aborted) {
        await pause(Math.min(LONGEST_END, Math.max(0, deadline - performance.now())), over.signal)
        const isLate = performance.now() >= deadline
        if (!over.signal.aborted && (isLate || worker.active === 0)) worker.kill()
        if (isLate) return
      }
    }
    const killing = kill()
    await worker.over
    over.abort()
    await killing
  }

  // ---- dealing out ----------------------------------------------------------------------------------------------------

  #deal(): void {
    while (this.#waiting.length > 0) {
      const worker = this.#choose()
      if (worker === null) return
      const job = this.#waiting.shift()!
      this.#limitTime(worker, job)
      worker.give(job)
    }
  }

  /** Who gets the next request, if anybody can; more workers are started if that would help. */
  #choose(): PoolWorker | null {
    let best: PoolWorker | null = null
    for (const worker of this.#workers) {
      if (worker.isReady && !worker.isEnding && (best === null || worker.active < best.active)) best = worker
    }
    const isBusy = best === null || best.active > 0
    const wanted = this.#isBlocking ? this.#waiting.length : 1
    if (isBusy && this.#starting < wanted) this.#startAnother()
    return this.#isBlocking && isBusy ? null : best
  }

  /** Of requests that a worker did not get. */
  #takeBack(worker: PoolWorker, jobs: readonly Job[], error: OSError): void {
    const open = jobs.filter((job) => !job.isOver)
    if (worker.isEnding || worker.isGone(error)) {
      // It is gone, and the requests are still ours: somebody else's turn.
      worker.isEnding = true
      this.#waiting.unshift(...open)
      this.#deal()
    } else for (const job of open) job.end(NOTHING_MOVED, error)
  }

  #limitTime(worker: PoolWorker, job: Job): void {
    if (!this.#isBlocking || this.#longestRequest === Number.POSITIVE_INFINITY) return
    const expire = (): void => {
      if (worker.has(job)) worker.kill()
    }
    const timer = setTimeout(expire, Math.min(this.#longestRequest, LONGEST_TIMER))
    job.ended.finally(() => clearTimeout(timer)).catch(() => {})
  }

  // ---- birth and death ------------------------------------------------------------------------------------------------

  get #limit(): number {
    const { most, descriptors } = this.#settings
    if (this.#accepts) return descriptors.length
    return this.#isBlocking ? most : Math.min(most, availableParallelism())
  }

  #startAnother(): void {
    if (this.#workers.size >= this.#limit || this.#pauses.size > 0 || this.#closing.signal.aborted) return
    this.#startWorker().catch((error) => {
      if (this.#closing.signal.aborted) return
      process.emitWarning(`a worker could not be started: ${error.message}`, { code: 'BERKELEY_WORKER' })
      this.#replaceLater(LONGEST_PAUSE_OF_NONE)
    })
  }

  // Its listening socket, which nobody else accepts from. Whoever comes after it finds the backlog as it was.
  #takeSeat(worker: PoolWorker): readonly number[] {
    const taken = new Set(this.#seats.values())
    const seat = this.#settings.descriptors.find((descriptor) => !taken.has(descriptor))!
    this.#seats.set(worker, seat)
    return [seat]
  }

  async #startWorker(): Promise<void> {
    const { start, isDaemon, beginning, descriptors, onFailure } = this.#settings
    this.#starting++
    try {
      const worker: PoolWorker = new PoolWorker(start, isDaemon, onFailure, (jobs, error) =>
        this.#takeBack(worker, jobs, error),
      )
      this.#workers.add(worker)
      const own = this.#accepts ? this.#takeSeat(worker) : descriptors
      const born = performance.now()
      const over = worker.over.then((reason) => this.#bury(worker, reason, performance.now() - born))
      try {
        const { blocking, maxRequestTime } = await worker.begin(beginning, own)
        this.#isBlocking = blocking
        this.#longestRequest = maxRequestTime === null ? Number.POSITIVE_INFINITY : maxRequestTime * 1000
        this.#watchStalls()
      } catch (error) {
        worker.isEnding = true
        worker.kill()
        await over
        throw error
      }
    } finally {
      this.#starting--
    }
    this.#deal()
  }

  #bury(worker: PoolWorker, reason: string | null, age: number): void {
    this.#workers.delete(worker)
    this.#seats.delete(worker)
    if (worker.counts !== null) this.#past = addCounts(this.#past, { ...worker.counts, active: 0 })
    if (reason === null || !worker.wasReady || this.#closing.signal.aborted) return
    if (age > GOOD_LIFE) this.#pause = 0
    this.#replaceLater(LONGEST_PAUSE)
  }

  #replaceLater(longest: number): void {
    if (this.#closing.signal.aborted) return
    const delay = Math.min(this.#pause, longest)
    this.#pause = Math.min(longest, Math.max(FIRST_PAUSE, 2 * this.#pause))
    const timer = setTimeout(() => {
      this.#pauses.delete(timer)
      this.#refill()
    }, delay)
    this.#pauses.add(timer)
    if (this.#waiting.length === 0 && !this.#accepts) timer.unref()
  }

  #refill(): void {
    const missing = this.#accepts ? this.#limit - this.#workers.size : 0
    const wanted = this.#workers.size === 0 || this.#waiting.length > 0 ? 1 : 0
    for (let count = Math.max(missing, wanted); count > 0; count--) this.#startAnother()
  }

  // A handler that never gives way holds up all others of its worker: they are given up for the sake of the rest.
  #watchStalls(): void {
    const { longestStall } = this.#settings
    if (this.#isBlocking || this.#watch !== null || longestStall === Number.POSITIVE_INFINITY) return
    this.#watch = setInterval(
      () => {
        const now = performance.now()
        for (const worker of this.#workers) {
          if (!worker.isReady || worker.active === 0) worker.heard = now
          else if (now - worker.heard > longestStall) worker.kill()
          else worker.ask()
        }
      },
      Math.max(1, Math.min(longestStall / 4, LONGEST_TIMER)),
    )
    this.#watch.unref()
  }
}
