// One worker as its server sees it: the channel to it, what it serves, and its end.
// Rule: connections are handed over by a message that carries them, after which this side closes its own descriptors; if
//       sending fails, nothing was handed over. What the worker serves when it ends is lost, and said to be.
import { OSError } from '../../core/error-classes.ts'
import { osError } from '../../core/errors.ts'
import { socketpair } from '../../create/async.ts'
import { sendFds } from '../../rights/async.ts'
import type { Socket } from '../../socket.ts'
import { AF_UNIX, SOCK_SEQPACKET } from '../../sys/constants.ts'
import { EBADF, ECANCELED, ECONNRESET, ENOTCONN, EPIPE } from '../../sys/errno.ts'
import { workerEnd, workerStart } from '../channels.ts'
import type { WorkerStats } from '../stats.ts'
import type { Body, StartBody } from './bodies.ts'
import { type Job, NOTHING_MOVED } from './job.ts'
import {
  ARE_YOU_THERE,
  type Beginning,
  type Counts,
  decode,
  encode,
  errorOf,
  LONGEST_REPORT,
  type News,
  ordersIn,
  type Readiness,
  type Report,
} from './messages.ts'
import { Outbox } from './outbox.ts'

/** Who is told of a request that failed, where the worker accepts itself. */
export type OnFailure = (clientAddress: unknown, error: Error) => void

/** Who is told of requests that a worker did not get: they are still the server's. */
export type OnReturn = (jobs: readonly Job[], error: OSError) => void

const canGo = (job: Job): boolean => !job.isOver && job.descriptor !== -1

export class PoolWorker {
  readonly #channel: Socket<number>
  readonly #body: Body
  readonly #jobs = new Map<number, Job>()
  readonly #isDaemon: boolean
  #served = 0
  #listening: Promise<void> = Promise.resolve()
  /** Whether it gets no more requests. */
  isEnding = false
  isReady = false
  /** Whether it ever was ready. */
  wasReady = false
  /** When it was last heard of. */
  heard = performance.now()
  /** When its life as a worker is over: why, or `null` if it was told to end. */
  readonly over: Promise<string | null>
  /** What it does on its own account, if it accepts itself. */
  counts: Counts | null = null
  /** Told of the requests that failed there. */
  readonly #onFailure: OnFailure
  readonly #onReturn: OnReturn
  readonly #outbox = new Outbox<Job>((jobs) => this.#send(jobs))

