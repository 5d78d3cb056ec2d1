// What selectors wait with: select, poll or epoll. Each is told what is registered, and gives what is ready, as descriptors
// with EVENT_READ and EVENT_WRITE.
import { OSError } from '../core/error-classes.ts'
import type { Handle } from '../ops/handle.ts'
import type { Steps } from '../ops/steps.ts'
import { BaseEpoll, epollWait, newEpoll } from '../select/epoll.ts'
import type { Event } from '../select/events.ts'
import { awaitEvents } from '../select/poll.ts'
import { selectNumbers } from '../select/select.ts'
import { EPOLLIN, EPOLLOUT } from '../sys/constants.ts'
import { endWaiting } from '../wait/ready.ts'

/** EVENT_READ - wait until there is something to read */
export const EVENT_READ = 1
/** EVENT_WRITE - wait until there is room to write */
export const EVENT_WRITE = 2

export interface Mechanism {
  register(fd: number, events: number): void
  modify(fd: number, events: number): void
  unregister(fd: number): void
  /** Waits for `limit` seconds at most; may leave out what goes beyond `most`. */
  wait(limit: number | null, most: number): Steps<Event[]>
  close(): void
}

/** Remembers what is registered, and asks for all of it each time. */
abstract class Remembering implements Mechanism {
  protected readonly events = new Map<number, number>()
  protected readonly waiting = new Set<Handle>()

  register(fd: number, events: number): void {
    this.events.set(fd, events)
  }

  modify(fd: number, events: number): void {
    this.events.set(fd, events)
  }

  unregister(fd: number): void {
    this.events.delete(fd)
  }

  close(): void {
    this.events.clear()
    for (const handle of this.waiting) endWaiting(handle)
  }

  abstract wait(limit: number | null): Steps<Event[]>
}

export class Select extends Remembering {
  override *wait(limit: number | null): Steps<Event[]> {
    const [readable, writable] = yield* selectNumbers([this.#of(EVENT_READ), this.#of(EVENT_WRITE)], {
      limit,
      waiting: this.waiting,
    })
    return [...new Set([...readable!, ...writable!])].map((fd) => [
      fd,
      (readable!.has(fd) ? EVENT_READ : 0) | (writable!.has(fd) ? EVENT_WRITE : 0),
    ])
  }

  #of(event: number): number[] {
    return [...this.events].flatMap(([fd, events]) => (events & event ? [fd] : []))
  }
}

export class Poll extends Remembering {
  override *wait(limit: number | null): Steps<Event[]> {
    const interests = new Map([...this.events].map(([fd, events]) => [fd, asked(events)]))
    return (yield* awaitEvents('select', interests, { limit, waiting: this.waiting })).map(answered)
  }
}

/** The epoll object without a form: whose `poll` is not called. */
class Watched extends BaseEpoll {}

export class Epoll implements Mechanism {
  readonly #epoll = new Watched(newEpoll())

  fileno(): number {
    return this.#epoll.fileno()
  }

  register(fd: number, events: number): void {
    this.#epoll.register(fd, asked(events))
  }

  modify(fd: number, events: number): void {
    this.#epoll.modify(fd, asked(events))
  }

  unregister(fd: number): void {
    try {
      this.#epoll.unregister(fd)
    } catch (error) {
      // It may have been closed since it was registered, and so have left by itself.
      if (!(error instanceof OSError)) throw error
    }
  }

  *wait(limit: number | null, most: number): Steps<Event[]> {
    return (yield* epollWait(this.#epoll, limit, most)).map(answered)
  }

  close(): void {
    this.#epoll.close()
  }
}

// The events that poll and epoll ask for and tell are the same numbers.
function asked(events: number): number {
  return (events & EVENT_READ ? EPOLLIN : 0) | (events & EVENT_WRITE ? EPOLLOUT : 0)
}

// Whatever is not the one means the other: an error or a hang-up means both.
function answered([fd, happened]: Event): Event {
  return [fd, (happened & ~EPOLLOUT ? EVENT_READ : 0) | (happened & ~EPOLLIN ? EVENT_WRITE : 0)]
}
