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

/** One for each socket, so each field costs eight bytes for each idle connection. */
export class Handle implements Endpoint {
  fd: number
  readonly kind: Kind
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

  // What follows belongs to the ready driver (wait/ready.ts).

  /** Its place in the driver's table; -1 as long as nothing has waited. */
  slot = -1
  /** The heads of the queues: who waits for data, and who for room. */
  reading: Request | null = null
  writing: Request | null = null
  /** Operations that did not have to wait, in a row. */
  hits = 0
  /** Nothing has come since a read that found less than it asked for. */
  drained = false
  /** Whether `drained` may be believed at all. */
  drainable = false

  constructor(fd: number, kind: Kind) {
    this.fd = fd
    this.kind = kind
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
    return REFUSE_NOSIGNAL.includes(this.kind.family) ? 0 : MSG_NOSIGNAL
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
