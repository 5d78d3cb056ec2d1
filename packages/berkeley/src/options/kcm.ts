// AF_KCM: which TCP connections a socket of messages stands on. A program finds where in their bytes a message ends.
import { type Descriptor, descriptorOrClosed } from '../core/descriptor.ts'
import { native } from '../sys/native.ts'
import { check } from './calls.ts'

/**
 * kcmAttach - have a socket of AF_KCM send and receive its messages over a TCP connection
 *
 * It may have several: what is sent goes over any of them. From then on the connection is the kernel's to read and write.
 * Each send is a message; with SOCK_SEQPACKET one with MSG_EOR ends it.
 *
 * @param kcm a socket of AF_KCM of either form, anything else that has a descriptor, or a descriptor
 * @param connection the TCP connection; its own descriptor may be closed afterwards
 * @param program the descriptor of a program (`bpfProgLoad`) of the type BPF_PROG_TYPE_SOCKET_FILTER that returns the length
 *   of the message at the beginning of what it sees, 0 if it cannot tell yet. As of Linux 6.1 that is the beginning of a
 *   segment, so whoever sends has to begin each message with a send of its own, and TCP_NODELAY
 * @throws OSError EOPNOTSUPP if that is no TCP connection, EALREADY if it has an owner, ENOTSOCK, EBADF; TypeError, RangeError
 * @example
 * const messages = new Socket(AF_KCM, SOCK_DGRAM, KCMPROTO_CONNECTED)
 * kcmAttach(messages, connection, program)
 * connection.close()
 * @see https://docs.kernel.org/networking/kcm.html
 */
export function kcmAttach(kcm: Descriptor, connection: Descriptor, program: Descriptor): void {
  const fd = descriptorOrClosed('kcmAttach', 'kcm', kcm)
  const tcp = descriptorOrClosed('kcmAttach', 'connection', connection)
  check(native.kcm_attach(fd, tcp, descriptorOrClosed('kcmAttach', 'program', program)), 'ioctl')
}

/**
 * kcmUnattach - take a connection away from a socket of AF_KCM
 *
 * @param kcm as for `kcmAttach`
 * @param connection the connection, whose descriptor must not have been closed
 * @throws OSError EINVAL if it is not attached, EBADF; TypeError, RangeError
 * @example
 * kcmUnattach(messages, connection)
 * @see https://docs.kernel.org/networking/kcm.html
 */
export function kcmUnattach(kcm: Descriptor, connection: Descriptor): void {
  const fd = descriptorOrClosed('kcmUnattach', 'kcm', kcm)
  check(native.kcm_unattach(fd, descriptorOrClosed('kcmUnattach', 'connection', connection)), 'ioctl')
}

/**
 * kcmClone - a further socket of AF_KCM over the same connections
 *
 * Each message that comes goes to one of them.
 *
 * @param kcm as for `kcmAttach`
 * @returns a descriptor, close-on-exec, which the caller has to `close`, or make a socket of
 * @throws OSError EMFILE, EBADF; TypeError, RangeError
 * @example
 * const second = new Socket(AF_KCM, SOCK_DGRAM, KCMPROTO_CONNECTED, kcmClone(messages))
 * @see https://docs.kernel.org/networking/kcm.html
 */
export function kcmClone(kcm: Descriptor): number {
  return check(native.kcm_clone(descriptorOrClosed('kcmClone', 'kcm', kcm)), 'ioctl')
}
