// The PROXY protocol, versions 1 and 2: the header in which a proxy tells a server who its client is.
// https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt

import { unixName } from '../../core/address/unix.ts'
import { writableBytesOf } from '../../core/bytes.ts'
import { wrongValue } from '../../core/errors.ts'
import { inetNtop, inetPton } from '../../core/numbers.ts'
import { AF_INET, AF_INET6, AF_UNIX } from '../../sys/constants.ts'
import { checkHeader } from './checking.ts'

/** An address as `getpeername` has it; of AF_UNIX bytes where it is no text, or an abstract name. */
export type ProxyAddress =
  | readonly [string, number]
  | readonly [string, number, number, number]
  | string
  | Buffer

/** Who a connection comes from and where it went, as a proxy tells it. */
export interface ProxyHeader {
  /** 1: a line of text. 2: binary. */
  readonly version: 1 | 2
  /** `AF_INET`, `AF_INET6`, `AF_UNIX`; `null`: the proxy speaks for itself, or does not know. */
  readonly family: number | null
  /** The client, as `getpeername` would have it; `null` if it is not known. */
  readonly source: ProxyAddress | null
  /** Where the client connected to; `null` if it is not known. */
  readonly destination: ProxyAddress | null
  /** Further facts of version 2: `[type, value]`; see PP2_TYPE_… in the specification. */
  readonly tlvs: readonly (readonly [type: number, value: Buffer])[]
}

/** What all headers of version 2 begin with. */
export const SIGNATURE = Buffer.of(13, 10, 13, 10, 0, 13, 10, 0x51, 0x55, 0x49, 0x54, 10)
/** The signature, the command, the family and the length. */
export const FIXED_LENGTH = 16
/** The longest header of version 1, its end included. */
export const LONGEST_LINE = 107

const END = '\r\n'
const PATH_LENGTH = 108
const families = [
  { code: 1, family: AF_INET, size: 4, name: 'TCP4' },
  { code: 2, family: AF_INET6, size: 16, name: 'TCP6' },
] as const

const bad = (what: string): RangeError => wrongValue('proxyHeader', 'header', 'a PROXY protocol header', what)

function endpoint(family: number, host: string, port: number) {
  return family === AF_INET6 ? ([host, port, 0, 0] as const) : ([host, port] as const)
}

/** Reads a whole header of version 1, from `PROXY` to the end of the line. */
function decodeLine(line: string): ProxyHeader {
  const words = /^PROXY ([^\r\n]*)\r\n$/.exec(line)?.[1]?.split(' ')
  if (words === undefined) throw bad(line)
  const nobody = { version: 1, family: null, source: null, destination: null, tlvs: [] } as const
  if (words[0] === 'UNKNOWN') return nobody
  const kind = families.find(({ name }) => name === words[0])
  if (kind === undefined || words.length !== 5) throw bad(line)
  const [, source = '', destination = '', ...ports] = words
  const [from, to] = ports.map((port) =>
    /^(0|[1-9]\d{0,4})$/.test(port) && Number(port) < 65_536 ? Number(port) : -1,
  )
  if (from === undefined || to === undefined || from < 0 || to < 0) throw bad(line)
  const canonical = (host: string): string => {
    try {
      return inetNtop(kind.family, inetPton(kind.family, host))
    } catch {
      throw bad(line)
    }
  }
  const { family } = kind
  return {
    ...nobody,
    family,
    source: endpoint(family, canonical(source), from),
    destination: endpoint(family, canonical(destination), to),
  }
}

/** How long the whole of a header of version 2 is, by its first 16 bytes. */
export function lengthOfBinary(fixed: Buffer): number {
  return FIXED_LENGTH + fixed.readUInt16BE(14)
}

function decodeBinary(bytes: Buffer): ProxyHeader {
  const command = bytes[12]!
  const protocol = bytes[13]!
  if (command >> 4 !== 2 || (command & 15) > 1) throw bad(`version and command 0x${command.toString(16)}`)
  const rest = bytes.subarray(FIXED_LENGTH)
  const nobody = { version: 2, family: null, source: null, destination: null } as const
  const kind = families.find(({ code }) => code === protocol >> 4)
  const isLocal = (command & 15) === 0
  if (kind !== undefined) {
    const { size, family } = kind
    const used = 2 * size + 4
    if (rest.length < used) throw bad(`${rest.length} bytes of addresses`)
    const tlvs = decodeTlvs(rest.subarray(used))
    if (isLocal) return { ...nobody, tlvs }
    const at = (start: number, port: number) =>
      endpoint(family, inetNtop(family, rest.subarray(start, start + size)), rest.readUInt16BE(port))
    return { version: 2, family, source: at(0, 2 * size), destination: at(size, 2 * size + 2), tlvs }
  }
  if (protocol >> 4 === 3) {
    if (rest.length < 2 * PATH_LENGTH) throw bad(`${rest.length} bytes of addresses`)
    const tlvs = decodeTlvs(rest.subarray(2 * PATH_LENGTH))
    if (isLocal) return { ...nobody, tlvs }
    const path = (start: number) => decodePath(rest.subarray(start, start + PATH_LENGTH))
    return { version: 2, family: AF_UNIX, source: path(0), destination: path(PATH_LENGTH), tlvs }
  }
  if (protocol >> 4 !== 0 && !isLocal) throw bad(`family ${protocol >> 4}`)
  return { ...nobody, tlvs: [] }
}

