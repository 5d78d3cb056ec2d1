// poll(2) over arrays of struct pollfd, whose layout the compiler told.
import { POLLIN, POLLOUT } from '../sys/constants.ts'
import { layout } from '../sys/layout.ts'
import { native } from '../sys/native.ts'
import { type Direction, READ } from './request.ts'

const { size, fd: fdAt, events: eventsAt, revents: reventsAt } = layout.pollfd

/** An array of struct pollfd. */
export class PollSet {
  readonly bytes: Uint8Array
  readonly #ints: Int32Array
  readonly #shorts: Int16Array

  constructor(capacity: number) {
    const memory = new ArrayBuffer(capacity * size)
    this.bytes = new Uint8Array(memory)
    this.#ints = new Int32Array(memory)
    this.#shorts = new Int16Array(memory)
  }

  set(index: number, fd: number, events: number): void {
    this.#ints[(index * size + fdAt) / 4] = fd
    this.#shorts[(index * size + eventsAt) / 2] = events
  }

  /** What came of the last poll. */
  revents(index: number): number {
    return this.#shorts[(index * size + reventsAt) / 2]!
  }

  /** Waits at most `milliseconds` for one of the first `count`: how many are ready, or -errno. */
  poll(count: number, milliseconds: number): number {
    return native.poll(this.bytes, count, milliseconds)
  }
}

const single = new PollSet(1)

export function eventsFor(direction: Direction): number {
  return direction === READ ? POLLIN : POLLOUT
}

/** Waits at most `milliseconds` for `events` on `fd`: the events that came, 0 for none, or -errno. */
export function pollOne(fd: number, events: number, milliseconds: number): number {
  single.set(0, fd, events)
  const count = single.poll(1, milliseconds)
  return count > 0 ? single.revents(0) : count
}
