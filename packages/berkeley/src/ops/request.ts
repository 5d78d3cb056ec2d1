// One operation under way: its arguments, its progress, and, while it waits, its place in the queue.
// All operations share this one shape, so that the drivers stay monomorphic and a wait costs no further object.
import type { Handle } from './handle.ts'

export const READ = 1
export const WRITE = 2
export type Direction = typeof READ | typeof WRITE

/** An attempt's answer when it could not go on and the kernel will not say when it can: ask again after a while. */
export const NO_EVENT = -0x7fffffff

/** How long "a while" is, in milliseconds. */
export const NO_EVENT_PAUSE = 5

/** An attempt's answer when it could go on at once but has moved so much that others should have a turn first. */
export const YIELD = -0x7ffffffe

/** How much that is, in bytes: some milliseconds' work for the kernel. */
export const LONGEST_TURN = 8 * 1024 * 1024

/** Why a request ended without a result: it must not wait, it waited long enough, or its signal was aborted. */
export type Ending = 'would block' | 'timed out' | 'aborted'

/** One row of the table in attempts.ts: what is tried, what it waits for, and what its caller gets. */
export interface Operation<Result> {
  /** As the user calls it; the `syscall` of its errors. */
  readonly name: string
  readonly waits: Direction
  /** Whether `target` is an address that an error should tell. */
  readonly addressed: boolean
  /** One try: a result >= 0, -EAGAIN to wait for `waits`, NO_EVENT, YIELD, or another -errno. Never waits. */
  readonly attempt: (handle: Handle, request: Request) => number
  /** What the caller gets. Runs in the same turn as the attempt, since scratch memory is shared. */
  readonly result: (value: number, handle: Handle, request: Request) => Result
  /** The value to end with after all, since part was done that must not be lost; or -1. */
  readonly salvage: ((request: Request, ending: Ending) => number) | null
}

/** A row as it is written. All become objects of one shape, since the drivers read them at every operation. */
export function operation<Result>({
  name,
  waits,
  attempt,
  result,
  addressed = false,
  salvage = null,
}: Pick<Operation<Result>, 'name' | 'waits' | 'attempt' | 'result'> &
  Partial<Operation<Result>>): Operation<Result> {
  return { name, waits, addressed, attempt, result, salvage }
}

/** What a message has beside an address. */
export interface Message {
  /** Where the data is, or goes; none for as much as the request says, through shared memory. */
  readonly pieces: readonly Uint8Array[]
  /** Control data to send. */
  readonly control: Uint8Array
  /** How much room there is for control data to be received. */
  readonly controlRoom: number
}

/** The timer and the abort listener of a request that waits. */
export interface Watch {
  stop(): void
  reference(on: boolean): void
}

export class Request<Result = unknown> {
  readonly operation: Operation<Result>
  /** Memory to send from or receive into. */
  bytes: Uint8Array
  /** Where in `bytes` the next attempt begins: what is done so far. */
  offset = 0
  /** Where in `bytes` it ends, or how much is asked for. */
  length: number
  flags = 0
  /** An address, a file, or what else the operation is about. */
  target: unknown = null
  /** The pieces and the control data, of those that move messages. */
  message: Message | null = null
  /** What may end its wait early: the caller's signal; while it waits, the watch over that and the time limit. */
  until: AbortSignal | Watch | null = null
  /** The socket object, which must not be collected while it waits, although nobody else may know it. */
  owner: object | null = null

  // While it waits:

  resolve: ((value: never) => void) | null = null
  /** Who is next in the queue; after the last comes the first again. `null` outside of a queue. */
  next: Request | null = null

  constructor(operation: Operation<Result>, bytes: Uint8Array, length: number) {
    this.operation = operation
    this.bytes = bytes
    this.length = length
  }

  /** The caller's signal. Not to be asked while it waits. */
  get signal(): AbortSignal | null {
    return this.until as AbortSignal | null
  }

  set signal(signal: AbortSignal | null) {
    this.until = signal
  }
}

/** For requests that move no bytes. */
export const NOTHING = new Uint8Array(0)
