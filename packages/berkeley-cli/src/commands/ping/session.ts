// Sends requests at their times, and puts together what the kernel tells of each: when it went, when its answer came, or
// what went wrong.
// Rule: a round trip is the difference of two of the kernel's times, or of two of ours where the kernel lacks one: never of one
//       of each, for they are different clocks.
import { setTimeout as pause } from 'node:timers/promises'
import { OSError } from 'berkeley'
import { reasonOf } from '../../failure-reason.ts'
import type { EchoSocket, Event, Reply } from './echo-socket.ts'
import { Statistics } from './statistics.ts'

export interface Plan {
  /** How many requests; null for no end. */
  readonly count: number | null
  readonly intervalSeconds: number
  readonly timeoutSeconds: number
  /** Bytes after the ICMP header. */
  readonly size: number
}

export interface Answer extends Omit<Reply, 'kind' | 'time'> {
  readonly milliseconds: number
  readonly clock: 'kernel' | 'program'
  readonly isDuplicate: boolean
}

export interface Trouble {
  readonly sequence: number
  readonly from: string | null
  readonly type: number | null
  readonly code: number | null
  readonly message: string
}

export interface Listener {
  answered(answer: Answer): void
  failed(trouble: Trouble): void
  timedOut(sequence: number): void
}

interface Request {
  readonly sequence: number
  readonly startedAt: number
  sentAt: bigint | null
  reply: { readonly reply: Reply; readonly cameAt: number } | null
  isOver: boolean
}

/** How long the kernel may take to tell when a request went, after its answer came. */
const GRACE_MILLISECONDS = 100

export class PingSession {
  readonly statistics = new Statistics()
  readonly #socket: EchoSocket
  readonly #plan: Plan
  readonly #listener: Listener
  /** By sequence, those of the last while: 16 bits come again. */
  readonly #requests = new Map<number, Request>()
  /** By the kernel's count of what was sent. */
  readonly #numbers = new Map<number, Request>()
  readonly #closing = new AbortController()
  readonly #graces = new Set<NodeJS.Timeout>()
  #isKernelSilent = false
  #settled: () => void = () => {}

  constructor(socket: EchoSocket, plan: Plan, listener: Listener) {
    this.#socket = socket
    this.#plan = plan
    this.#listener = listener
  }

