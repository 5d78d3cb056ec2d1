// One direction of a file: an operation after the other, in the order of the calls.
// An operation that has to wait keeps its turn until it is done, so that two readers never get parts of one line. One
// that fails passes the turn on like any other.

import { wrongType } from '../core/errors.ts'
import type { Form, Waiting } from '../core/form.ts'
import type { Steps } from '../ops/steps.ts'
import { runAsync, runBlocking } from '../wait/steps.ts'
import type { Call } from './call.ts'

/** Says that there is no result without waiting. */
export const LATER: unique symbol = Symbol('later')

/** What a method of a file does: at once if it can, in steps otherwise. */
export interface Work<Result> {
  readonly call: Call
  /** The result, if it needs no waiting. */
  readonly now?: () => Result | typeof LATER
  readonly steps: () => Steps<Result>
}

export interface Turns<F extends Form> {
  /** Whether something is under way. */
  readonly isBusy: boolean
  /** Does what `plan` says, which checks the arguments first: errors of all kinds come out of one door. */
  take<Result>(plan: () => Work<Result>): Waiting<F, Result>
}

export class BlockingTurns implements Turns<'blocking'> {
  readonly isBusy = false

  take<Result>(plan: () => Work<Result>): Result {
    const work = plan()
    const { name, signal } = work.call
    if (signal !== null) throw wrongType(name, 'signal', 'left out of a blocking call', signal)
    const result = work.now ? work.now() : LATER
    return result === LATER ? runBlocking(work.steps()) : result
  }
}

export class AsyncTurns implements Turns<'async'> {
  isBusy = false
  /** Who comes next, and after that; made when somebody has to wait for the first time. */
  #queue: (() => void)[] | null = null

  take<Result>(plan: () => Work<Result>): Promise<Result> {
    try {
      const { call, now, steps } = plan()
      call.signal?.throwIfAborted()
      if (this.isBusy) return this.#runLater(steps, call.signal)
      const result = now ? now() : LATER
      return result === LATER ? this.#run(steps(), call.signal) : Promise.resolve(result)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  #run<Result>(steps: Steps<Result>, signal: AbortSignal | null): Promise<Result> {
    this.isBusy = true
    return runAsync(this.#thenPassOn(steps), signal)
  }

  // A generator around a generator is a quarter of what another async function would cost an idle connection.
  *#thenPassOn<Result>(steps: Steps<Result>): Steps<Result> {
    try {
      return yield* steps
    } finally {
      this.#passOn()
    }
  }

  async #runLater<Result>(steps: () => Steps<Result>, signal: AbortSignal | null): Promise<Result> {
    await this.#turn(signal)
    return this.#run(steps(), signal)
  }

  // It stays busy meanwhile: nobody comes in between.
  #passOn(): void {
    const next = this.#queue?.shift()
    if (next === undefined) this.isBusy = false
    else next()
  }

  #turn(signal: AbortSignal | null): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#queue ??= []
      const queue = this.#queue
      const begin = (): void => {
        signal?.removeEventListener('abort', giveUp)
        resolve()
      }
      const giveUp = (): void => {
        queue.splice(queue.indexOf(begin), 1)
        reject(signal?.reason)
      }
      queue.push(begin)
      signal?.addEventListener('abort', giveUp, { once: true })
    })
  }
}
