// The state of a TCP connection.
import { type Descriptor, descriptorOrClosed } from '../core/descriptor.ts'
import { type TcpInfo, tcpInfo } from '../core/structs/tcp-info.ts'
import { IPPROTO_TCP, TCP_INFO } from '../sys/constants.ts'
import { getBytes } from './calls.ts'

/** More than any kernel has to tell. */
const ROOM = 1024

/**
 * getTcpInfo - state and statistics of a TCP connection, as they are now
 *
 * @param socket a socket of either form, anything else that has a descriptor, or a descriptor, such as Node's
 *   `socket._handle.fd`
 * @returns a `TcpInfo`, without the members that the kernel does not know
 * @throws OSError EOPNOTSUPP or ENOPROTOOPT if it is not TCP; TypeError, RangeError
 * @example
 * const { rtt, sndCwnd, totalRetrans } = getTcpInfo(socket)
 * console.log(`${rtt / 1000} ms, ${sndCwnd} segments, ${totalRetrans} retransmitted`)
 * @see man 7 tcp, TCP_INFO; man 8 ss
 */
export function getTcpInfo(socket: Descriptor): TcpInfo {
  return tcpInfo.decode(
    getBytes(descriptorOrClosed('getTcpInfo', 'socket', socket), IPPROTO_TCP, TCP_INFO, ROOM),
  )
}
