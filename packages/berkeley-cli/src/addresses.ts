// From what people write (`192.168.1.1-40`, `10.0.0.0/24`, `[fd00::1-28]:2000`, `lab-7.local`) to the list of
// hosts.
// Rule: nothing is guessed. What is not an address, a range or a host name is an error that names the piece,
//       and a list too long to be meant is refused before it is made.
import { AF_INET, AF_INET6, inetNtop, inetPton } from 'berkeley'

export const MAXIMUM_TARGETS = 65_536

export const ADDRESS_HELP = `
Addresses, separated by commas or spaces, each with an optional port:
  192.168.1.7                      one host, also by name: lab-7.local
  192.168.1.1-40                   a range; the end may be the last number only
  10.0.0.1-10.0.1.20               a range across networks
  192.168.1.0/24                   a network, without its network and broadcast address
  fd00::1, fd00::1-28, fd00::/120  IPv6; in a short range the end is hexadecimal
  fe80::1-20%eth0                  the interface of link-local addresses stands last
  192.168.1.7:2000, [fd00::1]:2000 a port of its own
At most ${MAXIMUM_TARGETS} hosts.`

export interface Target {
  readonly host: string
  readonly port: number
}

/** Says which piece of an address list is wrong, and why. */
export class AddressError extends Error {}

/** Neighbouring addresses. */
interface Numbers {
  readonly family: typeof AF_INET | typeof AF_INET6
  readonly first: bigint
  readonly count: bigint
}

type Span = { readonly name: string; readonly count: 1n } | (Numbers & { readonly zone: string | undefined })

/** All hosts of the list, in its order, each once. */
export function parseTargets(list: readonly string[], defaultPort: number): Target[] {
  const targets = new Map<string, Target>()
  let total = 0n
  for (const piece of list.flatMap((text) => text.split(/[\s,]+/)).filter((text) => text !== '')) {
    const { body, port } = splitPort(piece)
    const span = parseSpan(body, piece)
    total += span.count
    if (total > MAXIMUM_TARGETS) throw new AddressError(`${piece}: more than ${MAXIMUM_TARGETS} hosts in all`)
    for (const host of hostsOf(span)) {
      const target = { host, port: port ?? defaultPort }
      targets.set(formatTarget(target), target)
    }
  }
  if (targets.size === 0) throw new AddressError('no address given')
  return [...targets.values()]
}

export function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 1 && port <= 65_535
}

/** `host:port`, or `[host]:port` where the host has colons itself. */
export function formatTarget({ host, port }: Target): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

function splitPort(piece: string): { body: string; port: number | null } {
  const bracketed = /^\[([^\]]+)\](?::(\d+))?$/.exec(piece)
  // One colon divides host and port; an IPv6 address without brackets has at least two.
  const [, body, digits] = bracketed ?? /^([^:[\]]+):(\d+)$/.exec(piece) ?? [piece, piece]
  if (digits === undefined) return { body: body ?? piece, port: null }
  const port = Number(digits)
  if (!isPort(port)) throw new AddressError(`${piece}: port ${digits} is not between 1 and 65535`)
  return { body: body ?? piece, port }
}

function parseSpan(body: string, piece: string): Span {
  if (isHostName(body)) return { name: body, count: 1n }
  const [address, zone] = cutAt(body, '%')
  const numbers = parseRange(address, piece) ?? parseNetwork(address, piece) ?? parseSingle(address)
  if (numbers === null) {
    throw new AddressError(`${piece}: not an address, a range of addresses, a network or a host name`)
  }
  if (zone === '' || (zone && numbers.family !== AF_INET6)) {
    throw new AddressError(`${piece}: after % stands the interface of an IPv6 address`)
  }
  return { ...numbers, zone }
}

function parseSingle(text: string): Numbers | null {
  const family = text.includes(':') ? AF_INET6 : AF_INET
  try {
    return { family, first: BigInt(`0x${inetPton(family, text).toString('hex')}`), count: 1n }
  } catch {
    return null
  }
}

function parseRange(text: string, piece: string): Numbers | null {
  const [start, end] = cutAt(text, '-')
  const first = parseSingle(start)
  if (first === null || end === undefined) return null
  const last = parseShortEnd(first, end) ?? parseSingle(end)
  if (last === null) throw new AddressError(`${piece}: ${end} is not an end for this range`)
  if (last.family !== first.family) throw new AddressError(`${piece}: the range mixes IPv4 and IPv6`)
  if (last.first < first.first) throw new AddressError(`${piece}: the range runs backwards`)
  return { ...first, count: last.first - first.first + 1n }
}

/** The end of `192.168.1.1-40` or `fd00::1-28`: only the last number is given. */
function parseShortEnd({ family, first }: Numbers, end: string): Numbers | null {
  if (family === AF_INET && /^\d{1,3}$/.test(end) && Number(end) <= 255) {
    return { family, first: ((first >> 8n) << 8n) + BigInt(end), count: 1n }
  }
  if (family === AF_INET6 && /^[0-9a-f]{1,4}$/i.test(end)) {
    return { family, first: ((first >> 16n) << 16n) + BigInt(`0x${end}`), count: 1n }
  }
  return null
}

function parseNetwork(text: string, piece: string): Numbers | null {
  const [base, prefix] = cutAt(text, '/')
  const address = parseSingle(base)
  if (address === null || prefix === undefined) return null
  const { family } = address
  const bits = family === AF_INET ? 32 : 128
  if (!/^\d{1,3}$/.test(prefix) || Number(prefix) > bits) {
    throw new AddressError(`${piece}: the prefix length is not between 0 and ${bits}`)
  }
  const count = 1n << BigInt(bits - Number(prefix))
  const first = (address.first / count) * count
  // RFC 3021: networks of one or two addresses have no network and no broadcast address.
  if (family === AF_INET6 || count <= 2n) return { family, first, count }
  return { family, first: first + 1n, count: count - 2n }
}

function* hostsOf(span: Span): Generator<string> {
  if ('name' in span) return yield span.name
  const digits = span.family === AF_INET ? 8 : 32
  for (let offset = 0n; offset < span.count; offset++) {
    const bytes = Buffer.from((span.first + offset).toString(16).padStart(digits, '0'), 'hex')
    const host = inetNtop(span.family, bytes)
    yield span.zone === undefined ? host : `${host}%${span.zone}`
  }
}

// RFC 1123 labels; the last one begins with a letter, so that a mistyped number never becomes a question to
// the DNS.
export function isHostName(text: string): boolean {
  const label = '[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?'
  return text.length <= 253 && new RegExp(`^(?:${label}\\.)*(?=[a-z])${label}\\.?$`, 'i').test(text)
}

function cutAt(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator)
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)]
}
