// Who is at the other end of a Unix socket, as the kernel noted when the connection was made.

import { uint32, viewOf } from '../core/ctypes.ts'
import { type Descriptor, descriptorOrClosed } from '../core/descriptor.ts'
import { type Credentials, ucred } from '../core/structs/ucred.ts'
import { SO_PEERCRED, SO_PEERGROUPS, SO_PEERPIDFD, SO_PEERSEC, SOL_SOCKET } from '../sys/constants.ts'
import { layout } from '../sys/layout.ts'
import { getAllBytes, getBytes, getInt } from './calls.ts'

/**
 * getPeerCredentials - process, user and group of a Unix socket's peer
 *
 * Those of whoever called connect(2), or listen(2) at the other side, or socketpair(2); nobody can pretend to be another.
 *
 * @param socket a connected socket of AF_UNIX of either form, anything else that has a descriptor, or a descriptor
 * @returns `{ pid, uid, gid }`; `pid` 0 and all ones for `uid` and `gid` if the socket has no peer
 * @throws OSError; TypeError, RangeError
 * @example
 * const { uid } = getPeerCredentials(connection)
 * if (uid !== process.getuid()) connection.close()
 * @see man 7 unix, SO_PEERCRED
 */
export function getPeerCredentials(socket: Descriptor): Credentials {
  const fd = descriptorOrClosed('getPeerCredentials', 'socket', socket)
  return ucred.decode(getBytes(fd, SOL_SOCKET, SO_PEERCRED, layout.ucred.size))
}

/**
 * getPeerGroups - the supplementary groups of a Unix socket's peer
 *
 * @param socket as for `getPeerCredentials`
 * @returns group numbers
 * @throws OSError ENODATA if the socket has no peer; TypeError, RangeError
 * @example
 * const mayAsk = getPeerGroups(connection).includes(27)
 * @see man 7 unix, SO_PEERGROUPS
 */
export function getPeerGroups(socket: Descriptor): number[] {
  const bytes = getAllBytes(descriptorOrClosed('getPeerGroups', 'socket', socket), SOL_SOCKET, SO_PEERGROUPS)
  const view = viewOf(bytes)
  return Array.from({ length: bytes.length / uint32.size }, (_, i) => uint32.read(view, i * uint32.size))
}

/**
 * getPeerPidfd - a descriptor of the process at the other end of a Unix socket
 *
 * Unlike a number, it never comes to mean another process. It becomes readable when the process ends.
 *
 * @param socket as for `getPeerCredentials`
 * @returns a descriptor, close-on-exec, which the caller has to `close`
 * @throws OSError ENOPROTOOPT before Linux 6.5, ENODATA if the socket has no peer, ESRCH or EINVAL if the process is gone;
 *   TypeError, RangeError
 * @example
 * const pidfd = getPeerPidfd(connection)
 * await select([pidfd], [], []) // until it ends
 * close(pidfd)
 * @see man 2 pidfd_open; man 7 unix
 */
export function getPeerPidfd(socket: Descriptor): number {
  return getInt(descriptorOrClosed('getPeerPidfd', 'socket', socket), SOL_SOCKET, SO_PEERPIDFD)
}

/**
 * getPeerSecurity - the security context of a Unix socket's peer
 *
 * @param socket as for `getPeerCredentials`, or a socket of TCP or SCTP with labelled IPsec
 * @returns text, as SELinux and its kin have it
 * @throws OSError ENOPROTOOPT without such a security module; TypeError, RangeError
 * @example
 * console.log(getPeerSecurity(connection)) // 'unconfined_u:unconfined_r:unconfined_t:s0'
 * @see man 7 unix, SO_PEERSEC
 */
export function getPeerSecurity(socket: Descriptor): string {
  const bytes = getAllBytes(descriptorOrClosed('getPeerSecurity', 'socket', socket), SOL_SOCKET, SO_PEERSEC)
  return bytes.toString('utf8').replace(/\0+$/, '')
}
