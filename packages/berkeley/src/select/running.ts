// How the promise form runs steps: with options as the last argument, and with fairness.
import { wrongType } from '../core/errors.ts'
import type { Steps } from '../ops/steps.ts'
import { runAsync } from '../wait/steps.ts'

/** The last argument of what waits. */
export interface SignalOptions {
  /** Gives up: the call rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

/** Who is always ready, or asks without waiting, must not own the loop: one call of so many takes a turn of it. */
const FAIR = 32
let calls = 0

/** Begins with the arguments that were given, of which the last may be options. */
export async function run<Result>(
  syscall: string,
  args: unknown[],
  begin: (...args: never[]) => Steps<Result>,
): Promise<Result> {
  const { signal = null } = isOptions(args.at(-1)) ? (args.pop() as SignalOptions) : {}
  if (signal !== null && !(signal instanceof AbortSignal)) {
    throw wrongType(syscall, 'signal', 'an AbortSignal', signal)
  }
  signal?.throwIfAborted()
  const result = await runAsync(begin(...(args as never[])), signal)
  calls += 1
  if (calls % FAIR === 0) await new Promise(setImmediate)
  return result
}

// A list of descriptors is an object as well.
function isOptions(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !(Symbol.iterator in value)
}
