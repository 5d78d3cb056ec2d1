// getsockopt(2) and setsockopt(2) on a bare descriptor: what the functions of this folder are made of.
import { osError } from '../core/errors.ts'
import { ERANGE } from '../sys/errno.ts'
import { native } from '../sys/native.ts'

/** A native result that is not an error, or the error. */
export function check(result: number, syscall: string, about?: unknown): number {
  if (result < 0) throw osError(result, syscall, about)
  return result
}

export function getInt(fd: number, level: number, name: number): number {
  check(native.getsockopt_int(fd, level, name), 'getsockopt')
  return native.numbers[0]!
}

export function setInt(fd: number, level: number, name: number, value: number, about?: unknown): void {
  check(native.setsockopt_int(fd, level, name, value), 'setsockopt', about)
}

export function setBytes(fd: number, level: number, name: number, bytes: Uint8Array, about?: unknown): void {
  check(native.setsockopt(fd, level, name, bytes), 'setsockopt', about)
}

/** As many bytes as the value has, at most `room`. */
export function getBytes(fd: number, level: number, name: number, room: number): Buffer {
  const bytes = Buffer.alloc(room)
  return bytes.subarray(0, check(native.getsockopt(fd, level, name, bytes), 'getsockopt'))
}

/** All bytes of a value of unknown length, where the kernel gives nothing rather than a part of it. */
export function getAllBytes(fd: number, level: number, name: number): Buffer {
  for (let room = LIKELY; ; room *= 4) {
    const bytes = Buffer.alloc(room)
    const length = native.getsockopt(fd, level, name, bytes)
    if (length >= 0 && length <= room) return bytes.subarray(0, length)
    if (length !== -ERANGE || room > LONGEST) check(length, 'getsockopt')
  }
}

const LIKELY = 256
/** 65536 groups (NGROUPS_MAX) are the longest value there is. */
const LONGEST = 65_536 * 4
