// What Unix sockets pass along: descriptors, and who the sender is.
import { layout } from '../../sys/layout.ts'
import { int32 } from '../ctypes.ts'
import { wrongType } from '../errors.ts'
import { arrayOf, codec, type StructCodec, scalar, struct } from '../structs/struct.ts'
import { type Credentials, credentialsMembers } from '../structs/ucred.ts'

/**
 * rights - SOL_SOCKET, SCM_RIGHTS: descriptors
 *
 * `descriptors[]`. The receiver gets duplicates of its own, which it has to close. At most 253 (SCM_MAX_FD) in a message.
 *
 * @example
 * await socket.sendmsg(['x'], [[SOL_SOCKET, SCM_RIGHTS, rights.encode([file.fd])]])
 * @see man 7 unix, SCM_RIGHTS
 */
export const rights: StructCodec<number[], readonly number[]> = arrayOf(
  'rights',
  int32.size,
  scalar<number>('rights', int32),
)

/**
 * credentials - SOL_SOCKET, SCM_CREDENTIALS: process, user and group of the sender
 *
 * `{ pid, uid, gid }`. Received with SO_PASSCRED. The kernel checks what is sent: only root may claim to be another.
 *
 * @example
 * receiver.setsockopt(SOL_SOCKET, SO_PASSCRED, true)
 * const [, ancdata] = await receiver.recvmsg(1024, 64)
 * const [sender] = decodeAncillary(ancdata)
 * if (sender?.name === 'credentials') console.log(sender.value.uid)
 * @see man 7 unix, SCM_CREDENTIALS
 */
export const credentials: StructCodec<Credentials> = struct(
  'credentials',
  layout.ucred.size,
  credentialsMembers,
)

/**
 * security - SOL_SOCKET, SCM_SECURITY: the security context of the sender
 *
 * Text, as SELinux and its kin have it. Received with SO_PASSSEC; never sent.
 *
 * @example
 * const context = security.decode(data) // 'unconfined_u:unconfined_r:unconfined_t:s0'
 * @see man 7 unix, SCM_SECURITY
 */
export const security: StructCodec<string> = codec({
  name: 'security',
  must: 'bytes',
  encode(value, call) {
    if (typeof value !== 'string') throw wrongType(call, 'value', 'a string', value)
    return Buffer.from(value, 'utf8')
  },
  understands: () => true,
  read: (bytes) => Buffer.from(bytes).toString('utf8').replace(/\0+$/, ''),
})

/**
 * pidfd - SOL_SOCKET, SCM_PIDFD: a descriptor of the sender's process
 *
 * A descriptor, which the receiver has to close. Received with SO_PASSPIDFD; never sent.
 *
 * @example
 * const descriptor = pidfd.decode(data)
 * @see man 2 pidfd_open
 */
export const pidfd: StructCodec<number> = scalar('pidfd', int32)
