// Who somebody is: SO_PEERCRED, and SCM_CREDENTIALS of ancillary data.
import { layout } from '../../sys/layout.ts'
import { int32, uint32 } from '../ctypes.ts'
import { type Members, type StructCodec, struct } from './struct.ts'

/** A process and whom it runs as. */
export interface Credentials {
  /** Process; 0 if it is not in this process's pid namespace. */
  readonly pid: number
  /** User. */
  readonly uid: number
  /** Group. */
  readonly gid: number
}

const { size, pid, uid, gid } = layout.ucred

export const credentialsMembers: Members<Credentials> = {
  pid: [pid, int32],
  uid: [uid, uint32],
  gid: [gid, uint32],
}

/**
 * ucred - the value of SO_PEERCRED: process, user and group of a Unix socket's peer
 *
 * `{ pid, uid, gid }` and struct ucred.
 *
 * @example
 * const { uid } = ucred.decode(connection.getsockopt(SOL_SOCKET, SO_PEERCRED, 12))
 * @see man 7 unix, SO_PEERCRED
 */
export const ucred: StructCodec<Credentials> = struct('ucred', size, credentialsMembers)
