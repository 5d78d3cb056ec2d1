// Where received data goes whose length is not known before: through memory that all sockets share, so that an idle one
// needs none, and from there to a pool of short pieces or to memory of its own.
// Rule: nobody outside ever gets the shared memory.
import { viewOf } from '../core/bytes.ts'
import { MSG_TRUNC } from '../sys/constants.ts'
import { native } from '../sys/native.ts'
import type { Handle } from './handle.ts'
import { NOTHING, type Request } from './request.ts'

/** The shared memory, which the addon receives into. */
export const scratch = Buffer.from(native.scratch.buffer)
/** The most that passes through it. */
export const SCRATCH_SIZE = scratch.length

const POOL_SIZE = 16384
let pool = Buffer.alloc(0)
let poolMemory = pool.buffer

// Whoever got a piece can give its memory away (ArrayBuffer.transfer, structuredClone, postMessage): then C must not write
// there any more. As Node does with its own pool, ours is marked, which prevents most of it; the length tells the rest.
/** To be called before an attempt that may put data into the pool. */
export function preparePool(): void {
  if (pool.length !== POOL_SIZE) renewPool()
}

function renewPool(): void {
  pool = Buffer.allocUnsafeSlow(POOL_SIZE)
  poolMemory = pool.buffer
  markAsUntransferable(poolMemory)
  native.set_pool(pool)
}

// Loaded with the first pool: it would take a tenth of the time of the whole import.
function markAsUntransferable(memory: ArrayBufferLike): void {
  const workerThreads = process.getBuiltinModule?.('node:worker_threads')
  if (workerThreads !== undefined) workerThreads.markAsUntransferable(memory)
  else import('node:worker_threads').then((loaded) => loaded.markAsUntransferable(memory)) // Node < 20.16
}

function takeFromScratch(length: number): Buffer {
  const pooledAt = native.numbers[1]!
  if (pooledAt >= 0) return viewOf(poolMemory, pooledAt, length)
  if (length <= POOL_SIZE / 4) renewPool()
  const copy = Buffer.allocUnsafeSlow(length)
  scratch.copy(copy, 0, 0, length)
  return copy
}

/**
 * Memory for what does not pass through the shared one. With MSG_TRUNC nothing does: TCP then throws the data away, and what
 * stood in the memory before, someone else's, would be taken for it.
 */
export function ownMemory({ length, flags }: Request): Buffer {
  return (flags & MSG_TRUNC) === 0 ? Buffer.allocUnsafeSlow(length) : Buffer.alloc(length)
}

/** Whether a request has to have it. */
export function needsOwnMemory({ length, flags }: Request): boolean {
  return length > SCRATCH_SIZE || (flags & MSG_TRUNC) !== 0
}

/** What a request received, in memory that is the caller's. */
export function takeBytes(count: number, _handle: Handle, request: Request): Buffer {
  const length = Math.min(count, request.length) // MSG_TRUNC tells a datagram's full length, longer than what was kept.
  if (length === 0) return Buffer.alloc(0)
  if (request.bytes === NOTHING) return takeFromScratch(length)
  const whole = request.bytes as Buffer
  if (length * 2 >= whole.length) return whole.subarray(0, length)
  // Node's pool takes pieces of up to 32 KiB since Node 24: one that is kept would keep the others.
  const copy = length <= POOL_SIZE / 4 ? Buffer.allocUnsafe(length) : Buffer.allocUnsafeSlow(length)
  whole.copy(copy, 0, 0, length)
  return copy
}
