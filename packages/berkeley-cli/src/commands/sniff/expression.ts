// The filter language: a part of that of tcpdump (pcap-filter(7)), with its meaning, as a tree.
// Rule: what is not understood is an error that names the word; nothing is guessed, and names of hosts are not looked up.
import { gaierror, OSError } from 'berkeley'
import { getservbyname } from 'berkeley/blocking'
import { AddressError } from '../../addresses.ts'
import { numberOf } from '../../constant-names.ts'
import { type NetworkRange, parseNetworkRange } from '../../network-range.ts'
import { printable } from '../../printable.ts'

export type Direction = 'src' | 'dst' | 'either'
/** What the link carries, or IP does. */
export type Protocol = 'ip' | 'ip6' | 'arp' | 'tcp' | 'udp' | 'sctp' | 'icmp' | 'icmp6'

export type Expression =
  | { readonly kind: 'and' | 'or'; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'not'; readonly of: Expression }
  | { readonly kind: 'protocol'; readonly protocol: Protocol }
  /** A protocol of IP, of either version or of one. */
  | { readonly kind: 'number'; readonly number: number; readonly within: 'ip' | 'ip6' | null }
  | {
      readonly kind: 'range'
      readonly range: NetworkRange
      readonly direction: Direction
      readonly within: 'ip' | 'ip6' | 'arp' | null
    }
  | {
      readonly kind: 'ports'
      readonly first: number
      readonly last: number
      readonly direction: Direction
      readonly within: 'tcp' | 'udp' | 'sctp' | null
    }
  | { readonly kind: 'vlan'; readonly id: number | null }
  | { readonly kind: 'length'; readonly compared: '<=' | '>='; readonly bytes: number }

export const FILTER_HELP = `
Filters, a part of what tcpdump takes (pcap-filter), run by the kernel:
  host 10.0.0.1, src host fd00::1, net 10.0.0.0/8      addresses, also those in ARP
  port 80, dst port https, portrange 8000-8099         ports of TCP, UDP and SCTP
  tcp port 80, udp, icmp, icmp6, arp, ip, ip6, sctp    protocols
  proto 47, ip proto gre                               a protocol of IP by name or number
  vlan, vlan 7                                         what carries a VLAN tag
  less 100, greater 1000                               by length
  and, or, not, ( )                                    and also &&, ||, !
As in tcpdump, "and" and "or" bind alike, from left to right. Unlike there, a packet in a VLAN is matched
by what is in it.`

/** Says which word of a filter is wrong, and why. */
export class FilterError extends Error {}

const PROTOCOLS: readonly string[] = ['ip', 'ip6', 'arp', 'tcp', 'udp', 'sctp', 'icmp', 'icmp6']
const TRANSPORTS: readonly string[] = ['tcp', 'udp', 'sctp']
const NETWORKS: readonly string[] = ['ip', 'ip6', 'arp']
const WORDS: Readonly<Record<string, string>> = { '&&': 'and', '||': 'or', '!': 'not' }
/** Deeper than anybody writes; a program has only so much stack. */
const DEEPEST = 200

/** Reads a filter. Throws FilterError. */
export function parseFilter(text: string): Expression {
  const words = (text.match(/\(|\)|&&|\|\||!(?!=)|[^\s()!&|]+|./g) ?? [])
    .filter((word) => word.trim() !== '')
    .map((word) => WORDS[word] ?? word)
  const parser = new Parser(words)
  const expression = parser.expression()
  parser.mustEnd()
  return expression
}

class Parser {
  readonly #words: readonly string[]
  #at = 0
  #depth = 0

  constructor(words: readonly string[]) {
    this.#words = words
  }

  mustEnd(): void {
    const word = this.#peek()
    if (word !== undefined) throw new FilterError(`'${printable(word)}' was not expected here`)
  }

