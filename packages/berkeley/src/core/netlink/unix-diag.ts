// Socket diagnostics of AF_UNIX: struct unix_diag_req asks, struct unix_diag_msg answers.
import { AF_UNIX } from '../../sys/constants.ts'
import {
  UDIAG_SHOW_ICONS,
  UDIAG_SHOW_MEMINFO,
  UDIAG_SHOW_NAME,
  UDIAG_SHOW_PEER,
  UDIAG_SHOW_RQLEN,
  UDIAG_SHOW_UID,
  UDIAG_SHOW_VFS,
  UNIX_DIAG_ICONS,
  UNIX_DIAG_MEMINFO,
  UNIX_DIAG_NAME,
  UNIX_DIAG_PEER,
  UNIX_DIAG_RQLEN,
  UNIX_DIAG_SHUTDOWN,
  UNIX_DIAG_UID,
  UNIX_DIAG_VFS,
} from '../../sys/netlink-constants.ts'
import { layout } from '../../sys/netlink-layout.ts'
import { unixName } from '../address/unix.ts'
import { uint8, uint32, viewOf } from '../ctypes.ts'
import { struct } from '../structs/struct.ts'
import { type Fields, type Kind, readFields, u8, u32, whole } from './fields.ts'
import { cookieAt } from './inet-diag.ts'
import { structAndAttributes } from './payload.ts'
import { type SocketMemory, socketMemory } from './socket-memory.ts'

/** The file that a Unix socket is bound to. */
export interface UnixSocketFile {
  readonly inode: number
  /** As the kernel has it within: the major number from bit 20 on. */
  readonly device: number
}

interface UnixSocketFields {
  /**
   * Its path as text, an abstract name as bytes that begin with a NUL, as `getsockname` has it; `null` for
   * none.
   */
  readonly name: string | Buffer | null
  /** The inode of the socket it is connected to. */
  readonly peer: number | null
  /**
   * The inodes of the connections that wait to be accepted, of a listening socket; 0 for one whose socket is
   * gone.
   */
  readonly pending: readonly number[]
  /** The file of its name. */
  readonly vfs: UnixSocketFile | null
  readonly socketMemory: SocketMemory | null
  /** What is shut down: bit 0 receiving, bit 1 sending. */
  readonly shutdown: number
  /** The user it belongs to. (Linux 5.3) */
  readonly uid: number | null
}

interface Queues {
  /** Bytes to be read; connections to be accepted, of a listening socket. */
  readonly rqueue: number
  /** Bytes that the peer has not read; the backlog, of a listening socket. */
  readonly wqueue: number
}

/** A Unix socket, as the kernel sees it. */
export interface UnixSocket extends UnixSocketFields, Queues {
  readonly family: typeof AF_UNIX
  /** `SOCK_STREAM`, `SOCK_DGRAM`, `SOCK_SEQPACKET` */
  readonly type: number
  /** `TCP_ESTABLISHED` if it is connected, `TCP_LISTEN`, `TCP_CLOSE` */
  readonly state: number
  /** Its number in /proc/net/unix and in /proc/PID/fd (`socket:[…]`). */
  readonly inode: number
  /** Its number, `SO_COOKIE`: never used twice. */
  readonly cookie: bigint
  /** All attributes by their types (`UNIX_DIAG_…`), as bytes. */
  readonly attributes: ReadonlyMap<number, Buffer>
}

const rqlen = layout.unix_diag_rqlen
const file = layout.unix_diag_vfs

const queues = struct<Queues>('unix_diag_rqlen', rqlen.size, {
  rqueue: [rqlen.udiag_rqueue, uint32],
  wqueue: [rqlen.udiag_wqueue, uint32],
})

const vfs = struct<UnixSocketFile>('unix_diag_vfs', file.size, {
  inode: [file.udiag_vfs_ino, uint32],
  device: [file.udiag_vfs_dev, uint32],
})

const inodes: Kind<readonly number[]> = {
  must: 'a multiple of 4 bytes',
  read(data) {
    if (data.length % uint32.size !== 0) return undefined
    const view = viewOf(data)
    return Array.from({ length: data.length / uint32.size }, (_, i) => uint32.read(view, i * uint32.size))
  },
}

const fields: Fields<UnixSocketFields & { queues: Queues }> = {
  name: [UNIX_DIAG_NAME, { must: 'bytes', read: unixName }, null],
  peer: [UNIX_DIAG_PEER, u32, null],
  pending: [UNIX_DIAG_ICONS, inodes, []],
  vfs: [UNIX_DIAG_VFS, whole(vfs, file.size), null],
  socketMemory: [UNIX_DIAG_MEMINFO, socketMemory, null],
  shutdown: [UNIX_DIAG_SHUTDOWN, u8, 0],
  uid: [UNIX_DIAG_UID, u32, null],
  queues: [UNIX_DIAG_RQLEN, whole(queues, rqlen.size), { rqueue: 0, wqueue: 0 }],
}

const msg = layout.unix_diag_msg

/**
 * decodeUnixSocket - the socket in an answer of NETLINK_SOCK_DIAG about AF_UNIX
 *
 * @param payload the message's payload
 * @throws RangeError if it is cut; TypeError
 * @example
 * const { name, peer, rqueue } = decodeUnixSocket(message.payload)
 * @see man 7 sock_diag
 */
export function decodeUnixSocket(payload: ArrayBufferView): UnixSocket {
  const call = 'decodeUnixSocket'
  const [view, attributes] = structAndAttributes(call, payload, msg.size)
  const { queues, ...members } = readFields(call, fields, attributes)
  return {
    family: AF_UNIX,
    type: uint8.read(view, msg.udiag_type),
    state: uint8.read(view, msg.udiag_state),
    inode: uint32.read(view, msg.udiag_ino),
    cookie: cookieAt(view, msg.udiag_cookie),
    ...members,
    ...queues,
    attributes,
  }
}

const SHOW =
  UDIAG_SHOW_NAME |
  UDIAG_SHOW_VFS |
  UDIAG_SHOW_PEER |
  UDIAG_SHOW_ICONS |
  UDIAG_SHOW_RQLEN |
  UDIAG_SHOW_MEMINFO |
  UDIAG_SHOW_UID

const req = layout.unix_diag_req

/** The payload that asks for sockets in some `states`, a bit for each. */
export function encodeUnixQuery(call: string, states: number): Buffer {
  const bytes = Buffer.alloc(req.size)
  const view = viewOf(bytes)
  uint8.write(view, req.sdiag_family, AF_UNIX, call, 'family')
  uint32.write(view, req.udiag_states, states, call, 'states')
  uint32.write(view, req.udiag_show, SHOW, call, 'show')
  return bytes
}
