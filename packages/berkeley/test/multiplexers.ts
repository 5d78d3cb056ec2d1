// select, poll, epoll and the selectors in both forms with one type, and calls of them that have to wait: in the blocking
// form on a thread of its own (multiplexing-thread.ts), so that the test goes on.
import { setImmediate as turn } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { close, dup } from 'berkeley'
import * as blockingSelect from 'berkeley/blocking/select'
import * as blockingSelectors from 'berkeley/blocking/selectors'
import * as promisesSelect from 'berkeley/select'
import * as promisesSelectors from 'berkeley/selectors'

export type SelectLibrary = typeof promisesSelect
export type SelectorsLibrary = typeof promisesSelectors

export interface Form {
  readonly name: 'async' | 'blocking'
  readonly select: SelectLibrary
  readonly selectors: SelectorsLibrary
}

export const async_: Form = { name: 'async', select: promisesSelect, selectors: promisesSelectors }
export const blocking: Form = {
  name: 'blocking',
  select: blockingSelect as unknown as SelectLibrary,
  selectors: blockingSelectors as unknown as SelectorsLibrary,
}
export const forms: readonly Form[] = [async_, blocking]

export const selectorNames = ['SelectSelector', 'PollSelector', 'EpollSelector'] as const

type Pair = [fd: number, events: number]

/** What may have to wait, with arguments and results that can be sent to a thread. */
export const calls = {
  select: ({ select }: Form, r: number[], w: number[], x: number[], timeout: number | null) =>
    select.select(r, w, x, timeout),

  async poll({ select }: Form, pairs: Pair[], timeout: number | null) {
    const poller = select.poll()
    for (const [fd, events] of pairs) poller.register(fd, events)
    return poller.poll(timeout)
  },

  /** With a descriptor of its own for the same epoll set, since the other thread owns the one that is given. */
  async epoll({ select }: Form, epoll: number, timeout: number | null, maxevents = -1) {
    using poller = select.epoll.fromfd(dup(epoll))
    return await poller.poll(timeout, maxevents)
  },

  async selector(
    { selectors }: Form,
    name: (typeof selectorNames)[number],
    pairs: Pair[],
    timeout: number | null,
  ) {
    using selector = new selectors[name]()
    for (const [fd, events] of pairs) selector.register(fd, events)
    return (await selector.select(timeout)).map(([{ fd }, events]) => [fd, events])
  },
}

export interface Pending {
  /** Fulfilled once the call waits. */
  readonly waiting: Promise<void>
  readonly result: Promise<unknown>
}

type Call = typeof calls
type ArgumentsOf<Name extends keyof Call> = Call[Name] extends (form: Form, ...args: infer Args) => unknown
  ? Args
  : never

let thread: Worker | undefined

/** Started before the first test, since a thread has descriptors of its own. */
export async function startThread(): Promise<void> {
  thread = new Worker(new URL('./multiplexing-thread.js', import.meta.url))
  await new Promise((resolve, reject) => thread!.once('message', resolve).once('error', reject))
  thread.unref()
}

export async function stopThread(): Promise<void> {
  await thread?.terminate()
}

/** Begins a call that has to wait. */
export function begin<Name extends keyof Call>(form: Form, name: Name, ...args: ArgumentsOf<Name>): Pending {
  const pending = form.name === 'async' ? beginHere(form, name, args) : beginOnThread(name, args)
  for (const promise of Object.values(pending)) promise.catch(() => {})
  return pending
}

function beginHere(form: Form, name: keyof Call, args: unknown[]): Pending {
  let over = false
  const result = (calls[name] as (...args: unknown[]) => Promise<unknown>)(form, ...args).finally(() => {
    over = true
  })
  const waiting = turn().then(() => {
    if (over) throw new Error(`${name} did not have to wait`)
  })
  return { waiting, result }
}

export type Answer = { kind: 'waiting' } | { kind: 'value'; value: unknown } | { kind: 'error'; code: string }

function beginOnThread(name: keyof Call, args: unknown[]): Pending {
  const worker = thread!
  worker.ref()
  const { promise: waiting, ...wait } = withResolvers<void>()
  const { promise: result, ...end } = withResolvers<unknown>()
  worker.on('message', function hear(answer: Answer) {
    if (answer.kind === 'waiting') return wait.resolve()
    worker.off('message', hear).unref()
    wait.reject(new Error(`${name} did not have to wait`))
    if (answer.kind === 'error') end.reject(Object.assign(new Error(answer.code), answer))
    else end.resolve(answer.value)
  })
  worker.postMessage({ name, args })
  return { waiting, result }
}

function withResolvers<Value>() {
  let resolve = (_value: Value): void => {}
  let reject = (_reason: unknown): void => {}
  const promise = new Promise<Value>((yes, no) => {
    resolve = yes
    reject = no
  })
  return { promise, resolve, reject }
}

/** A descriptor with a number above any FD_SETSIZE, for the same open file. */
export function highDescriptor(fd: number, above: number): { fd: number; close(): void } {
  const opened: number[] = []
  do opened.push(dup(fd))
  while (opened.at(-1)! <= above)
  const high = opened.pop()!
  for (const low of opened) close(low)
  return { fd: high, close: () => close(high) }
}
