// An epoll descriptor, the events that it tells, and waiting for them.
//
// - An epoll descriptor is itself readable while something in it is ready, so that both drivers wait for it as for a
//   socket. The event loop's own set has it edge-triggered: an edge comes with every event of what is in it, and
//   what stays ready without a further event is found by the attempt that goes before each wait.
// - Whether an event comes again (level-triggered), once for each change (EPOLLET) or not until `modify` (EPOLLONESHOT) is
//   the kernel's doing alone: what an attempt has fetched is always given to the caller.
import { osError } from '../core/errors.ts'
import { Handle } from '../ops/handle.ts'
import { NOTHING, type Operation, operation, READ, Request } from '../ops/request.ts'
import { EAGAIN } from '../sys/errno.ts'
import { layout } from '../sys/layout.ts'
import { native } from '../sys/native.ts'

/** A descriptor, and what happened to it: `POLLIN | …`, `EPOLLIN | …`. */
export type Event = [fd: number, events: number]

/** An epoll descriptor is no socket. */
const NO_SOCKET = { family: 0, type: 0, proto: 0 }

export function handleOf(epoll: number): Handle {
  return new Handle(epoll, NO_SOCKET)
}

export function openEpoll(syscall: string): Handle {
  const fd = native.epoll_create()
  if (fd < 0) throw osError(fd, syscall)
  return handleOf(fd)
}

// ---- an array of struct epoll_event ---------------------------------------------------------------------------------

const { size, events: eventsAt, data: dataAt } = layout.epoll_event

/** The most that are fetched at once, so that a wish for millions does not cost their memory. */
export const MOST = 65536

/** Shared by all: what is fetched is taken in the same run. */
let memory = new Uint8Array(0)
let words = new Uint32Array(0)

/** How many events there are, at most `count`: they are in the shared memory then. 0 if there are none, or -errno. */
export function fetch(epoll: number, count: number): number {
  if (memory.length < count * size) {
    memory = new Uint8Array(count * size)
    words = new Uint32Array(memory.buffer)
  }
  return native.epoll_wait(epoll, memory, count)
}

function takeEvents(count: number): Event[] {
  return Array.from({ length: count }, (_, index) => {
    const start = index * size
    return [words[(start + dataAt) / 4]!, words[(start + eventsAt) / 4]!]
  })
}

// ---- the wait -------------------------------------------------------------------------------------------------------

const fetching: Operation<Event[]> = operation({
  name: 'poll',
  waits: READ,
  attempt: ({ fd }, { length }) => fetch(fd, length) || -EAGAIN,
  result: takeEvents,
  // Nothing came in time: that is no error.
  salvage: (_request, ending) => (ending === 'aborted' ? -1 : 0),
})

/** Waits until there are events, and fetches at most `most`. */
export function fetchRequest(most: number): Request<Event[]> {
  return new Request(fetching, NOTHING, Math.min(most, MOST))
}
