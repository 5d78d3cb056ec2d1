// AF_UNIX: a path, as text or bytes.
//
// The address works by its length, not by a NUL: a path has at least one byte and ends with a NUL that is counted; an
// abstract name begins with a NUL and may hold any bytes, further NULs too, up to the end of the address; without any
// byte it is "unnamed" (and bind(2) then chooses an abstract name: autobind).
import { AF_UNIX } from '../../sys/constants.ts'
import { ENAMETOOLONG } from '../../sys/errno.ts'
import { layout } from '../../sys/layout.ts'
import { bytesOf, lengthOf } from '../bytes.ts'
import { osError, wrongType, wrongValue } from '../errors.ts'
import { type Codec, writeFamily } from './codec.ts'

/** A path; an abstract name if it begins with `'\0'`; unnamed if it is empty. */
export type UnixAddress = string | Uint8Array

const { size, sun_path } = layout.sockaddr_un
const CAPACITY = size - sun_path

export const unix: Codec<string | Buffer> = {
  family: AF_UNIX,
  least: sun_path,

  encode(address, to, syscall) {
    if (typeof address !== 'string' && !ArrayBuffer.isView(address)) {
      throw wrongType(syscall, 'address', 'a path, as a string or bytes', address)
    }
    if (typeof address === 'string') {
      const length = writeAscii(address, to)
      if (length > 0) return sun_path + length + 1
    }
    const path = bytesOf(syscall, 'address', address)
    const length = lengthOf(path)
    const abstract = path[0] === 0
    const longest = abstract ? CAPACITY : CAPACITY - 1
    if (length > longest) {
      throw osError(-ENAMETOOLONG, syscall, address)
    }
    if (!abstract && path.includes(0)) throw wrongValue(syscall, 'address', 'a path without NUL', address)
    writeFamily(to, AF_UNIX)
    to.set(path, sun_path)
    to[sun_path + length] = 0
    return sun_path + length + (abstract || length === 0 ? 0 : 1)
  },

  decode(from, length) {
    return length <= sun_path ? '' : unixName(from.subarray(sun_path, length))
  },
}

// A path of ASCII needs no encoder: writes it with its NUL and returns its length; 0 if it is not that, or has no room.
function writeAscii(path: string, to: Uint8Array): number {
  if (path.length >= CAPACITY) return 0
  for (let i = 0; i < path.length; i++) {
    const code = path.charCodeAt(i)
    if (code === 0 || code > LAST_ASCII) return 0
    to[sun_path + i] = code
  }
  writeFamily(to, AF_UNIX)
  to[sun_path + path.length] = 0
  return path.length
}

const LAST_ASCII = 127
const { latin1Slice } = Buffer.prototype as unknown as {
  latin1Slice(this: Uint8Array, start: number, end: number): string
}

/** What stands in sun_path: a path as text, if it is some, an abstract name as bytes. */
export function unixName(bytes: Uint8Array): string | Buffer {
  if (bytes[0] === 0) return Buffer.from(bytes)
  let ascii = 0
  while (ascii < bytes.length && bytes[ascii]! > 0 && bytes[ascii]! <= LAST_ASCII) ascii++
  if (ascii === bytes.length || bytes[ascii] === 0) return latin1Slice.call(bytes, 0, ascii)
  const end = bytes.indexOf(0)
  const path = Buffer.from(end < 0 ? bytes : bytes.subarray(0, end))
  const text = path.toString('utf8')
  return Buffer.from(text, 'utf8').equals(path) ? text : path
}
