// A switch at the border to the system: for a while, calls are denied, shortened or interrupted.
import assert from 'node:assert/strict'
import * as errno from '#sys/errno.js'
import { type Native, native } from '#sys/native.js'

type AnyCall = (...args: never[]) => unknown

/** The names of what can be called. */
export type CallName = { [Name in keyof Native]: Native[Name] extends AnyCall ? Name : never }[keyof Native]

/** The name of an error: `'EAGAIN'`. */
export type Code = Extract<keyof typeof errno, `E${string}`>

const numbers: Record<Code, number> = errno

/** Instead of a call: an error, or a function that gets the real call and has its arguments and result. */
export type Instead<Name extends CallName> = Code | ((real: Native[Name]) => Native[Name])

/** For each call that is switched: what the first ones do, before they are real again; or what all of them do. */
export type Faults = {
  readonly [Name in CallName]?: readonly Instead<Name>[] | Instead<Name>
}

/** Runs `body` with faults, and sees to it that all of them happened. */
export async function withFaults<Result>(
  faults: Faults,
  body: () => Result | Promise<Result>,
): Promise<Result> {
  const entries = Object.entries(faults) as [CallName, readonly Instead<CallName>[] | Instead<CallName>][]
  const calls = native as unknown as Record<CallName, AnyCall>
  const real = new Map(entries.map(([name]) => [name, calls[name]]))
  const unused = new Map<CallName, number>()
  for (const [name, instead] of entries) calls[name] = switched(name, instead, calls[name], unused)
  let result: Result
  try {
    result = await body()
  } finally {
    for (const [name, call] of real) calls[name] = call
  }
  const never = [...unused].filter(([, count]) => count > 0).map(([name]) => name)
  assert.deepEqual(never, [], 'faults that did not happen')
  return result
}

function switched(name: CallName, instead: unknown, real: AnyCall, unused: Map<CallName, number>): AnyCall {
  const first = Array.isArray(instead) ? [...instead] : null
  unused.set(name, first === null ? 1 : first.length)
  return (...args: never[]) => {
    if (first !== null && first.length === 0) return real(...args)
    const now: unknown = first === null ? instead : first.shift()
    unused.set(name, first === null ? 0 : first.length)
    return typeof now === 'string'
      ? -numbers[now as Code]
      : (now as (real: AnyCall) => AnyCall)(real)(...args)
  }
}

/** Only one byte of those that could be moved. */
export const oneByte =
  (real: Native['recv']): Native['recv'] =>
  (fd, bytes, offset, length, flags) =>
    real(fd, bytes, offset, Math.min(length, 1), flags)
