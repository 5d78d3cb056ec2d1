// To which network interface a socket is bound.
import { integer } from '../core/arguments.ts'
import { type Descriptor, descriptorOrClosed } from '../core/descriptor.ts'
import { wrongType } from '../core/errors.ts'
import { textOption } from '../core/options/text.ts'
import { SO_BINDTODEVICE, SO_BINDTOIFINDEX, SOL_SOCKET } from '../sys/constants.ts'
import { getBytes, setBytes, setInt } from './calls.ts'

/** IFNAMSIZ and more. */
const ROOM_FOR_NAME = 64
const LARGEST_INDEX = 2 ** 31 - 1

/**
 * bindToDevice - use only one network interface, for sending and for receiving
 *
 * @param socket a socket of either form, anything else that has a descriptor, or a descriptor
 * @param device the interface's name or index; `null` or `''` for all interfaces again
 * @throws PermissionError without CAP_NET_RAW if it is bound to one already; OSError ENODEV for a name that is none (an
 *   index is not looked at); TypeError, RangeError
 * @example
 * bindToDevice(socket, 'eth0')
 * @see man 7 socket, SO_BINDTODEVICE
 */
export function bindToDevice(socket: Descriptor, device: string | number | null): void {
  const fd = descriptorOrClosed('bindToDevice', 'socket', socket)
  if (typeof device === 'number') {
    const index = integer('bindToDevice', 'device', device, 0, LARGEST_INDEX)
    setInt(fd, SOL_SOCKET, SO_BINDTOIFINDEX, index, device)
  } else if (device === null || typeof device === 'string') {
    const name = textOption('bindToDevice', 'device', SOL_SOCKET, SO_BINDTODEVICE, device ?? '')
    setBytes(fd, SOL_SOCKET, SO_BINDTODEVICE, name, device)
  } else throw wrongType('bindToDevice', 'device', 'the name or the index of an interface, or null', device)
}

/**
 * boundDevice - the network interface that a socket is bound to
 *
 * @param socket as for `bindToDevice`
 * @returns its name; `null` if the socket uses all interfaces
 * @throws OSError ENODEV if the interface is gone; TypeError, RangeError
 * @example
 * console.log(boundDevice(socket)) // 'eth0'
 * @see man 7 socket, SO_BINDTODEVICE
 */
export function boundDevice(socket: Descriptor): string | null {
  const fd = descriptorOrClosed('boundDevice', 'socket', socket)
  const name = getBytes(fd, SOL_SOCKET, SO_BINDTODEVICE, ROOM_FOR_NAME)
  return name.toString('utf8').replace(/\0.*$/s, '') || null
}
