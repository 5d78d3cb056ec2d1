// A descriptor and what is known of it: what the two forms of Socket, the attempts and the drivers share.
// Rule: `fd` is -1 from the moment of closing on, so that a stale number can never touch someone else's file.
import type { Endpoint } from '../core/address/index.ts'
import {
  AF_APPLETALK,
  AF_AX25,
  AF_MCTP,
  AF_NETROM,
  AF_QIPCRTR,
  AF_RDS,
  AF_ROSE,
  AF_X25,
  MSG_NOSIGNAL,
} from '../sys/constants.ts'
import { layout } from '../sys/layout.ts'
import { native } from '../sys/native.ts'
import type { Request } from './request.ts'

/** What a socket is for good; accepted sockets share the one of their listening socket. */
export interface Kind {
  readonly family: number
  readonly type: number
  readonly proto: number
  /** Where it, or the socket that accepted it, was created: for the warning if it is never closed (leak.ts). */
  readonly origin?: string
}

// They know few flags, and fail when there is another. None of them raises SIGPIPE where there is no connection, and Node
// ignores it.
const REFUSE_NOSIGNAL: readonly number[] = [
  AF_RDS,
  AF_QIPCRTR,
  AF_MCTP,
  AF_X25,
  AF_AX25,
  AF_NETROM,
  AF_ROSE,
  AF_APPLETALK,
]

/** Scratch, with room for the longest name. */
const interfaceText = Buffer.alloc(layout.ifreq.ifr_ifindex)

// Where in `state` what is kept.
const REFERENCED = 1
const CLOSING = 2
const DRAINED = 4
const DRAINABLE = 8
const NOSIGNAL = 16
const KERNEL_LIMITED = 32
const HITS = 6
const MOST_HITS = 0xff
const FILES = 14

/** One for each socket. Each field costs eight bytes for each idle connection, so what is small shares one: `state`. */
export class Handle implements Endpoint {
  fd: number
  kind: Kind
  /** Seconds, 0 for non-blocking, or `null` for no limit. */
  timeout: number | null = null
  private state: number

  // What follows belongs to the ready driver (wait/ready.ts).

  /** Its place in the driver's table; -1 as long as nothing has waited. */
  slot = -1
  /** The queues, by their last request: who waits for data, and who for room. */
  reading: Request | null = null
  writing: Request | null = null

  constructor(fd: number, kind: Kind) {
    this.fd = fd
    this.kind = kind
    this.state = REFUSE_NOSIGNAL.includes(kind.family) ? REFERENCED : REFERENCED | NOSIGNAL
  }

  /** Whether waiting on it keeps the process alive. */
  get referenced(): boolean {
    return (this.state & REFERENCED) !== 0
  }

  set referenced(on: boolean) {
    this.set(REFERENCED, on)
  }

  /** `close` was called; the descriptor may live on for the file objects. */
  get closing(): boolean {
    return (this.state & CLOSING) !== 0
  }

  set closing(on: boolean) {
    this.set(CLOSING, on)
  }

  /** Nothing has come since a read that found less than it asked for. */
  get drained(): boolean {
    return (this.state & DRAINED) !== 0
  }

  set drained(on: boolean) {
    this.set(DRAINED, on)
  }

  /** Whether `drained` may be believed at all. */
  get drainable(): boolean {
    return (this.state & DRAINABLE) !== 0
  }

  set drainable(on: boolean) {
    this.set(DRAINABLE, on)
  }

  /** Whether SO_RCVTIMEO or SO_SNDTIMEO may have been set: a limit for those that have none of `timeout`. */
  get kernelLimited(): boolean {
    return (this.state & KERNEL_LIMITED) !== 0
  }

  set kernelLimited(on: boolean) {
    this.set(KERNEL_LIMITED, on)
  }

  /** Operations that did not have to wait, in a row. */
  get hits(): number {
    return (this.state >> HITS) & MOST_HITS
  }

  set hits(count: number) {
    this.state = (this.state & ~(MOST_HITS << HITS)) | (count << HITS)
  }

  /** File objects of `makefile` that still use it. */
  get files(): number {
    return this.state >> FILES
  }

  set files(count: number) {
    this.state = (this.state & ((1 << FILES) - 1)) | (count << FILES)
  }

  private set(bit: number, on: boolean): void {
    this.state = on ? this.state | bit : this.state & ~bit
  }

  get family(): number {
    return this.kind.family
  }

  get type(): number {
    return this.kind.type
  }

  get proto(): number {
    return this.kind.proto
  }

  /** What every send is given: a peer that is gone is EPIPE, never SIGPIPE. */
  get sendFlags(): number {
    return (this.state & NOSIGNAL) !== 0 ? MSG_NOSIGNAL : 0
  }

  interfaceIndex(name: string): number {
    return native.get_interface_index(this.fd, Buffer.from(`${name}\0`))
  }

  interfaceName(index: number): string {
    return interfaceText.toString(
      'utf8',
      0,
      Math.max(0, native.get_interface_name(this.fd, index, interfaceText)),
    )
  }
}

/** Closes the descriptor for good. Whoever waits must have been told before. */
export function closeDescriptor(handle: Handle): number {
  const { fd } = handle
  if (fd < 0) return 0
  handle.fd = -1
  return native.close(fd)
}
