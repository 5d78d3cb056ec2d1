// A netlink socket as this layer wants it: bound to a port of its own, with explanations of errors, strict
// about requests.

import type { BaseSocket } from '../base-socket.ts'
import { HANDLE } from '../base-socket.ts'
import { int, integer, list, seconds } from '../core/arguments.ts'
import { OSError } from '../core/error-classes.ts'
import { wrongType } from '../core/errors.ts'
import {
  type AF_NETLINK,
  NETLINK_ADD_MEMBERSHIP,
  NETLINK_CAP_ACK,
  NETLINK_EXT_ACK,
  NETLINK_GET_STRICT_CHK,
  SO_RCVBUF,
  SOL_NETLINK,
  SOL_SOCKET,
} from '../sys/constants.ts'
import { ENOPROTOOPT } from '../sys/errno.ts'
import { Conversation } from './conversation.ts'

/** What all netlink sockets can be told. */
export interface NetlinkOptions {
  /** Seconds that an operation may wait; `null` (the default) for no limit, as `Socket.settimeout`. */
  readonly timeout?: number | null | undefined
  /** `SO_RCVBUF`: bytes of room for what was not read yet. */
  readonly rcvbuf?: number | undefined
  /** Whom to talk to, by port; 0 (the default) is the kernel. Another is a program, over NETLINK_USERSOCK. */
  readonly peer?: number | undefined
}

/** `NetlinkOptions`, checked. */
export interface Settings {
  readonly timeout: number | null
  readonly rcvbuf: number | null
  readonly peer: number
}

export function settingsOf(call: string, options: unknown = {}): Settings {
  if (typeof options !== 'object' || options === null) throw wrongType(call, 'options', 'an object', options)
  const { timeout = null, rcvbuf, peer = 0 } = options as Record<keyof NetlinkOptions, unknown>
  return {
    timeout: seconds(call, 'timeout', timeout),
    rcvbuf: rcvbuf === undefined ? null : integer(call, 'rcvbuf', rcvbuf, 0, 2 ** 31 - 1),
    peer: integer(call, 'peer', peer, 0, 2 ** 32 - 1),
  }
}

/** The multicast groups of a call. */
export function groupsOf(call: string, groups: unknown): number[] {
  const all = list(call, 'groups', 'a list of groups', groups)
  return all.map((group) => integer(call, 'groups', group, 1, 2 ** 31 - 1))
}

export function protocolOf(call: string, protocol: unknown): number {
  return int(call, 'protocol', protocol)
}

export type AnySocket = BaseSocket<typeof AF_NETLINK>

/**
 * Sets up a fresh `socket`, which is closed if that fails.
 *
 * @param groups multicast groups to join; `null` for a socket that is for requests alone
 */
export function converse(
  socket: AnySocket,
  { timeout, rcvbuf, peer }: Settings,
  groups: readonly number[] | null,
): Conversation {
  try {
    socket.settimeout(timeout)
    if (rcvbuf !== null) socket.setsockopt(SOL_SOCKET, SO_RCVBUF, rcvbuf)
    socket.setsockopt(SOL_NETLINK, NETLINK_EXT_ACK, true)
    socket.setsockopt(SOL_NETLINK, NETLINK_CAP_ACK, true)
    setStrict(socket)
    socket.bind([0, 0])
    // From here on what happens is not missed.
    for (const group of groups ?? []) socket.setsockopt(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, group)
    const [port] = socket.getsockname() as readonly [number, number]
    return new Conversation({ socket, handle: socket[HANDLE], port, peer, listens: groups !== null })
  } catch (error) {
    socket.close()
    throw error
  }
}

// Lets the kernel filter dumps, and refuse what it does not understand. Kernels before 4.20 cannot, and need
// not: whatever we ask them to filter is filtered here as well.
function setStrict(socket: AnySocket): void {
  try {
    socket.setsockopt(SOL_NETLINK, NETLINK_GET_STRICT_CHK, true)
  } catch (error) {
    if (!(error instanceof OSError && error.errno === ENOPROTOOPT)) throw error
  }
}
