// One direction of a file: an operation after the other, in the order of the calls.
// An operation that has to wait keeps its turn until it is done, so that two readers never get parts of one line. One
// that fails passes the turn on like any other.

import { wrongType } from '../core/errors.ts'
import type { Form, Waiting } from '../core/form.ts'
import type { Steps } from '../ops/steps.ts'
import { runAsync, runBlocking } from '../wait/steps.ts'
import type { Call } from './wire.ts'

/** Says that there is no result without waiting. */
export const LATER: unique symbol = Symbol('later')

/** What a method of a file does: at once if it can, in steps otherwise. */
export interface Work<Result> {
  readonly call: Call
  /** The result, if it needs no waiting. */
  now?(): Result | typeof LATER
  steps(): Steps<Result>
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
  readonly #queue: (() => void)[] = []

  take<Result>(plan: () => Work<Result>): Promise<Result> {
    try {
      const work = plan()
      work.call.signal?.throwIfAborted()
      const result = work.now && !this.isBusy ? work.now() : LATER
      return result === LATER ? this.#inTurn(work) : Promise.resolve(result)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  async #inTurn<Result>(work: Work<Result>): Promise<Result> {
    if (this.isBusy) await this.#turn(work.call.signal)
    this.isBusy = true
    try {
      return await runAsync(work.steps(), work.call.signal)
    } finally {
      this.#passOn()
    }
  }

  // It stays busy meanwhile: nobody comes in between.
  #passOn(): void {
    const next = this.#queue.shift()
    if (next === undefined) this.isBusy = false
    else next()
  }

  #turn(signal: AbortSignal | null): Promise<void> {
    return new Promise((resolve, reject) => {
      const begin = (): void => {
        signal?.removeEventListener('abort', giveUp)
        resolve()
      }
      const giveUp = (): void => {
        this.#queue.splice(this.#queue.indexOf(begin), 1)
        reject(signal?.reason)
      }
      this.#queue.push(begin)
      signal?.addEventListener('abort', giveUp, { once: true })
    })
  }
}
