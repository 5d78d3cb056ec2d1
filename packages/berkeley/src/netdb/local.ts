// Names that are there without waiting: this host's own, and those of its network interfaces. The same in both forms.
import { integer, text } from '../core/arguments.ts'
import { bytesOf } from '../core/bytes.ts'
import { osError } from '../core/errors.ts'
import { native } from '../sys/native.ts'
import { unpack } from '../sys/packed.ts'
import { nameText } from './texts.ts'

/** More than HOST_NAME_MAX and IF_NAMESIZE, which are 64 and 16. */
const ROOM_FOR_NAME = 256
const LIKELY_SIZE = 1024
const LARGEST_INDEX = 0xffffffff

function check(result: number, syscall: string, about?: unknown): number {
  if (result < 0) throw osError(result, syscall, about)
  return result
}

/**
 * gethostname - the name of this host
 *
 * @throws OSError
 * @example
 * console.log(gethostname())
 * @see man 2 gethostname
 */
export function gethostname(): string {
  const bytes = Buffer.alloc(ROOM_FOR_NAME)
  return bytes.toString('utf8', 0, check(native.gethostname(bytes), 'gethostname'))
}

/**
 * sethostname - give this host another name
 *
 * @param name at most 64 bytes
 * @throws PermissionError without CAP_SYS_ADMIN; OSError EINVAL if it is too long; TypeError, RangeError
 * @example
 * sethostname('gateway')
 * @see man 2 sethostname
 */
export function sethostname(name: string | Uint8Array): void {
  if (typeof name === 'string') text('sethostname', 'name', name)
  check(native.sethostname(bytesOf('sethostname', 'name', name)), 'sethostname', name)
}

/**
 * ifNameindex - the network interfaces
 *
 * @returns index and name of each
 * @throws OSError
 * @example
 * for (const [index, name] of ifNameindex()) console.log(index, name) // 1 lo
 * @see man 3 if_nameindex
 */
export function ifNameindex(): [index: number, name: string][] {
  const packed = unpack(native.if_nameindex, LIKELY_SIZE)
  if (typeof packed === 'number') throw osError(packed, 'ifNameindex')
  const interfaces: [number, string][] = []
  while (packed.more) interfaces.push([packed.number(), packed.text()])
  return interfaces
}

/**
 * ifNametoindex - the index of a network interface
 *
 * @param name `'eth0'`
 * @throws OSError ENODEV if there is none of that name; TypeError, RangeError
 * @example
 * console.log(ifNametoindex('lo')) // 1
 * @see man 3 if_nametoindex
 */
export function ifNametoindex(name: string | Uint8Array): number {
  return check(native.if_nametoindex(nameText('ifNametoindex', 'name', name)), 'ifNametoindex', name)
}

/**
 * ifIndextoname - the name of a network interface
 *
 * @param index as `ifNameindex` and `ifNametoindex` give it
 * @throws OSError ENXIO if there is none of that index; TypeError, RangeError
 * @example
 * console.log(ifIndextoname(1)) // lo
 * @see man 3 if_indextoname
 */
export function ifIndextoname(index: number): string {
  const checked = integer('ifIndextoname', 'index', index, 0, LARGEST_INDEX)
  const bytes = Buffer.alloc(ROOM_FOR_NAME)
  return bytes.toString('utf8', 0, check(native.if_indextoname(checked, bytes), 'ifIndextoname', index))
}