  /** Ends when all is sent and answered, or given up; or at the signal, which is no error. */
  async run(signal: AbortSignal): Promise<void> {
    const closing = AbortSignal.any([signal, this.#closing.signal])
    const loops = [this.#receiveReplies(closing), this.#receiveErrors(closing)]
    try {
      await Promise.race([this.#send(closing), ...loops])
    } catch (error) {
      if (!closing.aborted) throw error
    } finally {
      this.#closing.abort()
      for (const grace of this.#graces) clearTimeout(grace)
      await Promise.allSettled(loops)
    }
  }

  async #send(signal: AbortSignal): Promise<void> {
    const { count, intervalSeconds, timeoutSeconds, size } = this.#plan
    const start = performance.now()
    let lastStartedAt = start
    let sent = 0 // What the kernel counts: a request that could not be sent is not among them.
    for (let sequence = 1; count === null || sequence <= count; sequence++) {
      const due = start + (sequence - 1) * intervalSeconds * 1000
      await this.#until(due, signal)
      const request: Request = {
        sequence,
        startedAt: performance.now(),
        sentAt: null,
        reply: null,
        isOver: false,
      }
      lastStartedAt = request.startedAt
      this.#requests.set(sequence & 0xffff, request)
      this.#numbers.set(sent, request)
      this.statistics.sent++
      try {
        await this.#socket.send(sequence, size, signal)
        sent++
      } catch (error) {
        if (signal.aborted || !(error instanceof OSError)) throw error
        request.isOver = true
        this.statistics.errors++
        const message = reasonOf(error)
        this.#listener.failed({ sequence, from: null, type: null, code: null, message })
      }
      this.#forget(timeoutSeconds)
    }
    const last = lastStartedAt + timeoutSeconds * 1000
    while (this.#isWaiting && performance.now() < last) {
      const settled = new Promise<void>((resolve) => {
        this.#settled = resolve
      })
      await Promise.race([settled, this.#until(Math.min(last, performance.now() + 50), signal)])
      this.#forget(timeoutSeconds)
    }
    this.#forget(timeoutSeconds)
  }

  get #isWaiting(): boolean {
    return [...this.#requests.values()].some(({ isOver }) => !isOver)
  }

  async #until(due: number, signal: AbortSignal): Promise<void> {
    await pause(Math.max(0, due - performance.now()), undefined, { signal })
  }

  /** Tells of those whose time is over, and drops what is so old that nothing comes any more. */
  #forget(timeoutSeconds: number): void {
    const now = performance.now()
    for (const [key, request] of this.#requests) {
      const age = now - request.startedAt
      if (!request.isOver && request.reply === null && age >= timeoutSeconds * 1000) {
        request.isOver = true
        this.#listener.timedOut(request.sequence)
      }
      // Late answers are told as what they are, for a while.
      if (age > 10 * timeoutSeconds * 1000) this.#requests.delete(key)
    }
    for (const [number, { startedAt }] of this.#numbers) {
      if (now - startedAt > 10 * timeoutSeconds * 1000) this.#numbers.delete(number)
    }
  }

  async #receiveReplies(signal: AbortSignal): Promise<never> {
    for (;;) {
      const reply = await this.#socket.receive(signal)
      const request = reply === null ? undefined : this.#requests.get(reply.sequence)
      if (reply === null || request === undefined) continue
      if (request.reply !== null) {
        this.statistics.duplicates++
        this.#tell(request, { reply, cameAt: performance.now() }, true)
        continue
      }
      request.reply = { reply, cameAt: performance.now() }
      if (request.sentAt !== null || this.#isKernelSilent || reply.time === null) this.#settle(request)
      else this.#settleSoon(request)
    }
  }

  // The answer may overtake the time of the request: both come by different queues.
  #settleSoon(request: Request): void {
    const grace = setTimeout(() => {
      this.#graces.delete(grace)
      if (request.sentAt !== null) return
      this.#isKernelSilent = true // A device that does not tell: do not wait for it again.
      this.#settle(request)
    }, GRACE_MILLISECONDS)
    this.#graces.add(grace)
  }

  #settle(request: Request): void {
    if (request.reply === null) return
    this.#tell(request, request.reply, false)
    request.isOver = true
    this.#settled()
  }

  #tell(request: Request, { reply, cameAt }: NonNullable<Request['reply']>, isDuplicate: boolean): void {
    const { kind, time, ...rest } = reply
    const isKernels = time !== null && request.sentAt !== null
    const milliseconds = isKernels ? Number(time - request.sentAt!) / 1e6 : cameAt - request.startedAt
    if (!isDuplicate) this.statistics.answered(milliseconds)
    const clock = isKernels ? 'kernel' : 'program'
    this.#listener.answered({ ...rest, sequence: request.sequence, milliseconds, clock, isDuplicate })
  }

  async #receiveErrors(signal: AbortSignal): Promise<never> {
    for (;;) {
      const event = await this.#socket.receiveError(signal)
      if (event?.kind === 'sent') this.#noteSent(event)
      if (event?.kind === 'error') this.#noteError(event)
    }
  }

  #noteSent({ number, time }: Extract<Event, { kind: 'sent' }>): void {
    const request = this.#numbers.get(number)
    if (request === undefined || request.sentAt !== null) return
    request.sentAt = time
    if (request.reply !== null && !request.isOver) this.#settle(request)
  }

  #noteError({ sequence, from, type, code, message }: Extract<Event, { kind: 'error' }>): void {
    const request = this.#requests.get(sequence)
    if (request === undefined) return
    this.statistics.errors++
    request.isOver = true
    this.#listener.failed({ sequence: request.sequence, from, type, code, message })
    this.#settled()
  }
}
