// For the methods of sockets: an address with a name in it becomes one without. Each form waits in its own way.
import { resolveAddress } from './netdb/lookups.ts'
import type { Handle } from './ops/handle.ts'
import { runAsync, runBlocking } from './wait/steps.ts'

/** On the event loop. The errors are those of `syscall`. */
export function resolveAsync(
  handle: Handle,
  address: unknown,
  syscall: string,
  signal: AbortSignal | null = null,
): Promise<unknown> {
  return runAsync(resolveAddress(handle, address, syscall), signal)
}

/** On the calling thread's time. The errors are those of `syscall`. */
export function resolveBlocking(handle: Handle, address: unknown, syscall: string): unknown {
  return runBlocking(resolveAddress(handle, address, syscall))
}
