// IP packets as they could have been on the wire, with TCP or UDP in them: for captures, not for sending.
// Rule: lengths, sequence numbers and checksums are right, so that what reads captures has nothing to complain about.
// RFC 791, 8200, 9293, 768, 1071.

export interface Station {
  /** The 4 or 16 bytes of the address; both stations have the same family. */
  readonly address: Buffer
  readonly port: number
}

export const FIN = 0x01
export const SYN = 0x02
export const RST = 0x04
export const PSH = 0x08
export const ACK = 0x10

export interface Segment {
  readonly from: Station
  readonly to: Station
  readonly sequence: number
  readonly acknowledged: number
  readonly flags: number
  readonly payload: Buffer
}

const PROTOCOL_TCP = 6
const PROTOCOL_UDP = 17
const TTL = 64
const WINDOW = 65_535

/** So much fits into one TCP segment, and into one UDP datagram, of either family. */
export const MOST_PAYLOAD = 65_535 - 40
export const MOST_DATAGRAM = 65_535 - 28

export function tcpPacket({ from, to, sequence, acknowledged, flags, payload }: Segment): Buffer {
  const header = Buffer.alloc(20)
  header.writeUInt16BE(from.port, 0)
  header.writeUInt16BE(to.port, 2)
  header.writeUInt32BE(sequence, 4)
  header.writeUInt32BE(acknowledged, 8)
  header[12] = (header.length / 4) << 4
  header[13] = flags
  header.writeUInt16BE(WINDOW, 14)
  const segment = Buffer.concat([header, payload])
  segment.writeUInt16BE(checksumOf(pseudoHeader(from, to, PROTOCOL_TCP, segment.length), segment), 16)
  return ipPacket(from, to, PROTOCOL_TCP, segment)
}

export function udpPacket(from: Station, to: Station, payload: Buffer): Buffer {
  const header = Buffer.alloc(8)
  header.writeUInt16BE(from.port, 0)
  header.writeUInt16BE(to.port, 2)
  header.writeUInt16BE(header.length + payload.length, 4)
  const datagram = Buffer.concat([header, payload])
  const checksum = checksumOf(pseudoHeader(from, to, PROTOCOL_UDP, datagram.length), datagram)
  // 0 would say that there is none.
  datagram.writeUInt16BE(checksum || 0xffff, 6)
  return ipPacket(from, to, PROTOCOL_UDP, datagram)
}

function ipPacket(from: Station, to: Station, protocol: number, content: Buffer): Buffer {
  if (from.address.length === 16) {
    const header = Buffer.alloc(8)
    header[0] = 0x60
    header.writeUInt16BE(content.length, 4)
    header[6] = protocol
    header[7] = TTL
    return Buffer.concat([header, from.address, to.address, content])
  }
  const header = Buffer.alloc(12)
  header[0] = 0x45
  header.writeUInt16BE(20 + content.length, 2)
  header.writeUInt16BE(0x4000, 6) // Not to be fragmented, so the identification may be 0 (RFC 6864).
  header[8] = TTL
  header[9] = protocol
  const packet = Buffer.concat([header, from.address, to.address, content])
  packet.writeUInt16BE(checksumOf(packet.subarray(0, 20)), 10)
  return packet
}

function pseudoHeader(from: Station, to: Station, protocol: number, length: number): Buffer {
  if (from.address.length === 16) {
    const rest = Buffer.alloc(8)
    rest.writeUInt32BE(length, 0)
    rest[7] = protocol
    return Buffer.concat([from.address, to.address, rest])
  }
  const rest = Buffer.alloc(4)
  rest[1] = protocol
  rest.writeUInt16BE(length, 2)
  return Buffer.concat([from.address, to.address, rest])
}

/** The internet checksum over parts, all but the last of which have an even length. */
export function checksumOf(...parts: readonly Buffer[]): number {
  let sum = 0
  for (const part of parts) {
    const even = part.length & ~1
    for (let at = 0; at < even; at += 2) sum += ((part[at] as number) << 8) | (part[at + 1] as number)
    if (even < part.length) sum += (part[even] as number) << 8
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000)
  return ~sum & 0xffff
}
