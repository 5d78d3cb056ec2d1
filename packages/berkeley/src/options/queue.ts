// How much waits in a socket's queues.
import { type Descriptor, descriptorOrClosed } from '../core/descriptor.ts'
import { SIOCATMARK, SIOCINQ, SIOCOUTQ, SIOCOUTQNSD } from '../sys/constants.ts'
import { native } from '../sys/native.ts'
import { check } from './calls.ts'

function ask(call: string, socket: Descriptor, request: number): number {
  return check(native.queue_state(descriptorOrClosed(call, 'socket', socket), request), call)
}

/**
 * inq - how many bytes wait to be received
 *
 * Of a datagram socket, the bytes of the next datagram.
 *
 * @param socket a socket of either form, a pipe, anything else that has a descriptor, or a descriptor
 * @throws OSError EINVAL for a listening socket, ENOTTY for what has no queue; TypeError, RangeError
 * @example
 * const data = await socket.recv(inq(socket) || 1)
 * @see man 7 tcp, SIOCINQ; man 7 udp
 */
export function inq(socket: Descriptor): number {
  return ask('inq', socket, SIOCINQ)
}

/**
 * outq - how many bytes are in the send queue
 *
 * TCP: what was not sent or not acknowledged yet. UDP and Unix sockets: what has not left, or not been received, yet, in
 * the kernel's memory, which is more than the data.
 *
 * @param socket as for `inq`
 * @throws OSError EINVAL for a listening socket, ENOTTY for what has no queue; TypeError, RangeError
 * @example
 * if (outq(socket) === 0) console.log('the peer has everything')
 * @see man 7 tcp, SIOCOUTQ
 */
export function outq(socket: Descriptor): number {
  return ask('outq', socket, SIOCOUTQ)
}

/**
 * outqnsd - how many bytes of the send queue were not sent yet
 *
 * @param socket a socket of TCP; as for `inq`
 * @throws OSError EINVAL for a listening socket, ENOTTY for other sockets; TypeError, RangeError
 * @example
 * const underWay = outq(socket) - outqnsd(socket)
 * @see man 2 ioctl; SIOCOUTQNSD in linux/sockios.h
 */
export function outqnsd(socket: Descriptor): number {
  return ask('outqnsd', socket, SIOCOUTQNSD)
}

/**
 * sockatmark - whether the out-of-band mark is next in the stream
 *
 * @param socket a stream socket; as for `inq`
 * @throws OSError EINVAL or ENOTTY for what has no out-of-band data; TypeError, RangeError
 * @example
 * while (!sockatmark(socket)) await socket.recv(1024) // throws away what is before it
 * @see man 3 sockatmark
 */
export function sockatmark(socket: Descriptor): boolean {
  return ask('sockatmark', socket, SIOCATMARK) !== 0
}
