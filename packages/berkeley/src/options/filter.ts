// Classic BPF programs that the kernel runs for each packet of a socket. `bpf` makes them.

import { lengthOf, type WritableBytes, writableBytesOf } from '../core/bytes.ts'
import { type Descriptor, descriptorOrClosed } from '../core/descriptor.ts'
import { wrongValue } from '../core/errors.ts'
import { type SockFilter, sockFilter } from '../core/structs/filter.ts'
import {
  BPF_MAXINSNS,
  PACKET_FANOUT_DATA,
  SO_ATTACH_FILTER,
  SO_ATTACH_REUSEPORT_CBPF,
  SO_DETACH_FILTER,
  SO_DETACH_REUSEPORT_BPF,
  SO_GET_FILTER,
  SO_LOCK_FILTER,
  SOL_PACKET,
  SOL_SOCKET,
} from '../sys/constants.ts'
import { layout } from '../sys/layout.ts'
import { native } from '../sys/native.ts'
import { check, setInt } from './calls.ts'

/** A program of classic BPF: its instructions, or their bytes (struct sock_filter). */
export type Program = readonly SockFilter[] | WritableBytes

const { size } = layout.sock_filter

function bytesOf(call: string, program: unknown): Uint8Array {
  if (Array.isArray(program)) return counted(call, sockFilter.encode(program))
  return counted(call, writableBytesOf(call, 'program', program, 'instructions, or their bytes'))
}

function counted(call: string, bytes: Uint8Array): Uint8Array {
  const count = lengthOf(bytes) / size
  if (Number.isInteger(count) && count >= 1 && count <= BPF_MAXINSNS) return bytes
  throw wrongValue(call, 'program', `1 to ${BPF_MAXINSNS} instructions`, count)
}

function attach(call: string, socket: Descriptor, level: number, option: number, program: unknown): void {
  const fd = descriptorOrClosed(call, 'socket', socket)
  check(native.setsockopt_program(fd, level, option, bytesOf(call, program)), 'setsockopt')
}

/**
 * attachFilter - let a program decide which packets a socket receives
 *
 * It returns how many bytes of a packet to let through, 0 for none, and takes the place of the one before. What a socket has
 * received before is not filtered: to have nothing else, attach a filter that drops everything, receive what is there, and
 * then attach the one that is meant.
 *
 * @param socket a socket of either form, anything else that has a descriptor, or a descriptor
 * @param program instructions, as `bpf.program` makes them, or their bytes
 * @throws OSError EINVAL if the kernel does not take the program; PermissionError if the filter is locked, ENOMEM beyond
 *   net.core.optmem_max; TypeError, RangeError
 * @example
 * const UDP_HEADER = 8
 * attachFilter(socket, bpf.program(
 *   bpf.load(8, UDP_HEADER), // The first byte of the datagram.
 *   bpf.jumpIf('==', 0x17, 'take', 'leave'),
 *   bpf.label('take'),
 *   bpf.accept(),
 *   bpf.label('leave'),
 *   bpf.drop(),
 * ))
 * @see man 7 socket, SO_ATTACH_FILTER; https://docs.kernel.org/networking/filter.html
 */
export function attachFilter(socket: Descriptor, program: Program): void {
  attach('attachFilter', socket, SOL_SOCKET, SO_ATTACH_FILTER, program)
}

/**
 * getFilter - the program that a socket has
 *
 * @param socket as for `attachFilter`
 * @returns its instructions; none if it has no program of classic BPF
 * @throws PermissionError EACCES if it is of extended BPF; OSError; TypeError, RangeError
 * @example
 * console.log(getFilter(socket).length, 'instructions')
 * @see SO_GET_FILTER in linux/socket.h
 */
