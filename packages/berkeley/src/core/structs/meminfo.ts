// SO_MEMINFO: the memory that a socket takes.
import { layout } from '../../sys/layout.ts'
import { int32, uint32 } from '../ctypes.ts'
import { growingStruct, type StructCodec } from './struct.ts'

/** What a socket takes and may take, in bytes of the kernel's memory, which are more than those of the data. */
export interface Meminfo {
  /** Of what waits to be received. */
  readonly rmemAlloc: number
  /** The limit of that: SO_RCVBUF. */
  readonly rcvbuf: number
  /** Of what has been sent and is not gone yet. */
  readonly wmemAlloc: number
  /** The limit of that: SO_SNDBUF. */
  readonly sndbuf: number
  /** Set aside and not used yet. */
  readonly fwdAlloc: number
  /** Of what waits to be sent. */
  readonly wmemQueued: number
  /** Of options and filters. */
  readonly optmem: number
  /** Of what came while the socket was being worked on. */
  readonly backlog: number
  /** How many packets were dropped. */
  readonly drops: number
}

const info = layout.meminfo

/**
 * meminfo - the value of SO_MEMINFO: the memory that a socket takes
 *
 * `{ rmemAlloc, rcvbuf, wmemAlloc, sndbuf, fwdAlloc, wmemQueued, optmem, backlog, drops }` and an array of 32-bit numbers.
 *
 * @example
 * const { rmemAlloc, drops } = meminfo.decode(socket.getsockopt(SOL_SOCKET, SO_MEMINFO, 64))
 * @see man 7 sock_diag, SK_MEMINFO_RMEM_ALLOC
 */
export const meminfo: StructCodec<Meminfo, Partial<Meminfo>> = growingStruct<Meminfo>('meminfo', info.size, {
  rmemAlloc: [info.rmem_alloc, uint32],
  rcvbuf: [info.rcvbuf, uint32],
  wmemAlloc: [info.wmem_alloc, uint32],
  sndbuf: [info.sndbuf, uint32],
  fwdAlloc: [info.fwd_alloc, int32],
  wmemQueued: [info.wmem_queued, uint32],
  optmem: [info.optmem, uint32],
  backlog: [info.backlog, uint32],
  drops: [info.drops, uint32],
})
