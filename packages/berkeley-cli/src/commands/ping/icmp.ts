// Echo requests as bytes, and what routers and hosts say when they do not arrive.
import {
  AF_INET,
  ICMP_ECHO,
  ICMP_ECHOREPLY,
  ICMPV6_ECHO_REPLY,
  ICMPV6_ECHO_REQUEST,
  SO_EE_ORIGIN_ICMP,
  SO_EE_ORIGIN_ICMP6,
} from 'berkeley'

export type Family = number

/** Type, code, checksum, identifier, sequence. */
export const ICMP_HEADER = 8

export interface Echo {
  readonly identifier: number
  readonly sequence: number
}

/** A request with `size` bytes of payload, which count up as those of other pings do. IPv4 wants its checksum. */
export function encodeRequest(family: Family, { identifier, sequence }: Echo, size: number): Buffer {
  const bytes = Buffer.alloc(ICMP_HEADER + size)
  bytes[0] = family === AF_INET ? ICMP_ECHO : ICMPV6_ECHO_REQUEST
  bytes.writeUInt16BE(identifier, 4)
  bytes.writeUInt16BE(sequence, 6)
  for (let at = ICMP_HEADER; at < bytes.length; at++) bytes[at] = at - ICMP_HEADER
  // The kernel makes that of ICMPv6, whose sum takes in the addresses, and that of ping sockets.
  if (family === AF_INET) bytes.writeUInt16BE(checksum(bytes), 2)
  return bytes
}

/** The identifier and sequence of a reply; null for anything else. */
export function decodeReply(family: Family, message: Buffer): Echo | null {
  return decodeEcho(message, family === AF_INET ? ICMP_ECHOREPLY : ICMPV6_ECHO_REPLY)
}

/** The identifier and sequence of a request that comes back with an error; null for anything else. */
export function decodeRequest(family: Family, message: Buffer): Echo | null {
  return decodeEcho(message, family === AF_INET ? ICMP_ECHO : ICMPV6_ECHO_REQUEST)
}

function decodeEcho(message: Buffer, type: number): Echo | null {
  if (message.length < ICMP_HEADER || message[0] !== type || message[1] !== 0) return null
  return { identifier: message.readUInt16BE(4), sequence: message.readUInt16BE(6) }
}

/** RFC 1071: the complement of the sum, in one's complement, of all words. */
export function checksum(bytes: Uint8Array): number {
  let sum = 0
  for (let at = 0; at < bytes.length; at += 2) sum += ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  return ~sum & 0xffff
}

// By type, then by code.
const ICMP_WORDS: Readonly<Record<number, readonly string[]>> = {
  3: [
    ...[
      'network unreachable',
      'host unreachable',
      'protocol unreachable',
      'port unreachable',
      'packet too large',
    ],
    ...['source route failed', 'network unknown', 'host unknown', 'host isolated', 'network prohibited'],
    ...[
      'host prohibited',
      'network unreachable for this type of service',
      'host unreachable for this type of service',
    ],
    ...['filtered', 'precedence violated', 'precedence too low'],
  ],
  4: ['source quench'],
  5: ['redirected', 'redirected', 'redirected', 'redirected'],
  11: ['time to live exceeded', 'fragments not reassembled in time'],
  12: ['header not understood', 'option missing', 'bad length'],
}

const ICMP6_WORDS: Readonly<Record<number, readonly string[]>> = {
  1: [
    ...['no route', 'administratively prohibited', 'beyond the scope of the source', 'address unreachable'],
    ...['port unreachable', 'source address refused', 'route rejected'],
  ],
  2: ['packet too large'],
  3: ['hop limit exceeded', 'fragments not reassembled in time'],
  4: ['header field not understood', 'next header not understood', 'option not understood'],
}

/** What an ICMP error means; null for what is none. */
export function describeError(origin: number, type: number, code: number): string | null {
  const words =
    origin === SO_EE_ORIGIN_ICMP ? ICMP_WORDS : origin === SO_EE_ORIGIN_ICMP6 ? ICMP6_WORDS : undefined
  if (words === undefined) return null
  return words[type]?.[code] ?? `ICMP type ${type}, code ${code}`
}
