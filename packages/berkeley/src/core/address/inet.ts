// AF_INET: `[host, port]`. `''` is any address, `'<broadcast>'` the broadcast one; other names are looked up before.
import { AF_INET } from '../../sys/constants.ts'
import { layout } from '../../sys/layout.ts'
import { integer } from '../arguments.ts'
import { wrongType, wrongValue } from '../errors.ts'
import { type Codec, writeFamily } from './codec.ts'
import { formatIPv4, parseIPv4 } from './ip.ts'

/** An IPv4 address: host (dotted, a name, `''` or `'<broadcast>'`) and port. */
export type InetAddress = readonly [host: string, port: number]

const { size, sin_port, sin_addr } = layout.sockaddr_in
const SHAPE = '[host, port]'

export const inet: Codec<InetAddress> = {
  family: AF_INET,
  least: size,

  encode(address, to, syscall) {
    if (!Array.isArray(address) || address.length !== 2) throw wrongType(syscall, 'address', SHAPE, address)
    const host: unknown = address[0]
    writeFamily(to, AF_INET)
    writePort(to, sin_port, address[1], syscall)
    for (let i = sin_addr; i < size; i++) to[i] = 0
    if (typeof host !== 'string') throw wrongType(syscall, 'host', 'a string', host)
    if (host === '') return size
    if (isNumeric(host)) {
      for (let i = 0; i < 4; i++) to[sin_addr + i] = numbers[i]!
      return size
    }
    if (host !== '<broadcast>') throw wrongValue(syscall, 'host', 'a numeric IPv4 address', host)
    to.fill(255, sin_addr, sin_addr + 4)
    return size
  },

  decode: (from) => [cachedIPv4(from), (from[sin_port]! << 8) | from[sin_port + 1]!],

  nameIn(address) {
    if (!Array.isArray(address) || typeof address[0] !== 'string') return null
    const host: string = address[0]
    return host === '' || host === '<broadcast>' || isNumeric(host) ? null : host
  },

  resolved: ([, port], [host]) => [host, port],
}

export function writePort(to: Uint8Array, at: number, value: unknown, syscall: string): void {
  const port = integer(syscall, 'port', value, 0, 65535)
  to[at] = port >> 8
  to[at + 1] = port & 0xff
}

const numbers = new Uint8Array(4)
let readFrom: string | null = null

// Puts the bytes of a numeric host into `numbers`, if it is one. A call asks twice: whether this is a name, and then for the
// bytes; and who sends often sends to the same.
function isNumeric(host: string): boolean {
  if (host === readFrom) return true
  const numeric = parseIPv4(host, numbers, 0)
  readFrom = numeric ? host : null
  return numeric
}

// Making the text costs more than all the rest of decoding, and a socket hears from few peers at a time.
const CACHED = 256
const cachedKeys = new Int32Array(CACHED)
const cachedTexts: string[] = new Array<string>(CACHED).fill('0.0.0.0')

function cachedIPv4(from: Uint8Array): string {
  const a = from[sin_addr]!
  const b = from[sin_addr + 1]!
  const c = from[sin_addr + 2]!
  const d = from[sin_addr + 3]!
  const key = (a << 24) | (b << 16) | (c << 8) | d
  const place = (d ^ (c << 3) ^ (b << 5) ^ a) & (CACHED - 1)
  if (cachedKeys[place] === key) return cachedTexts[place]!
  const text = formatIPv4(from, sin_addr)
  cachedKeys[place] = key
  cachedTexts[place] = text
  return text
}