  expression(): Expression {
    let left = this.#factor()
    for (;;) {
      const word = this.#peek()
      if (word !== 'and' && word !== 'or') return left
      this.#next()
      left = { kind: word, left, right: this.#factor() }
    }
  }

  #factor(): Expression {
    if (++this.#depth > DEEPEST) throw new FilterError('the filter is nested too deeply')
    try {
      if (this.#take('not')) return { kind: 'not', of: this.#factor() }
      if (!this.#take('(')) return this.#primitive()
      const inner = this.expression()
      if (!this.#take(')')) throw new FilterError("a ')' is missing")
      return inner
    } finally {
      this.#depth--
    }
  }

  #primitive(): Expression {
    const word = this.#peek()
    if (this.#take('vlan')) return { kind: 'vlan', id: this.#optionalNumber(4095) }
    if (this.#take('less')) return { kind: 'length', compared: '<=', bytes: this.#number(0xffff_ffff) }
    if (this.#take('greater')) return { kind: 'length', compared: '>=', bytes: this.#number(0xffff_ffff) }
    const protocol = word !== undefined && PROTOCOLS.includes(word) ? (this.#next() as Protocol) : null
    const direction = this.#take('src') ? 'src' : this.#take('dst') ? 'dst' : 'either'
    if (this.#take('port')) return this.#ports(protocol, direction, false)
    if (this.#take('portrange')) return this.#ports(protocol, direction, true)
    if (this.#take('proto')) return this.#protocolNumber(protocol, direction)
    if (this.#take('host') || this.#take('net')) return this.#range(protocol, direction)
    if (direction !== 'either' || (protocol === null && /^[\d.]+$|:|\//.test(this.#peek() ?? ''))) {
      return this.#range(protocol, direction)
    }
    if (protocol !== null) return { kind: 'protocol', protocol }
    if (word === undefined) throw new FilterError('the filter ends where something was expected')
    throw new FilterError(`'${printable(word)}' is not known; --help has what a filter is made of`)
  }

  #ports(protocol: Protocol | null, direction: Direction, isRange: boolean): Expression {
    if (protocol !== null && !TRANSPORTS.includes(protocol)) throw new FilterError(`${protocol} has no ports`)
    const within = protocol as 'tcp' | 'udp' | 'sctp' | null
    const word = this.#next()
    const [from = '', to] = isRange ? word.split(/-(?=\d+$)/) : [word]
    if (isRange && to === undefined)
      throw new FilterError(`'${printable(word)}' is not a range of ports, as 80-90`)
    const first = portOf(from, within)
    const last = to === undefined ? first : portOf(to, within)
    if (last < first) throw new FilterError(`'${printable(word)}' runs backwards`)
    return { kind: 'ports', first, last, direction, within }
  }

  #range(protocol: Protocol | null, direction: Direction): Expression {
    if (protocol !== null && !NETWORKS.includes(protocol))
      throw new FilterError(`${protocol} has no addresses`)
    const word = this.#next()
    try {
      return {
        kind: 'range',
        range: parseNetworkRange(word),
        direction,
        within: protocol as 'ip' | 'ip6' | 'arp' | null,
      }
    } catch (error) {
      if (!(error instanceof AddressError)) throw error
      throw new FilterError(`${error.message}; hosts are given by their addresses`)
    }
  }

  #protocolNumber(protocol: Protocol | null, direction: Direction): Expression {
    if (direction !== 'either' || (protocol !== null && protocol !== 'ip' && protocol !== 'ip6')) {
      throw new FilterError("'proto' stands alone, or behind 'ip' or 'ip6'")
    }
    const word = this.#next()
    const number = /^\d{1,3}$/.test(word) ? Number(word) : numberOf('IPPROTO_', word)
    if (number === undefined || number > 255)
      throw new FilterError(`'${printable(word)}' is no protocol of IP`)
    return { kind: 'number', number, within: protocol }
  }

  #number(most: number): number {
    const word = this.#next()
    const number = /^\d{1,10}$/.test(word) ? Number(word) : Number.NaN
    if (!(number <= most)) throw new FilterError(`'${printable(word)}' is not a number from 0 to ${most}`)
    return number
  }

  #optionalNumber(most: number): number | null {
    return /^\d/.test(this.#peek() ?? '') ? this.#number(most) : null
  }

  #peek(): string | undefined {
    return this.#words[this.#at]
  }

  #next(): string {
    const word = this.#words[this.#at++]
    if (word === undefined || word === '(' || word === ')') {
      throw new FilterError('the filter ends where something was expected')
    }
    return word
  }

  #take(word: string): boolean {
    if (this.#peek() !== word) return false
    this.#at++
    return true
  }
}

function portOf(text: string, within: 'tcp' | 'udp' | 'sctp' | null): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text)
  try {
    if (/^[a-z]/i.test(text)) return getservbyname(text, within ?? undefined)
  } catch (error) {
    if (!(error instanceof gaierror || error instanceof OSError)) throw error
  }
  throw new FilterError(`'${printable(text)}' is neither a port nor the name of one`)
}
