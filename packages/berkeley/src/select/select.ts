// select: three lists of descriptors, of which those that are ready come back. Over poll(2), so that descriptors above 1023
// (FD_SETSIZE) are as good as others. The two forms are in async.ts and blocking.ts.
import { list } from '../core/arguments.ts'
import { type Descriptor, descriptorOf } from '../core/descriptor.ts'
import { osError } from '../core/errors.ts'
import type { Steps } from '../ops/steps.ts'
import {
  POLLERR,
  POLLHUP,
  POLLIN,
  POLLNVAL,
  POLLOUT,
  POLLPRI,
  POLLRDBAND,
  POLLRDNORM,
  POLLWRBAND,
  POLLWRNORM,
} from '../sys/constants.ts'
import { EBADF } from '../sys/errno.ts'
import { timeLimit } from './limit.ts'
import { awaitEvents, type Wait } from './poll.ts'

/** What each list waits for, and which events make its descriptors ready: man 2 select, "Correspondence". */
const lists = [
  { parameter: 'rlist', asks: POLLIN | POLLRDNORM | POLLRDBAND, also: POLLHUP | POLLERR },
  { parameter: 'wlist', asks: POLLOUT | POLLWRNORM | POLLWRBAND, also: POLLERR },
  { parameter: 'xlist', asks: POLLPRI, also: 0 },
] as const

/** The elements of the three lists that are ready. */
export type Selected<R, W, X> = [r: R[], w: W[], x: X[]]

// A descriptor that has hung up ends no wait for room, nor for urgent data, although poll(2) tells of it.
function matters(interest: number, happened: number): boolean {
  if (happened & POLLNVAL) return true
  return lists.some(({ asks, also }) => (interest & asks) === asks && (happened & (asks | also)) !== 0)
}

export function* select<R extends Descriptor, W extends Descriptor, X extends Descriptor>(
  rlist: Iterable<R>,
  wlist: Iterable<W>,
  xlist: Iterable<X>,
  timeout: unknown,
): Steps<Selected<R, W, X>> {
  const [r, w, x] = [numbered('rlist', rlist), numbered('wlist', wlist), numbered('xlist', xlist)]
  const limit = timeLimit('select', 'seconds', timeout)
  const ready = yield* selectNumbers([r, w, x].map(numbersOf), { limit })
  return [elements(r, ready[0]!), elements(w, ready[1]!), elements(x, ready[2]!)]
}

/** The same over numbers, for three lists: which of each are ready. */
export function* selectNumbers(
  wanted: readonly Iterable<number>[],
  wait: Pick<Wait, 'limit' | 'waiting'>,
): Steps<Set<number>[]> {
  const interests = new Map<number, number>()
  lists.forEach(({ asks }, index) => {
    for (const fd of wanted[index] ?? []) interests.set(fd, (interests.get(fd) ?? 0) | asks)
  })
  const events = yield* awaitEvents('select', interests, { ...wait, matters })
  if (events.some(([, happened]) => happened & POLLNVAL)) throw osError(-EBADF, 'select')
  return lists.map(({ asks, also }) => {
    const ready = events.filter(
      ([fd, happened]) => (interests.get(fd)! & asks) === asks && happened & (asks | also),
    )
    return new Set(ready.map(([fd]) => fd))
  })
}

interface Numbered<Element> {
  readonly value: Element
  readonly fd: number
}

function numbered<Element>(parameter: string, elements: Iterable<Element>): Numbered<Element>[] {
  const values = list('select', parameter, 'a list of descriptors', elements) as Element[]
  return values.map((value) => ({ value, fd: descriptorOf('select', parameter, value) }))
}

function numbersOf(list: readonly Numbered<unknown>[]): number[] {
  return list.map(({ fd }) => fd)
}

function elements<Element>(list: readonly Numbered<Element>[], ready: ReadonlySet<number>): Element[] {
  return list.filter(({ fd }) => ready.has(fd)).map(({ value }) => value)
}
