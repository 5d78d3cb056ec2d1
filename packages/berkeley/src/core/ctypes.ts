// The types of C, as members of structs are written and read. Numbers have the machine's byte order, unless the name of
// the type says otherwise.
// Rule: `write` checks what users pass, and throws what names the call and the parameter; `read` takes whatever is there.
import { LITTLE_ENDIAN } from '../sys/byte-order.ts'
import { formatIPv4, formatIPv6, parseIPv4, parseIPv6 } from './address/ip.ts'
import { boolean, integer } from './arguments.ts'
import { wrongType, wrongValue } from './errors.ts'

export interface CType<Value> {
  /** sizeof */
  readonly size: number
  read(from: DataView, at: number): Value
  write(to: DataView, at: number, value: unknown, call: string, parameter: string): void
}

/** A view of the same memory that numbers can be read from and written to. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

const LARGEST_16 = 0xffff
const LARGEST_32 = 0xffffffff
const LARGEST_64 = 0xffffffffffffffffn

// ---- numbers --------------------------------------------------------------------------------------------------------

export const uint8: CType<number> = {
  size: 1,
  read: (from, at) => from.getUint8(at),
  write: (to, at, value, call, parameter) => to.setUint8(at, integer(call, parameter, value, 0, 0xff)),
}

export const int8: CType<number> = {
  size: 1,
  read: (from, at) => from.getInt8(at),
  write: (to, at, value, call, parameter) => to.setInt8(at, integer(call, parameter, value, -0x80, 0x7f)),
}

function uint16Type(littleEndian: boolean): CType<number> {
  return {
    size: 2,
    read: (from, at) => from.getUint16(at, littleEndian),
    write(to, at, value, call, parameter) {
      to.setUint16(at, integer(call, parameter, value, 0, LARGEST_16), littleEndian)
    },
  }
}

export const uint16: CType<number> = uint16Type(LITTLE_ENDIAN)
/** In network byte order. */
export const uint16BE: CType<number> = uint16Type(false)
/** As Bluetooth has it. */
export const uint16LE: CType<number> = uint16Type(true)

export const int16: CType<number> = {
  size: 2,
  read: (from, at) => from.getInt16(at, LITTLE_ENDIAN),
  write(to, at, value, call, parameter) {
    to.setInt16(at, integer(call, parameter, value, -0x8000, 0x7fff), LITTLE_ENDIAN)
  },
}

/** A negative number stands for what it is modulo 2**32, as in C and in Python: `-1` is all ones. */
export const uint32: CType<number> = {
  size: 4,
  read: (from, at) => from.getUint32(at, LITTLE_ENDIAN),
  write(to, at, value, call, parameter) {
    to.setUint32(at, integer(call, parameter, value, -(2 ** 31), LARGEST_32), LITTLE_ENDIAN)
  },
}

export const int32: CType<number> = {
  size: 4,
  read: (from, at) => from.getInt32(at, LITTLE_ENDIAN),
  write(to, at, value, call, parameter) {
    to.setInt32(at, integer(call, parameter, value, -(2 ** 31), 2 ** 31 - 1), LITTLE_ENDIAN)
  },
}

/** Always read as a bigint; a number is taken as well. */
export const uint64: CType<bigint> = {
  size: 8,
  read: (from, at) => from.getBigUint64(at, LITTLE_ENDIAN),
  write: (to, at, value, call, parameter) => {
    to.setBigUint64(at, bigInteger(call, parameter, value, LARGEST_64), LITTLE_ENDIAN)
  },
}

/** A whole number that may be beyond 2**53, 0 to `most`. */
export function bigInteger(call: string, parameter: string, value: unknown, most: bigint): bigint {
  if (typeof value === 'number') return BigInt(integer(call, parameter, value, 0, Number.MAX_SAFE_INTEGER))
  if (typeof value !== 'bigint') throw wrongType(call, parameter, 'a whole number or a bigint', value)
  if (value < 0n || value > most) throw wrongValue(call, parameter, `0 to ${most}`, value)
  return value
}

/** An amount, as a number: beyond 2**53 it is rounded, and all ones, which stand for "no limit", are Infinity. */
export const amount64: CType<number> = {
  size: 8,
  read(from, at) {
    const value = uint64.read(from, at)
    return value === LARGEST_64 ? Number.POSITIVE_INFINITY : Number(value)
  },
  write(to, at, value, call, parameter) {
    uint64.write(to, at, value === Number.POSITIVE_INFINITY ? LARGEST_64 : value, call, parameter)
  },
}

/** An int that means yes or no. */
export const flag: CType<boolean> = {
  size: 4,
  read: (from, at) => int32.read(from, at) !== 0,
  write: (to, at, value, call, parameter) => {
    int32.write(to, at, boolean(call, parameter, value) ? 1 : 0, call, parameter)
  },
}

// ---- addresses ------------------------------------------------------------------------------------------------------

function addressType(
  size: number,
  must: string,
  parse: (text: string, to: Uint8Array, at: number) => boolean,
  format: (from: Uint8Array, at: number) => string,
): CType<string> {
  const bytesAt = (view: DataView, at: number) => new Uint8Array(view.buffer, view.byteOffset + at, size)
  return {
    size,
    read: (from, at) => format(bytesAt(from, at), 0),
    write(to, at, value, call, parameter) {
      if (typeof value !== 'string') throw wrongType(call, parameter, must, value)
      if (!parse(value, bytesAt(to, at), 0)) throw wrongValue(call, parameter, must, value)
    },
  }
}

/** struct in_addr, as text. */
export const ipv4: CType<string> = addressType(4, 'a numeric IPv4 address', parseIPv4, formatIPv4)

/** struct in6_addr, as text. */
export const ipv6: CType<string> = addressType(16, 'a numeric IPv6 address', parseIPv6, formatIPv6)
