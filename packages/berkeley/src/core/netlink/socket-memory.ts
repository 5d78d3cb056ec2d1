// What socket diagnostics tell of the memory of a socket of any family: an array of numbers (SK_MEMINFO_).
import {
  SK_MEMINFO_BACKLOG,
  SK_MEMINFO_DROPS,
  SK_MEMINFO_FWD_ALLOC,
  SK_MEMINFO_OPTMEM,
  SK_MEMINFO_RCVBUF,
  SK_MEMINFO_RMEM_ALLOC,
  SK_MEMINFO_SNDBUF,
  SK_MEMINFO_WMEM_ALLOC,
  SK_MEMINFO_WMEM_QUEUED,
} from '../../sys/netlink-constants.ts'
import { uint32 } from '../ctypes.ts'
import { type Member, struct } from '../structs/struct.ts'
import { type Kind, whole } from './fields.ts'

/** Memory of a socket, in bytes. */
export interface SocketMemory {
  /** In use for received data. */
  readonly rmemAlloc: number
  /** `SO_RCVBUF` */
  readonly rcvbuf: number
  /** In use for data under way. */
  readonly wmemAlloc: number
  /** `SO_SNDBUF` */
  readonly sndbuf: number
  /** Set aside and not used. */
  readonly fwdAlloc: number
  /** In use for data to be sent. */
  readonly wmemQueued: number
  /** In use for options and filters. */
  readonly optmem: number
  /** Received data that was not looked at yet. */
  readonly backlog: number
  /** How many packets were dropped. */
  readonly drops: number
}

const SIZE = (SK_MEMINFO_DROPS + 1) * uint32.size
const at = (index: number): Member<number> => [index * uint32.size, uint32]

const memory = struct<SocketMemory>('sk_meminfo', SIZE, {
  rmemAlloc: at(SK_MEMINFO_RMEM_ALLOC),
  rcvbuf: at(SK_MEMINFO_RCVBUF),
  wmemAlloc: at(SK_MEMINFO_WMEM_ALLOC),
  sndbuf: at(SK_MEMINFO_SNDBUF),
  fwdAlloc: at(SK_MEMINFO_FWD_ALLOC),
  wmemQueued: at(SK_MEMINFO_WMEM_QUEUED),
  optmem: at(SK_MEMINFO_OPTMEM),
  backlog: at(SK_MEMINFO_BACKLOG),
  drops: at(SK_MEMINFO_DROPS),
})

export const socketMemory: Kind<SocketMemory> = whole(memory, SIZE)
