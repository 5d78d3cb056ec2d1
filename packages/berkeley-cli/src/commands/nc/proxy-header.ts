// The header of the PROXY protocol: sent first on a connection, or expected first of whoever connects.
// https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt
import { AF_INET, AF_INET6, type Socket } from 'berkeley'
import { type ProxyHeader, proxyHeader } from 'berkeley/socketserver'
import { formatSocketAddress } from '../../endpoint.ts'
import { CommandFailure } from '../../exit-status.ts'
import { quoted } from '../../printable.ts'

export type ProxyVersion = 'v1' | 'v2'

const SIGNATURE = Buffer.from('\r\n\r\n\0\r\nQUIT\n')
const FIXED_LENGTH = 16
const LONGEST_LINE = 107
const LINE_START = Buffer.from('PROXY ')
const LF = 0x0a

/** The header that tells of this very connection, as a proxy of it would send it. */
export function ownHeader(socket: Socket<number>, version: ProxyVersion): Buffer {
  const { family } = socket
  const isInternet = family === AF_INET || family === AF_INET6
  const place = (address: unknown) => {
    const [host, port] = address as [string, number]
    return [host.replace(/%.*$/, ''), port] as const
  }
  return proxyHeader.encode({
    version: version === 'v1' ? 1 : 2,
    family: isInternet ? family : null,
    source: isInternet ? place(socket.getsockname()) : null,
    destination: isInternet ? place(socket.getpeername()) : null,
    tlvs: [],
  })
}

export interface ReceivedHeader {
  readonly header: ProxyHeader
  /** What came behind it already. */
  readonly rest: Buffer
  readonly bytes: Buffer
}

/** Takes the header from a connection. Throws CommandFailure for anything else. */
export async function receiveProxyHeader(
  socket: Socket<number>,
  version: ProxyVersion,
  signal: AbortSignal,
): Promise<ReceivedHeader> {
  let came = Buffer.alloc(0)
  for (;;) {
    const length = lengthOf(came)
    if (length !== null && came.length >= length) {
      const bytes = came.subarray(0, length)
      const header = decode(bytes)
      if (`v${header.version}` !== version)
        throw new CommandFailure(`a PROXY header of v${header.version} instead of ${version}`)
      return { header, bytes, rest: came.subarray(length) }
    }
    const more = await socket.recv(65_536, { signal })
    if (more.length === 0) throw new CommandFailure('the connection ended within its PROXY header')
    came = Buffer.concat([came, more])
  }
}

/** How long the header is; null if that is not known yet. */
function lengthOf(came: Buffer): number | null {
  const begins = (start: Buffer) => start.subarray(0, came.length).equals(came.subarray(0, start.length))
  if (begins(SIGNATURE)) {
    return came.length < FIXED_LENGTH ? null : FIXED_LENGTH + came.readUInt16BE(FIXED_LENGTH - 2)
  }
  if (begins(LINE_START)) {
    const end = came.indexOf(LF)
    if (end < 0 && came.length < LONGEST_LINE) return null
    if (end >= 0 && end < LONGEST_LINE) return end + 1
  }
  throw new CommandFailure(`no PROXY header; it begins with ${quoted(came.toString('latin1'))}`)
}

function decode(bytes: Buffer): ProxyHeader {
  try {
    return proxyHeader.decode(bytes)
  } catch (error) {
    if (error instanceof RangeError) throw new CommandFailure(`a bad PROXY header: ${error.message}`)
    throw error
  }
}

/** `192.0.2.1:50000 → 192.0.2.2:80`. */
export function describeHeader({ family, source, destination }: ProxyHeader): string {
  if (family === null || source === null || destination === null) return 'of nobody in particular'
  return `${formatSocketAddress(family, source)} → ${formatSocketAddress(family, destination)}`
}