  constructor(start: StartBody, isDaemon: boolean, onFailure: OnFailure, onReturn: OnReturn) {
    this.#onFailure = onFailure
    this.#onReturn = onReturn
    const [ours, theirs] = socketpair(AF_UNIX, SOCK_SEQPACKET) as unknown as [Socket<number>, Socket<number>]
    this.#channel = ours.unref()
    this.#isDaemon = isDaemon
    try {
      this.#body = start(theirs)
    } catch (error) {
      ours.close()
      theirs.close()
      throw error
    }
    // What it said last is listened to before it is buried.
    this.over = this.#body.ended.then(async (reason) => {
      await this.#listening
      return this.#bury(reason)
    })
  }

  get id(): number {
    return this.#body.id
  }

  get active(): number {
    return this.counts?.active ?? this.#jobs.size
  }

  get stats(): WorkerStats {
    const { counts } = this
    if (counts === null) return { id: this.id, active: this.#jobs.size, served: this.#served }
    return { id: this.id, active: counts.active, served: counts.accepted - counts.active - counts.refused }
  }

  /** Tells it what to do, and waits until it can do it. */
  async begin(
    beginning: Beginning,
    descriptors: readonly number[],
  ): Promise<Exclude<Readiness, { error: unknown }>> {
    this.#body.reference(true)
    this.#channel.ref()
    try {
      const answering = this.#askToBegin(beginning, descriptors)
      this.#listening = answering.then(
        () => {},
        () => {},
      )
      const answer = await answering
      if (answer.length === 0) throw new Error(`it ended before it was ready: ${await this.#body.ended}`)
      const readiness = decode<Readiness>(answer)
      if ('error' in readiness) throw errorOf(readiness.error)
      this.isReady = true
      this.wasReady = true
      this.heard = performance.now()
      workerStart.publish({ worker: this.stats })
      this.#listening = this.#listen()
      return readiness
    } finally {
      this.#rest()
    }
  }

  /** Its answer; none if it has ended. */
  async #askToBegin(beginning: Beginning, descriptors: readonly number[]): Promise<Buffer> {
    try {
      await sendFds(this.#channel, [encode(beginning)], descriptors)
      return await this.#channel.recv(LONGEST_REPORT)
    } catch (error) {
      if (!(error instanceof OSError) || !this.isGone(error)) throw error
      return Buffer.alloc(0)
    }
  }

  /** Hands a request over, together with others of this moment. */
  give(job: Job): void {
    if (this.#jobs.size === 0) this.#wake()
    this.#jobs.set(job.id, job)
    this.#outbox.add(job)
  }

  /** Takes back a request; `false` if the worker has it. */
  withdraw(job: Job): boolean {
    if (!this.#outbox.withdraw(job)) return false
    this.#forget([job])
    return true
  }

  async #send(waiting: readonly Job[]): Promise<number> {
    const jobs = ordersIn(waiting)
    const live = jobs.filter(canGo)
    if (live.length < jobs.length) for (const job of jobs) if (!canGo(job)) this.#lose(job)
    try {
      if (live.length > 0) await this.#handOver(live)
    } catch (error) {
      if (!(error instanceof OSError)) throw error
      // One that is at fault must not spoil the others.
      if (live.length > 1 && !this.isGone(error)) for (const job of live) await this.#send([job])
      else {
        this.#forget(live)
        this.#onReturn(live, error)
      }
    }
    return jobs.length
  }

  async #handOver(jobs: readonly Job[]): Promise<void> {
    const message = encode(jobs.map(({ order }) => order))
    const descriptors = jobs.map(({ descriptor }) => descriptor).filter((fd) => fd !== null)
    await sendFds(this.#channel, [message], descriptors)
    for (const job of jobs) job.handedOver()
  }

  /** Of a connection that was closed before its turn came. */
  #lose(job: Job): void {
    this.#forget([job])
    job.end(NOTHING_MOVED, osError(-EBADF, 'sendmsg'))
  }

  #forget(jobs: readonly Job[]): void {
    for (const { id } of jobs) this.#jobs.delete(id)
    if (this.#jobs.size === 0) this.#rest()
  }

  /** Whether this error of a hand-over means that it does not listen any more. */
  isGone({ errno }: OSError): boolean {
    return (
      [EPIPE, ECONNRESET, ENOTCONN, EBADF, ECANCELED].includes(errno) &&
      (this.#channel.fileno() < 0 || errno !== EBADF)
    )
  }

  has(job: Job): boolean {
    return this.#jobs.has(job.id)
  }

  /** Asks whether it is there; the answer shows in `heard`. */
  ask(): void {
    const question = encode(ARE_YOU_THERE)
    // Where there is no room for the question there is no answer either, and that is what matters.
    this.#channel.send(question).catch((error) => {
      if (!(error instanceof OSError)) throw error
    })
  }

  /** Lets it finish what it serves, and then end. */
  end(): void {
    // Its end is waited for.
    if (!this.#isDaemon) this.#body.reference(true)
    if (this.isEnding) return
    this.isEnding = true
    try {
      this.#channel.shutdown(1)
    } catch (error) {
      if (!(error instanceof OSError)) throw error
    }
  }

  /** Ends it now. What it serves is lost. */
  kill(): void {
    this.#body.reference(true)
    this.#body.kill()
  }

  async #listen(): Promise<void> {
    await this.#hear()
    // It is gone, as `over` will tell; until then it gets nothing more.
    this.isReady = false
  }

  async #hear(): Promise<void> {
    for (;;) {
      let message: Buffer
      try {
        message = await this.#channel.recv(LONGEST_REPORT)
      } catch (error) {
        if (!(error instanceof OSError)) throw error
        return
      }
      if (message.length === 0) return
      this.heard = performance.now()
      const said = decode<Report[] | News | typeof ARE_YOU_THERE>(message)
      if (said === ARE_YOU_THERE) continue
      if (Array.isArray(said)) for (const report of said) this.#settle(report)
      else if ('counts' in said) this.counts = said.counts
      else this.#onFailure(said.clientAddress, errorOf(said.failure))
    }
  }

  #settle([id, received, sent, error]: Report): void {
    const job = this.#jobs.get(id)
    if (job === undefined) return
    this.#jobs.delete(id)
    this.#served++
    if (this.#jobs.size === 0) this.#rest()
    job.end({ received, sent }, error === null ? null : errorOf(error))
  }

  #bury(reason: string): string | null {
    const isExpected = this.isEnding && this.#jobs.size === 0
    this.isEnding = true
    this.isReady = false
    this.#channel.close()
    const error = new Error(`the worker that served this request ended: ${reason}`)
    workerEnd.publish({ worker: this.stats, error: isExpected ? undefined : error })
    const lost = [...this.#jobs.values()]
    this.#jobs.clear()
    // What it did not get yet is somebody else's turn.
    const kept = lost.filter((job) => this.#outbox.withdraw(job))
    for (const job of lost) if (!kept.includes(job)) job.end(NOTHING_MOVED, error)
    if (kept.length > 0) this.#onReturn(kept, osError(-EPIPE, 'sendmsg'))
    return isExpected ? null : reason
  }

  // A worker keeps the process alive while it serves, unless it is a daemon.
  #wake(): void {
    if (this.#isDaemon) return
    this.#body.reference(true)
    this.#channel.ref()
  }

  #rest(): void {
    if (!this.isEnding) this.#body.reference(false)
    this.#channel.unref()
  }
}
