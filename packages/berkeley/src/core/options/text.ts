// Options whose value is text. All others refuse text: as bytes of an integer, '1' would be a number that nobody meant.
import {
  IPPROTO_TCP,
  SO_BINDTODEVICE,
  SOL_ALG,
  SOL_SOCKET,
  TCP_CONGESTION,
  TCP_ULP,
} from '../../sys/constants.ts'
import { wrongType, wrongValue } from '../errors.ts'

export const NUMBER_OR_BYTES = 'a number, a boolean, a buffer or a view of one'

/** IFNAMSIZ, TCP_CA_NAME_MAX and TCP_ULP_NAME_MAX without the NUL; the last two are in no public header. */
const LONGEST_NAME = 15

/** The bytes of text. The kernel cuts names that are too long, and would take what is left for the name of another. */
export function textOption(
  call: string,
  parameter: string,
  level: number,
  optname: number,
  value: string,
): Uint8Array {
  if (level === SOL_ALG) return Buffer.from(value)
  if (!isName(level, optname)) throw wrongType(call, parameter, NUMBER_OR_BYTES, value)
  const bytes = Buffer.from(value.replace(/\0$/, ''))
  if (bytes.includes(0)) throw wrongValue(call, parameter, 'a name without NUL', value)
  if (bytes.length > LONGEST_NAME) {
    throw wrongValue(call, parameter, `a name of at most ${LONGEST_NAME} bytes`, value)
  }
  return bytes
}

function isName(level: number, optname: number): boolean {
  return level === SOL_SOCKET
    ? optname === SO_BINDTODEVICE
    : level === IPPROTO_TCP && (optname === TCP_CONGESTION || optname === TCP_ULP)
}
