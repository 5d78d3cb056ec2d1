// Numbers in network byte order, and IP addresses as text and as bytes. Pure: no system call, the same in both forms.
import { AF_INET, AF_INET6 } from '../sys/constants.ts'
import { EAFNOSUPPORT, EINVAL } from '../sys/errno.ts'
import { formatIPv4, formatIPv6, parseIPv4, parseIPv6 } from './address/ip.ts'
import { int, integer, text } from './arguments.ts'
import { type WritableBytes, writableBytesOf } from './bytes.ts'
import { osError, wrongValue } from './errors.ts'

const LARGEST_16 = 0xffff
const LARGEST_32 = 0xffffffff

// A machine whose own order is the network's has nothing to swap.
const swaps = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1

function swapped16(syscall: string, value: unknown): number {
  const x = integer(syscall, 'x', value, 0, LARGEST_16)
  return swaps ? ((x & 0xff) << 8) | (x >> 8) : x
}

function swapped32(syscall: string, value: unknown): number {
  const x = integer(syscall, 'x', value, 0, LARGEST_32)
  if (!swaps) return x
  return (((x & 0xff) << 24) | ((x & 0xff00) << 8) | ((x >>> 8) & 0xff00) | (x >>> 24)) >>> 0
}

/**
 * htons - a 16-bit number from this machine's byte order to the network's
 *
 * @param x 0 to 65535
 * @throws TypeError, RangeError
 * @example
 * socket.setsockopt(SOL_SOCKET, option, htons(ETH_P_IP))
 * @see man 3 htons
 */
export function htons(x: number): number {
  return swapped16('htons', x)
}

/**
 * ntohs - a 16-bit number from the network's byte order to this machine's
 *
 * @param x 0 to 65535
 * @throws TypeError, RangeError
 * @example
 * console.log(ntohs(htons(80))) // 80
 * @see man 3 ntohs
 */
export function ntohs(x: number): number {
  return swapped16('ntohs', x)
}

/**
 * htonl - a 32-bit number from this machine's byte order to the network's
 *
 * @param x 0 to 4294967295
 * @throws TypeError, RangeError
 * @example
 * console.log(htonl(1)) // 16777216 on most machines
 * @see man 3 htonl
 */
export function htonl(x: number): number {
  return swapped32('htonl', x)
}

/**
 * ntohl - a 32-bit number from the network's byte order to this machine's
 *
 * @param x 0 to 4294967295
 * @throws TypeError, RangeError
 * @example
 * console.log(ntohl(htonl(1))) // 1
 * @see man 3 ntohl
 */
export function ntohl(x: number): number {
  return swapped32('ntohl', x)
}

/**
 * inetAton - an IPv4 address as four bytes, from any form that inet_aton(3) reads
 *
 * One to four numbers with dots between them, each decimal, octal (`0377`) or hexadecimal (`0xff`); the last one fills
 * all bytes that are left, so `'127.1'` is 127.0.0.1. What follows a blank does not count.
 *
 * @param ip `'127.0.0.1'`, `'127.1'`, `'0x7f000001'`
 * @throws OSError EINVAL if it is none; TypeError, RangeError
 * @example
 * console.log(inetAton('127.0.0.1')) // <Buffer 7f 00 00 01>
 * @see man 3 inet_aton
 */
export function inetAton(ip: string): Buffer {
  const address = classfulIPv4(text('inetAton', 'ip', ip))
  if (address === null) throw osError(-EINVAL, 'inetAton', ip)
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(address)
  return bytes
}

const NUMBER = /^(?:0[xX]([0-9a-fA-F]+)|(0[0-7]*)|([1-9][0-9]*))$/
const BLANK = /[ \t\n\v\f\r]/

function classfulIPv4(ip: string): number | null {
  const parts = ip.split(BLANK, 1)[0]!.split('.')
  if (parts.length > 4) return null
  const numbers = parts.map(numberOf)
  const last = numbers.pop()!
  let address = last
  for (const [i, value] of numbers.entries()) {
    if (!(value <= 0xff)) return null
    address += value * 2 ** (24 - 8 * i)
  }
  return last < 2 ** (32 - 8 * numbers.length) ? address : null
}

/** As strtoul(3) with base 0 reads it; NaN if there is anything else. */
function numberOf(digits: string): number {
  const match = NUMBER.exec(digits)
  if (match === null) return Number.NaN
  const [, hexadecimal, octal, decimal] = match
  if (hexadecimal !== undefined) return Number.parseInt(hexadecimal, 16)
  return octal !== undefined ? Number.parseInt(octal, 8) : Number(decimal)
}

/**
 * inetNtoa - the text of an IPv4 address
 *
 * @param packed its four bytes
 * @throws OSError EINVAL if they are not four; TypeError
 * @example
 * console.log(inetNtoa(Buffer.from([127, 0, 0, 1]))) // 127.0.0.1
 * @see man 3 inet_ntoa
 */
export function inetNtoa(packed: WritableBytes): string {
  const bytes = writableBytesOf('inetNtoa', 'packed', packed)
  if (bytes.length !== 4) throw osError(-EINVAL, 'inetNtoa', `${bytes.length} bytes`)
  return formatIPv4(bytes, 0)
}

interface Family {
  readonly size: number
  parse(text: string, to: Uint8Array, at: number): boolean
  format(from: Uint8Array, at: number): string
}

const families = new Map<number, Family>([
  [AF_INET, { size: 4, parse: parseIPv4, format: formatIPv4 }],
  [AF_INET6, { size: 16, parse: parseIPv6, format: formatIPv6 }],
])

/**
 * inetPton - the bytes of an IP address
 *
 * @param family `AF_INET` or `AF_INET6`
 * @param ip `'127.0.0.1'` (only this form), `'::1'` (without a scope)
 * @throws OSError EINVAL if it is none, EAFNOSUPPORT for another family; TypeError, RangeError
 * @example
 * console.log(inetPton(AF_INET6, '::1').length) // 16
 * @see man 3 inet_pton
 */
export function inetPton(family: number, ip: string): Buffer {
  const rules = families.get(int('inetPton', 'family', family))
  const given = text('inetPton', 'ip', ip)
  if (rules === undefined) throw osError(-EAFNOSUPPORT, 'inetPton', `family ${family}`)
  const bytes = Buffer.alloc(rules.size)
  if (!rules.parse(given, bytes, 0)) throw osError(-EINVAL, 'inetPton', given)
  return bytes
}

/**
 * inetNtop - the text of an IP address
 *
 * @param family `AF_INET` or `AF_INET6`
 * @param packed its 4 or 16 bytes
 * @throws RangeError if there are more or fewer bytes, or for another family; TypeError
 * @example
 * console.log(inetNtop(AF_INET6, inetPton(AF_INET6, '0:0::1'))) // ::1
 * @see man 3 inet_ntop
 */
export function inetNtop(family: number, packed: WritableBytes): string {
  const rules = families.get(int('inetNtop', 'family', family))
  const bytes = writableBytesOf('inetNtop', 'packed', packed)
  if (rules === undefined) throw wrongValue('inetNtop', 'family', 'AF_INET or AF_INET6', family)
  if (bytes.length !== rules.size) throw wrongValue('inetNtop', 'packed', `${rules.size} bytes`, bytes)
  return rules.format(bytes, 0)
}