export function getFilter(socket: Descriptor): SockFilter[] {
  const fd = descriptorOrClosed('getFilter', 'socket', socket)
  const ask = (bytes: Uint8Array) =>
    check(native.getsockopt(fd, SOL_SOCKET, SO_GET_FILTER, bytes), 'getsockopt')
  const bytes = Buffer.alloc(ask(new Uint8Array(0)))
  return bytes.length === 0 ? [] : sockFilter.decode(bytes.subarray(0, ask(bytes)))
}

/**
 * detachFilter - take the program of `attachFilter` away
 *
 * @param socket as for `attachFilter`
 * @throws OSError ENOENT if there is none; PermissionError if it is locked; TypeError, RangeError
 * @example
 * detachFilter(socket)
 * @see man 7 socket, SO_DETACH_FILTER
 */
export function detachFilter(socket: Descriptor): void {
  setInt(descriptorOrClosed('detachFilter', 'socket', socket), SOL_SOCKET, SO_DETACH_FILTER, 0)
}

/**
 * lockFilter - never let the program of a socket be changed or taken away again
 *
 * For sockets that are then given to somebody less trusted. There is no way back.
 *
 * @param socket as for `attachFilter`
 * @throws OSError; TypeError, RangeError
 * @example
 * lockFilter(socket)
 * await sendFds(channel, ['x'], [socket.fileno()])
 * @see man 7 socket, SO_LOCK_FILTER
 */
export function lockFilter(socket: Descriptor): void {
  setInt(descriptorOrClosed('lockFilter', 'socket', socket), SOL_SOCKET, SO_LOCK_FILTER, 1)
}

/**
 * attachReuseportCbpf - let a program choose among the sockets that share an address
 *
 * It returns the number of the socket, in the order in which they were bound (listened, for TCP), and is for all of them,
 * also those that join later. If there is no socket of that number, the kernel chooses as without it.
 *
 * @param socket one of the sockets with SO_REUSEPORT; as for `attachFilter`
 * @param program as for `attachFilter`
 * @throws OSError EINVAL without SO_REUSEPORT, or if the kernel does not take the program; TypeError, RangeError
 * @example
 * // The processor that a packet came in by chooses.
 * attachReuseportCbpf(socket, [bpf.loadAncillary(SKF_AD_CPU), bpf.acceptA()])
 * @see man 7 socket, SO_ATTACH_REUSEPORT_CBPF
 */
export function attachReuseportCbpf(socket: Descriptor, program: Program): void {
  attach('attachReuseportCbpf', socket, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, program)
}

/**
 * detachReuseportBpf - take the program away that chooses among the sockets that share an address
 *
 * @param socket as for `attachReuseportCbpf`
 * @throws OSError ENOENT if there is none; TypeError, RangeError
 * @example
 * detachReuseportBpf(socket)
 * @see man 7 socket
 */
export function detachReuseportBpf(socket: Descriptor): void {
  const fd = descriptorOrClosed('detachReuseportBpf', 'socket', socket)
  setInt(fd, SOL_SOCKET, SO_DETACH_REUSEPORT_BPF, 0)
}

/**
 * attachFanoutCbpf - let a program choose among the packet sockets of a fanout group
 *
 * It returns the number of the socket, in the order in which they joined, modulo how many there are.
 *
 * @param socket a socket of AF_PACKET that joined a group with PACKET_FANOUT_CBPF; as for `attachFilter`
 * @param program as for `attachFilter`
 * @throws OSError EINVAL without such a group, or if the kernel does not take the program; TypeError, RangeError
 * @example
 * socket.setsockopt(SOL_PACKET, PACKET_FANOUT, 7 | (PACKET_FANOUT_CBPF << 16))
 * attachFanoutCbpf(socket, [bpf.loadAncillary(SKF_AD_CPU), bpf.acceptA()])
 * @see man 7 packet, PACKET_FANOUT
 */
export function attachFanoutCbpf(socket: Descriptor, program: Program): void {
  attach('attachFanoutCbpf', socket, SOL_PACKET, PACKET_FANOUT_DATA, program)
}
