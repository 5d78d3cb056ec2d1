// Receiving from TCP without a copy: the pages that the kernel has received into become memory of this process.
import { types } from 'node:util'
import { integer } from '../core/arguments.ts'
import { type Descriptor, descriptorOrClosed } from '../core/descriptor.ts'
import { osError, wrongType } from '../core/errors.ts'
import { EIO } from '../sys/errno.ts'
import { native } from '../sys/native.ts'
import { check } from './calls.ts'

/** What there was to receive. */
export interface ZerocopyReceived {
  /** Whole pages; empty if there were none. Only to be READ: a write to it ends the process with SIGSEGV. */
  readonly data: Buffer
  /** How many bytes come next that are no whole page, and have to be received by `recv`. */
  readonly recvSkipHint: number
}

const MOST = 2 ** 30
const NOTHING = Buffer.alloc(0)

/**
 * tcpZerocopyReceive - take received data of a TCP connection by its pages, without a copy
 *
 * An expert's tool. There are whole pages only if the network device puts the data alone into pages, and the segments are
 * multiples of a page: with an MTU of 4096 bytes more than the headers, say. All else, and what is not worth it, has to be
 * received by `recv`, as `recvSkipHint` says. The memory CANNOT BE WRITTEN TO: JavaScript knows no such arrays, and a write
 * ends the process. It is given back when it is collected, or by `munmap`; until then it is as good as any, whatever
 * is received later. It does not wait: if there is neither, wait by `select`, or by `recv`, which tells the end as well.
 *
 * @param socket a connection of TCP of either form, anything else that has a descriptor, or a descriptor
 * @param bufsize the most bytes to take, rounded up to whole pages
 * @throws OSError EINVAL or ENODEV if it is not TCP, ENOTCONN if it listens, ENOMEM; TypeError, RangeError
 * @example
 * for (;;) {
 *   const { data, recvSkipHint } = tcpZerocopyReceive(socket, 1 << 20)
 *   hash.update(data)
 *   munmap(data)
 *   if (recvSkipHint > 0) hash.update(await socket.recv(recvSkipHint))
 *   else if (data.length === 0 && (await socket.recv(1, MSG_PEEK)).length === 0) break
 * }
 * @see tools/testing/selftests/net/tcp_mmap.c of the kernel; https://lwn.net/Articles/754681/
 */
export function tcpZerocopyReceive(socket: Descriptor, bufsize: number): ZerocopyReceived {
  const fd = descriptorOrClosed('tcpZerocopyReceive', 'socket', socket)
  const length = integer('tcpZerocopyReceive', 'bufsize', bufsize, 1, MOST)
  const pages = native.tcp_zerocopy_receive(fd, length)
  const recvSkipHint = native.numbers[0]!
  if (typeof pages !== 'number') return { data: Buffer.from(pages), recvSkipHint }
  if (pages !== -EIO) check(pages, 'tcpZerocopyReceive') // The end of the stream, which is told by recv.
  return { data: NOTHING, recvSkipHint }
}

/**
 * munmap - give back the pages that `tcpZerocopyReceive` gave, before they are collected
 *
 * Every view of them is empty from then on. No other thread, nor an operation that is under way, may still read them.
 *
 * @param data what `tcpZerocopyReceive` gave
 * @throws OSError EINVAL if it is anything else, or was given back; TypeError
 * @example
 * munmap(data)
 * @see man 2 munmap
 */
export function munmap(data: Buffer): void {
  if (!types.isUint8Array(data)) throw wrongType('munmap', 'data', 'a Buffer', data)
  if (data === NOTHING) return
  const result = native.unmap(data.buffer as ArrayBuffer)
  if (result < 0) throw osError(result, 'munmap')
}
