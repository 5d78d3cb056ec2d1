// IP addresses as text and as bytes, exactly as inet_pton(3) and inet_ntop(3) of glibc read and write them.

const DOT = 46
const COLON = 58
const ZERO = 48

/** Writes the four bytes of `127.0.0.1` at `at`; `false` if `text` is not of that form. */
export function parseIPv4(text: string, to: Uint8Array, at: number): boolean {
  return parseIPv4Part(text, 0, to, at)
}

function parseIPv4Part(text: string, start: number, to: Uint8Array, at: number): boolean {
  let byte = 0
  let digits = 0
  let dots = 0
  for (let i = start; i < text.length; i++) {
    const digit = text.charCodeAt(i) - ZERO
    if (digit >= 0 && digit <= 9) {
      if (digits > 0 && byte === 0) return false
      byte = byte * 10 + digit
      if (byte > 255) return false
      digits++
    } else if (digit === DOT - ZERO) {
      if (digits === 0 || dots === 3) return false
      to[at + dots++] = byte
      byte = 0
      digits = 0
    } else return false
  }
  if (dots !== 3 || digits === 0) return false
  to[at + 3] = byte
  return true
}

/** The text of the four bytes at `at`. */
export function formatIPv4(from: Uint8Array, at: number): string {
  return `${from[at]}.${from[at + 1]}.${from[at + 2]}.${from[at + 3]}`
}

/** Writes the sixteen bytes of `::1` at `at`; `false` if `text` is not an IPv6 address (without a scope). */
export function parseIPv6(text: string, to: Uint8Array, at: number): boolean {
  const groups: number[] = []
  let gap = -1
  let i = 0
  if (text.charCodeAt(0) === COLON) {
    if (text.charCodeAt(1) !== COLON) return false
    i = 1
  }
  while (i < text.length) {
    if (text.charCodeAt(i) === COLON) {
      if (gap >= 0) return false
      gap = groups.length
      i++
      continue
    }
    const end = endOfGroup(text, i)
    if (text.charCodeAt(end) === DOT) {
      if (groups.length > 6 || !parseIPv4Part(text, i, quad, 0)) return false
      groups.push((quad[0]! << 8) | quad[1]!, (quad[2]! << 8) | quad[3]!)
      i = text.length
      break
    }
    if (end === i || end - i > 4 || groups.length === 8) return false
    groups.push(Number.parseInt(text.slice(i, end), 16))
    i = end
    if (i === text.length) break
    // One colon parts two groups; a second one is the gap; none may be left over at the end.
    if (text.charCodeAt(i) !== COLON || i + 1 === text.length) return false
    i++
  }
  if (gap < 0 ? groups.length !== 8 : groups.length > 7) return false
  if (gap >= 0) groups.splice(gap, 0, ...new Array<number>(8 - groups.length).fill(0))
  for (let group = 0; group < 8; group++) {
    to[at + group * 2] = groups[group]! >> 8
    to[at + group * 2 + 1] = groups[group]! & 0xff
  }
  return true
}

const quad = new Uint8Array(4)

function endOfGroup(text: string, start: number): number {
  let i = start
  while (i < text.length && isHexadecimal(text.charCodeAt(i))) i++
  return i
}

function isHexadecimal(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 97 && code <= 102) || (code >= 65 && code <= 70)
}

/** The text of the sixteen bytes at `at`: the longest run of zero groups as `::`, an embedded IPv4 address dotted. */
export function formatIPv6(from: Uint8Array, at: number): string {
  const groups = new Array<number>(8)
  for (let i = 0; i < 8; i++) groups[i] = (from[at + i * 2]! << 8) | from[at + i * 2 + 1]!
  const [start, length] = longestRunOfZeros(groups)
  if (start === 0 && (length === 6 || (length === 5 && groups[5] === 0xffff))) {
    return `::${length === 5 ? 'ffff:' : ''}${formatIPv4(from, at + 12)}`
  }
  const hexadecimal = groups.map((group) => group.toString(16))
  if (length < 2) return hexadecimal.join(':')
  return `${hexadecimal.slice(0, start).join(':')}::${hexadecimal.slice(start + length).join(':')}`
}

function longestRunOfZeros(groups: readonly number[]): [start: number, length: number] {
  let best: [number, number] = [-1, 0]
  for (let start = 0; start < groups.length; start++) {
    let length = 0
    while (groups[start + length] === 0) length++
    if (length > best[1]) best = [start, length]
    start += length
  }
  return best
}
