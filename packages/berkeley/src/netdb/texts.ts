// The texts that go to the C library: bytes with a NUL at the end, NOTHING for NULL.
import { domainToASCII } from 'node:url'
import { integer } from '../core/arguments.ts'
import { writableBytesOf } from '../core/bytes.ts'
import { wrongType, wrongValue } from '../core/errors.ts'
import { NOTHING } from '../ops/request.ts'

/** What `getnameinfo` gives at most. No name is longer; and the C library copies names to its thread's small stack. */
const LONGEST_NAME = 1024

/** A name as text (in UTF-8) or bytes. */
export function nameText(
  syscall: string,
  parameter: string,
  value: unknown,
  must = 'a string or bytes',
): Uint8Array {
  const given = typeof value === 'string' ? value : writableBytesOf(syscall, parameter, value, must)
  if (given.length > LONGEST_NAME) {
    throw wrongValue(syscall, parameter, `at most ${LONGEST_NAME} bytes`, `${given.length} bytes`)
  }
  const text = Buffer.concat([Buffer.from(given), Buffer.alloc(1)])
  if (text.indexOf(0) !== text.length - 1) throw wrongValue(syscall, parameter, 'a name without NUL', given)
  return text
}

/** As `nameText`, with NULL for what is left out. */
export function optionalText(syscall: string, parameter: string, value: unknown): Uint8Array {
  if (value === undefined || value === null) return NOTHING
  if (typeof value !== 'string') throw wrongType(syscall, parameter, 'a string', value)
  return nameText(syscall, parameter, value)
}

/** The name of a host. What is not ASCII is encoded as IDNA wants it. */
export function hostText(syscall: string, parameter: string, value: unknown): Uint8Array {
  if (typeof value !== 'string' || isASCII(value)) return nameText(syscall, parameter, value)
  const ascii = domainToASCII(value)
  if (ascii === '') throw wrongValue(syscall, parameter, 'a name that IDNA can encode', value)
  return nameText(syscall, parameter, ascii)
}

/** A service's name or its port. */
export function serviceText(syscall: string, parameter: string, value: unknown): Uint8Array {
  const port = typeof value === 'number' ? String(integer(syscall, parameter, value, 0, 65535)) : value
  return nameText(syscall, parameter, port, 'a number, a string, bytes or null')
}

function isASCII(value: string): boolean {
  return Buffer.byteLength(value) === value.length
}