function decodePath(field: Buffer): string | Buffer {
  const end = field.findLastIndex((byte) => byte !== 0) + 1
  return unixName(field.subarray(0, end))
}

function encodePath(path: ProxyAddress | null): Buffer {
  const bytes = Buffer.isBuffer(path) ? path : Buffer.from(String(path ?? ''))
  return Buffer.concat([bytes], PATH_LENGTH)
}

function decodeTlvs(bytes: Buffer): (readonly [number, Buffer])[] {
  const tlvs: (readonly [number, Buffer])[] = []
  for (let at = 0; at < bytes.length; ) {
    const length = at + 3 <= bytes.length ? bytes.readUInt16BE(at + 1) : bytes.length
    if (at + 3 + length > bytes.length) throw bad('a TLV that is cut off')
    tlvs.push([bytes[at]!, Buffer.from(bytes.subarray(at + 3, at + 3 + length))])
    at += 3 + length
  }
  return tlvs
}

function encodeLine({ family, source, destination }: ProxyHeader): Buffer {
  const kind = families.find((known) => known.family === family)
  if (kind === undefined || source === null || destination === null) return Buffer.from(`PROXY UNKNOWN${END}`)
  return Buffer.from(`PROXY ${kind.name} ${source[0]} ${destination[0]} ${source[1]} ${destination[1]}${END}`)
}

function encodeBinary({ family, source, destination, tlvs }: ProxyHeader): Buffer {
  const kind = families.find((known) => known.family === family)
  let protocol = 0
  let command = 0x21
  const parts: Buffer[] = []
  if (family === AF_UNIX) {
    protocol = 0x31
    parts.push(encodePath(source), encodePath(destination))
  } else if (kind !== undefined && source !== null && destination !== null) {
    protocol = (kind.code << 4) | 1
    const ports = Buffer.alloc(4)
    ports.writeUInt16BE(Number(source[1]), 0)
    ports.writeUInt16BE(Number(destination[1]), 2)
    parts.push(inetPton(kind.family, String(source[0])), inetPton(kind.family, String(destination[0])), ports)
  }
  if (protocol === 0) {
    command = 0x20
    // What follows no address of any kind is not read: so there are some, which mean nothing.
    if (tlvs.length > 0) {
      protocol = 0x11
      parts.push(Buffer.alloc(12))
    }
  }
  for (const [type, value] of tlvs) {
    const head = Buffer.from([type, 0, 0])
    head.writeUInt16BE(value.length, 1)
    parts.push(head, value)
  }
  const rest = Buffer.concat(parts)
  const fixed = Buffer.alloc(FIXED_LENGTH)
  SIGNATURE.copy(fixed)
  fixed[12] = command
  fixed[13] = protocol
  fixed.writeUInt16BE(rest.length, 14)
  return Buffer.concat([fixed, rest])
}

/**
 * proxyHeader - the header of the PROXY protocol, to and from bytes
 *
 * @example
 * const { source } = proxyHeader.decode(Buffer.from(`PROXY TCP4 192.0.2.1 192.0.2.2 50000 80\r\n`))
 * @see https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt
 */
export const proxyHeader = {
  /** Reads a whole header. @throws RangeError for anything else; TypeError if it is no bytes */
  decode(header: Uint8Array): ProxyHeader {
    const bytes = Buffer.from(writableBytesOf('proxyHeader', 'header', header))
    if (bytes.length >= FIXED_LENGTH && bytes.subarray(0, SIGNATURE.length).equals(SIGNATURE)) {
      if (lengthOfBinary(bytes) !== bytes.length) throw bad(`${bytes.length} bytes`)
      return decodeBinary(bytes)
    }
    if (bytes.length > LONGEST_LINE) throw bad(`${bytes.length} bytes`)
    return decodeLine(bytes.toString('latin1'))
  },
  /** Makes a header of the version that it says. @throws TypeError, RangeError for what has no place in one */
  encode(header: ProxyHeader): Buffer {
    checkHeader(header)
    return header.version === 1 ? encodeLine(header) : encodeBinary(header)
  },
}
