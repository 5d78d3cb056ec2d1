// A descriptor and what is known of it: what the two forms of Socket, the attempts and the drivers share.
// Rule: `fd` is -1 from the moment of closing on, so that a stale number can never touch someone else's file.
import { native } from '../sys/native.ts'
import type { Request } from './request.ts'

export class Handle {
  fd: number
  readonly family: number
  readonly type: number
  readonly proto: number
  /** Seconds, 0 for non-blocking, or `null` for no limit. */
  timeout: number | null = null
  /** Whether waiting on it keeps the process alive. */
  referenced = true
  /** File objects of `makefile` that still use it. */
  files = 0
  /** `close` was called; the descriptor may live on for the file objects. */
  closing = false
  /** Where it, or the socket that accepted it, was created: for the warning if it is never closed (leak.ts). */
  origin = ''
  /** The status flags it had when it was adopted, if those had to be changed; otherwise -1. */
  statusFlagsBefore = -1

  // What follows belongs to the ready driver (wait/ready.ts).

  /** Its place in the driver's table; -1 as long as nothing has waited. */
  slot = -1
  /** The first and the last that wait for data, and for room. */
  reading: Request | null = null
  lastReading: Request | null = null
  writing: Request | null = null
  lastWriting: Request | null = null
  /** Operations that did not have to wait, in a row. */
  hits = 0
  /** Nothing has come since a read that found less than it asked for. */
  drained = false
  /** Whether `drained` may be believed at all. */
  drainable = false

  constructor(fd: number, family: number, type: number, proto: number) {
    this.fd = fd
    this.family = family
    this.type = type
    this.proto = proto
  }
}

/** Closes the descriptor for good. Whoever waits must have been told before. */
export function closeDescriptor(handle: Handle): number {
  const { fd } = handle
  if (fd < 0) return 0
  handle.fd = -1
  return native.close(fd)
}
