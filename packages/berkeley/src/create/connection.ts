// createConnection: all the addresses of a host, in a race (RFC 8305, "Happy Eyeballs"): the next attempt starts when
// the last one has failed or has not succeeded within the delay, the families take turns, the first to connect wins.
import { configure, newHandle } from '../base-socket.ts'
import { codecForName, encodeAddress } from '../core/address/index.ts'
import { boolean, seconds } from '../core/arguments.ts'
import { deadlineAfter, NEVER, remaining } from '../core/deadline.ts'
import { osError, timedOut, wrongType } from '../core/errors.ts'
import { shown } from '../core/printable.ts'
import { getdefaulttimeout } from '../core/timeout.ts'
import { getaddrinfo } from '../netdb/lookups.ts'
import { connect } from '../ops/attempts.ts'
import type { Handle } from '../ops/handle.ts'
import { NOTHING, Request } from '../ops/request.ts'
import { race, type Steps } from '../ops/steps.ts'
import { resolveBlocking } from '../resolve.ts'
import { AF_UNSPEC, SOCK_STREAM } from '../sys/constants.ts'
import { EAGAIN } from '../sys/errno.ts'
import { native } from '../sys/native.ts'
import { finish } from '../wait/closing.ts'
import { failure } from '../wait/ending.ts'

/** One of the addresses that getaddrinfo found. */
interface Candidate {
  readonly family: number
  readonly type: number
  readonly proto: number
  readonly address: unknown
}

/** How `createConnection` connects. */
export interface ConnectionOptions {
  /** Seconds for all of it, name lookup included; it also becomes the time limit of the socket. By default the one of
   * `setdefaulttimeout`. */
  readonly timeout?: number | null | undefined
  /** The socket's own address, to connect from. */
  readonly sourceAddress?: readonly [host: string, port: number] | undefined
  /** Whether to throw an AggregateError with all errors instead of the last one. */
  readonly allErrors?: boolean
  /** Seconds before the next address is tried although the last has not failed; 0.25 by default. */
  readonly happyEyeballsDelay?: number | undefined
}

const HAPPY_EYEBALLS_DELAY = 0.25
const CALL = 'createConnection'

/** The handle of a connected socket, for the class of either form. */
export function* createConnection(address: unknown, options: ConnectionOptions = {}): Steps<Handle> {
  if (!Array.isArray(address) || address.length !== 2)
    throw wrongType(CALL, 'address', '[host, port]', address)
  if (typeof options !== 'object' || options === null) throw wrongType(CALL, 'options', 'an object', options)
  const { timeout = getdefaulttimeout(), sourceAddress, allErrors = false, happyEyeballsDelay } = options
  const limit = seconds(CALL, 'timeout', timeout)
  const deadline = deadlineAfter(limit)
  const delay = seconds(CALL, 'happyEyeballsDelay', happyEyeballsDelay ?? HAPPY_EYEBALLS_DELAY)
  const mustTellAll = boolean(CALL, 'allErrors', allErrors)

  const [host, port] = address
  const found = yield* within(deadline, getaddrinfo(host, port, AF_UNSPEC, SOCK_STREAM))
  const candidates = found.map(([family, type, proto, , sockaddr]) => ({
    family,
    type,
    proto,
    address: sockaddr,
  }))
  const errors: unknown[] = []
  const winner = yield* firstToConnect(candidates, { sourceAddress, deadline, delay }, errors)
  if (winner !== null) {
    winner.timeout = limit
    return winner
  }
  if (!mustTellAll) throw errors.at(-1)
  throw new AggregateError(
    errors,
    `${CALL}: none of ${errors.length} addresses of ${shown(host)} could be reached`,
  )
}

/** Steps that wait for one thing at a time, each with what is left until the deadline as its time limit. */
function* within<Result>(deadline: number, steps: Steps<Result>): Steps<Result> {
  let next = steps.next()
  while (!next.done) {
    if ('request' in next.value)
      next.value.handle.timeout = deadline === NEVER ? null : remaining(deadline) / 1000
    try {
      next = steps.next(yield next.value)
    } catch (error) {
      next = steps.throw(error)
    }
  }
  return next.value
}

interface RaceOptions {
  readonly sourceAddress: unknown
  /** Milliseconds of the monotonic clock. */
  readonly deadline: number
  readonly delay: number | null
}

interface Attempt {
  readonly handle: Handle
  readonly request: Request<void>
}

/** The first candidate to connect; or `null`, and `errors` has one for each that failed, in the order of failing. */
function* firstToConnect(
  candidates: readonly Candidate[],
  options: RaceOptions,
  errors: unknown[],
): Steps<Handle | null> {
  const waiting = takingTurns(candidates)
  const underway = new Set<Attempt>()
  let nextStart = 0
  try {
    for (;;) {
      const now = performance.now()
      if (now >= options.deadline) throw timedOut(CALL)
      if (waiting.length > 0 && (underway.size === 0 || now >= nextStart)) {
        begin(waiting.shift()!, options, underway, errors)
        nextStart = deadlineAfter(options.delay)
      } else if (underway.size > 0) {
        const next = waiting.length > 0 ? nextStart : NEVER
        yield* race(
          [...underway].map(({ handle }) => handle),
          Math.min(options.deadline, next),
        )
      } else return null
      const failed = errors.length
      const winner = takeWinner(underway, errors)
      if (winner !== null) return winner
      if (errors.length > failed) nextStart = 0
    }
  } finally {
    for (const { handle } of underway) finish(handle)
  }
}

/** The order of getaddrinfo (RFC 6724), but with the families in turns, beginning with that of the first. */
function takingTurns(candidates: readonly Candidate[]): Candidate[] {
  const first = candidates.filter(({ family }) => family === candidates[0]?.family)
  const others = candidates.filter(({ family }) => family !== candidates[0]?.family)
  const turns: Candidate[] = []
  for (let i = 0; i < Math.max(first.length, others.length); i++)
    turns.push(...first.slice(i, i + 1), ...others.slice(i, i + 1))
  return turns
}

function begin(candidate: Candidate, options: RaceOptions, underway: Set<Attempt>, errors: unknown[]): void {
  const { family, type, proto, address } = candidate
  let handle: Handle | null = null
  try {
    handle = configure(newHandle(family, type, proto, openDescriptor))
    handle.timeout = null // It is the race that has a deadline.
    if (options.sourceAddress !== undefined) bind(handle, options.sourceAddress)
    const request = new Request(connect, NOTHING, 0)
    request.target = address
    underway.add({ handle, request })
  } catch (error) {
    if (handle !== null) finish(handle)
    errors.push(error)
  }
}

/** Looks at all that are under way: who has connected wins, who has failed is out. */
function takeWinner(underway: Set<Attempt>, errors: unknown[]): Handle | null {
  for (const attempt of underway) {
    const { handle, request } = attempt
    const value = connect.attempt(handle, request)
    if (value === -EAGAIN) continue
    underway.delete(attempt)
    if (value >= 0) return handle
    finish(handle)
    errors.push(failure(handle, request, value))
  }
  return null
}

function openDescriptor(family: number, type: number, proto: number): number {
  const fd = native.socket(family, type, proto)
  if (fd < 0) throw osError(fd, 'socket')
  return fd
}

function bind(handle: Handle, source: unknown): void {
  const numeric = codecForName(handle.family, source) ? resolveBlocking(handle, source, 'bind') : source
  const result = native.bind(handle.fd, encodeAddress(handle, numeric, native.address, 'bind'))
  if (result < 0) throw osError(result, 'bind', source, handle.family)
}
