// A bounded pool of worker threads, each of which makes one blocking call at a time; and the calls, which can
// be canceled.
import { Worker } from 'node:worker_threads'

const MOST_WORKERS = 32
const READY_WORKERS = 2

export class Pool {
  #idle = []
  #queue = []
  #size = 0
  #module

  constructor(module) {
    this.#module = module
    while (this.#size < READY_WORKERS) this.#idle.push(this.#start())
  }

  run(call) {
    const worker = this.#idle.pop() ?? (this.#size < MOST_WORKERS ? this.#start() : null)
    if (worker === null) this.#queue.push(call)
    else this.#give(worker, call)
  }

  /**
   * Ends a call: its worker ends, and with it the worker's duplicate of the descriptor. An answer that was on
   * its way is delivered while the worker ends, so what was done is not reported as canceled.
   */
  async cancel(call) {
    if (call.take()) call.unused()
    else if (call.worker !== null) {
      const { worker } = call
      call.worker = null
      this.#size--
      await worker.terminate()
      this.#next()
    }
    call.end(null)
  }

  #start() {
    this.#size++
    return new Worker(this.#module)
  }

  #give(worker, call) {
    call.worker = worker
    worker.once('message', (answer) => {
      call.end(answer)
      if (call.worker === null) return // It is being ended.
      call.worker = null
      this.#idle.push(worker)
      this.#next()
    })
    worker.postMessage(call.message)
  }

  #next() {
    if (this.#queue.length > 0) this.run(this.#queue.shift())
  }
}

/** Who comes first: the worker that begins a call, or the thread that takes it back. */
export function take(taken) {
  return Atomics.exchange(taken, 0, 1) === 0
}

/** A call on its way. `finish` is called once, with the worker's answer, or `null` if it was canceled. */
export class Call {
  static underWay = new Set()
  worker = null
  #finish

  constructor(request, target, message, finish) {
    this.request = request
    this.target = target
    this.message = { ...message, request, target }
    this.#finish = finish
    Call.underWay.add(this)
  }

  take() {
    return take(this.target.taken)
  }

  end(answer) {
    if (Call.underWay.delete(this)) this.#finish(answer)
  }
}
