// Takes the header of the PROXY protocol from a connection, and not a byte more: whatever follows is the handler's, who
// may be in another thread or process.
import type { Socket } from '../../socket.ts'
import { MSG_PEEK } from '../../sys/constants.ts'
import {
  FIXED_LENGTH,
  LONGEST_LINE,
  lengthOfBinary,
  type ProxyHeader,
  proxyHeader,
  SIGNATURE,
} from './header.ts'

const LF = 0x0a
/** No header is shorter: `PROXY UNKNOWN\r\n`. */
const SHORTEST = 15

export async function receiveHeader(connection: Socket<number>, signal: AbortSignal): Promise<ProxyHeader> {
  const start = await exactly(connection, SHORTEST, signal)
  if (!start.subarray(0, SIGNATURE.length).equals(SIGNATURE)) {
    const isWhole = start[SHORTEST - 1] === LF
    return proxyHeader.decode(isWhole ? start : Buffer.concat([start, await restOfLine(connection, signal)]))
  }
  const fixed = Buffer.concat([start, await exactly(connection, FIXED_LENGTH - SHORTEST, signal)])
  const rest = await exactly(connection, lengthOfBinary(fixed) - FIXED_LENGTH, signal)
  return proxyHeader.decode(Buffer.concat([fixed, rest]))
}

async function exactly(connection: Socket<number>, size: number, signal: AbortSignal): Promise<Buffer> {
  const bytes = Buffer.alloc(size)
  for (let at = 0; at < size; ) {
    const count = await connection.recvInto(bytes.subarray(at), { signal })
    if (count === 0) throw new RangeError('the connection ended within its PROXY protocol header')
    at += count
  }
  return bytes
}

// What is peeked at is taken before there is another look: as long as the line is not whole, all of it belongs to it.
async function restOfLine(connection: Socket<number>, signal: AbortSignal): Promise<Buffer> {
  const parts: Buffer[] = []
  for (let left = LONGEST_LINE - SHORTEST; left > 0; ) {
    const seen = await connection.recv(left, { flags: MSG_PEEK, signal })
    if (seen.length === 0) throw new RangeError('the connection ended within its PROXY protocol header')
    const end = seen.indexOf(LF) + 1
    const part = await exactly(connection, end === 0 ? seen.length : end, signal)
    parts.push(part)
    if (end > 0) break
    left -= part.length
  }
  return Buffer.concat(parts)
}
