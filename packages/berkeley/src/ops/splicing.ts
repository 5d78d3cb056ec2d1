// Bytes on their way from one descriptor to another through a pipe, by splice(2). One machine, which two requests drive:
// `pull` in the source's queue of readers and `push` in the target's queue of writers. Both keep their places from the
// beginning to the end, so nobody else's bytes get between, and whatever ends one of them ends the splice.
//
// Rule 1: it works only once it is its turn at both ends. Splices take their places in both queues in the same run, so
//         all queues agree on who comes first, and no two wait for each other.
// Rule 2: the source is asked only while the pipe is empty. So -EAGAIN from there always means that the source has
//         nothing, never that the pipe is full; and -EAGAIN from the target, that the target is full. `waitsFor` keeps
//         which it was, and events of the other end are ignored: when this one is ready, the other is tried again anyway.
import { POLLERR, POLLHUP } from '../sys/constants.ts'
import { EAGAIN, EPIPE } from '../sys/errno.ts'
import { native } from '../sys/native.ts'
import type { Handle } from './handle.ts'
import { beginUse, closePipe, endUse, leavePipe, PIPE_SIZE, type Pipe, takePipe } from './pipes.ts'
import { eventsFor, pollOne } from './poll.ts'
import {
  type Direction,
  LONGEST_TURN,
  NOTHING,
  type Operation,
  operation,
  READ,
  Request,
  WRITE,
  YIELD,
} from './request.ts'

/** How far a `splice` has come, for whoever wants to look at it meanwhile or to go on after an error. */
export interface SpliceProgress {
  /** How many bytes the target has taken so far. */
  moved: number
  /** After a failure: the bytes that were taken from the source and that the target did not take. */
  leftover?: Buffer | undefined
}

/** One of the two ends. */
export interface End {
  readonly handle: Handle
  /** Whether it is non-blocking by itself. Anything else is asked before each call whether it would wait. */
  readonly isSocket: boolean
  /** Whether it is this splice's turn there. */
  turn: boolean
}

export class Splicing {
  readonly source: End
  readonly target: End
  readonly progress: SpliceProgress | null
  /** Of a driver that is told of everything that comes: while the target is full, each packet would wake it in vain. */
  listenToSource: ((on: 0 | 1) => void) | null = null
  /** How much is still to be taken from the source, Infinity for all there is. */
  #remaining: number
  #moved = 0
  #pipe: Pipe | null = null
  #inPipe = 0
  #waitsFor: Direction | null = null
  #deaf = false

  constructor(source: End, target: End, count: number, progress: SpliceProgress | null) {
    this.source = source
    this.target = target
    this.#remaining = count
    this.progress = progress
    beginUse()
  }

  /** What the last -EAGAIN was about. */
  get waitsFor(): Direction | null {
    return this.#waitsFor
  }

  /** Goes on, if what it waits for may have come: how much was moved in all, once it is done. */
  wake(direction: Direction): number {
    if (!this.source.turn || !this.target.turn) return -EAGAIN
    if (this.#waitsFor === null || this.#waitsFor === direction) return this.advance()
    if (direction === READ) this.#ignoreSource()
    // `drainable`: all events so far told of nothing but data.
    const worthAsking = direction === WRITE && !this.target.handle.drainable
    return worthAsking && this.targetIsGone() ? -EPIPE : -EAGAIN
  }

  advance(): number {
    const turn = this.#moved + LONGEST_TURN
    while (this.#moved < turn) {
      if (this.#inPipe === 0) {
        const taken = this.#remaining === 0 ? 0 : this.#pull()
        if (taken === 0) return this.#moved
        if (taken < 0) return taken
      }
      const sent = this.#push()
      if (sent < 0) return sent
    }
    this.#waitsFor = null
    return YIELD
  }

  #pull(): number {
    const { handle } = this.source
    if (wouldWait(this.source, READ)) return this.#wait(READ)
    if (this.#pipe === null) {
      const pipe = takePipe()
      if (typeof pipe === 'number') return pipe
      this.#pipe = pipe
    }
    const taken = native.splice(handle.fd, this.#pipe.writing, Math.min(this.#remaining, PIPE_SIZE))
    if (taken > 0) {
      this.#inPipe = taken
      this.#remaining -= taken
    }
    return taken === -EAGAIN ? this.#wait(READ) : taken
  }

  #push(): number {
    if (wouldWait(this.target, WRITE)) return this.#wait(WRITE)
    const sent = native.splice(this.#pipe!.reading, this.target.handle.fd, this.#inPipe)
    if (sent > 0) {
      this.#inPipe -= sent
      this.#moved += sent
      if (this.progress !== null) this.progress.moved = this.#moved
    }
    return sent === -EAGAIN ? this.#wait(WRITE) : sent
  }

  #wait(direction: Direction): number {
    this.#waitsFor = direction
    if (direction === READ) {
      this.#leaveEmptyPipe()
      this.#heedSource()
    }
    return -EAGAIN
  }

  /** Whether the target will never take anything more, which nobody would notice while the source has nothing. */
  targetIsGone(): boolean {
    const { handle, isSocket } = this.target
    // What a socket has in its error queue is no end; for a pipe POLLERR is what POLLHUP is for sockets.
    return (pollOne(handle.fd, 0, 0) & (isSocket ? POLLHUP : POLLHUP | POLLERR)) !== 0
  }

  /** To be called once, however it ended. */
  end(): void {
    this.#heedSource()
    const pipe = this.#pipe
    if (pipe !== null && this.#inPipe > 0) {
      if (this.progress !== null) this.progress.leftover = contentOf(pipe, this.#inPipe)
      closePipe(pipe)
    } else this.#leaveEmptyPipe()
    for (const { handle, isSocket } of [this.source, this.target]) if (!isSocket) native.close(handle.fd)
    endUse()
  }

  #ignoreSource(): void {
    if (this.#deaf || this.listenToSource === null) return
    this.#deaf = true
    this.listenToSource(0)
  }

  #heedSource(): void {
    if (this.#deaf) this.listenToSource!(1)
    this.#deaf = false
  }

  #leaveEmptyPipe(): void {
    if (this.#pipe !== null) leavePipe(this.#pipe)
    this.#pipe = null
  }
}

function wouldWait({ handle, isSocket }: End, direction: Direction): boolean {
  return !isSocket && pollOne(handle.fd, eventsFor(direction), 0) === 0
}

function contentOf(pipe: Pipe, length: number): Buffer {
  const content = Buffer.allocUnsafeSlow(length)
  let filled = 0
  while (filled < length) {
    const count = native.read(pipe.reading, content, filled, length - filled)
    if (count <= 0) break
    filled += count
  }
  return content.subarray(0, filled)
}

function driving(waits: Direction): Operation<number> {
  const attempt = (_handle: Handle, request: Request): number => {
    const splicing = request.target as Splicing
    const end = waits === READ ? splicing.source : splicing.target
    end.turn = true
    return splicing.wake(waits)
  }
  return operation({ name: 'splice', waits, attempt, result: (moved) => moved })
}

const pull = driving(READ)
const push = driving(WRITE)

/** The request that stands in the queue of one end. */
export function drivingRequest(
  splicing: Splicing,
  waits: Direction,
  signal: AbortSignal | null,
): Request<number> {
  const request = new Request(waits === READ ? pull : push, NOTHING, 0)
  request.target = splicing
  request.signal = signal
  return request
}
