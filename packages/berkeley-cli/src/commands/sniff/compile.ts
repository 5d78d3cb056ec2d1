// From a filter to a program of classic BPF, which the kernel runs for each packet.
// Rule: offsets are those of the network header (SKF_NET_OFF), and the protocol is what the kernel made of the link's header
//       (SKF_AD_PROTOCOL): so a program fits every link, and looks into VLANs, whose tags the kernel takes off.
import {
  AF_INET,
  ARPHRD_LOOPBACK,
  bpf,
  ETH_P_8021AD,
  ETH_P_8021Q,
  ETH_P_ARP,
  ETH_P_IP,
  ETH_P_IPV6,
  IPPROTO_FRAGMENT,
  IPPROTO_ICMP,
  IPPROTO_ICMPV6,
  IPPROTO_SCTP,
  IPPROTO_TCP,
  IPPROTO_UDP,
  PACKET_OUTGOING,
  SKF_AD_HATYPE,
  SKF_AD_PKTTYPE,
  SKF_AD_PROTOCOL,
  SKF_AD_VLAN_TAG,
  SKF_AD_VLAN_TAG_PRESENT,
  SKF_LL_OFF,
  SKF_NET_OFF,
  type SockFilter,
} from 'berkeley'
import type { NetworkRange } from '../../network-range.ts'
import { Assembler, type Item } from './assembler.ts'
import { type Direction, type Expression, FilterError, type Protocol } from './expression.ts'

// Fields of the headers.
const IP4 = { protocol: 9, fragment: 6, source: 12, destination: 16 } as const
const IP6 = { next: 6, source: 8, destination: 24, length: 40 } as const
const ARP = { source: 14, destination: 24 } as const
/** The bits that are not 0 in all fragments but the first. */
const FRAGMENT_OFFSET = 0x1fff
const VLAN_ID = 0xfff
const TRANSPORTS = { tcp: IPPROTO_TCP, udp: IPPROTO_UDP, sctp: IPPROTO_SCTP } as const

// On the loopback everything goes out and comes in again: what goes out is left out.
const ONCE: readonly Item[] = [
  bpf.loadAncillary(SKF_AD_HATYPE),
  bpf.jumpIf('==', ARPHRD_LOOPBACK, 0, 3),
  bpf.loadAncillary(SKF_AD_PKTTYPE),
  bpf.jumpIf('==', PACKET_OUTGOING, 0, 1),
  bpf.drop(),
]

/** The instructions; what matches is cut after `snap` bytes. Throws FilterError if there are too many. */
export function compileFilter(expression: Expression | null, snap: number): SockFilter[] {
  // Jumps reach 255 instructions; where that is too short, each is made of three.
  for (const isFar of [false, true]) {
    try {
      const compiler = new Compiler(isFar)
      if (expression === null) compiler.items.push(bpf.goto('take'))
      else compiler.expression(expression, 'take', 'leave')
      return bpf.program(
        ...ONCE,
        ...compiler.items,
        bpf.label('take'),
        bpf.accept(snap),
        bpf.label('leave'),
        bpf.drop(),
      )
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
    }
  }
  throw new FilterError('the filter is too long for the kernel')
}

/** Appends instructions; each part ends by jumping to one of two labels. */
class Compiler extends Assembler {
  expression(expression: Expression, yes: string, no: string): void {
    switch (expression.kind) {
      case 'and':
        this.forward((next) => this.expression(expression.left, next, no))
        this.expression(expression.right, yes, no)
        return
      case 'or':
        this.forward((next) => this.expression(expression.left, yes, next))
        this.expression(expression.right, yes, no)
        return
      case 'not':
        this.expression(expression.of, no, yes)
        return
      case 'protocol':
        this.#protocol(expression.protocol, yes, no)
        return
      case 'number':
        this.#number(expression.number, expression.within, yes, no)
        return
      case 'range':
        this.#range(expression, yes, no)
        return
      case 'ports':
        this.#ports(expression, yes, no)
        return
      case 'vlan':
        this.#vlan(expression.id, yes, no)
        return
      case 'length':
        this.items.push(bpf.loadLength())
        this.jump(expression.compared, expression.bytes, yes, no)
        return
    }
  }

  #protocol(protocol: Protocol, yes: string, no: string): void {
    switch (protocol) {
      case 'ip':
        this.#isEther(ETH_P_IP, yes, no)
        return
      case 'ip6':
        this.#isEther(ETH_P_IPV6, yes, no)
        return
      case 'arp':
        this.#isEther(ETH_P_ARP, yes, no)
        return
      case 'icmp':
        this.#number(IPPROTO_ICMP, 'ip', yes, no)
        return
      case 'icmp6':
        this.#number(IPPROTO_ICMPV6, 'ip6', yes, no)
        return
      default:
        this.#number(TRANSPORTS[protocol], null, yes, no)
        return
    }
  }

  #isEther(protocol: number, yes: string, no: string): void {
    this.items.push(bpf.loadAncillary(SKF_AD_PROTOCOL))
    this.jump('==', protocol, yes, no)
  }

  /** A protocol of IP; behind a fragment header as well, which is where libpcap looks, and no further. */
  #number(number: number, within: 'ip' | 'ip6' | null, yes: string, no: string): void {
    if (within !== 'ip6') {
      const six = within === null ? this.label() : no
      this.forward((next) => this.#isEther(ETH_P_IP, next, six))
      this.load(8, IP4.protocol)
      this.jump('==', number, yes, no)
      if (within === 'ip') return
      this.place(six)
    }
    this.forward((next) => this.#isEther(ETH_P_IPV6, next, no))
    this.load(8, IP6.next)
    this.forward((next) => this.jump('==', number, yes, next))
    this.forward((next) => this.jump('==', IPPROTO_FRAGMENT, next, no))
    this.load(8, IP6.length)
    this.jump('==', number, yes, no)
  }

  #range(
    { range, direction, within }: Extract<Expression, { kind: 'range' }>,
    yes: string,
    no: string,
  ): void {
    if (range.family !== AF_INET) {
      if (within !== null && within !== 'ip6') throw new FilterError(`${within} has no addresses of IPv6`)
      this.forward((next) => this.#isEther(ETH_P_IPV6, next, no))
      this.#sides(direction, IP6, (at, then, otherwise) => this.#isIn(range, at, then, otherwise), yes, no)
      return
    }
    if (within === 'ip6') throw new FilterError('ip6 has no addresses of IPv4')
    if (within !== 'arp') {
      const arp = within === null ? this.label() : no
      this.forward((next) => this.#isEther(ETH_P_IP, next, arp))
      this.#sides(direction, IP4, (at, then, otherwise) => this.#isIn(range, at, then, otherwise), yes, no)
      if (within === 'ip') return
      this.place(arp)
    }
    this.forward((next) => this.#isEther(ETH_P_ARP, next, no))
    this.#sides(direction, ARP, (at, then, otherwise) => this.#isIn(range, at, then, otherwise), yes, no)
  }

  #sides(
    direction: Direction,
    { source, destination }: { readonly source: number; readonly destination: number },
    compare: (at: number, yes: string, no: string) => void,
    yes: string,
    no: string,
  ): void {
    if (direction === 'src') {
      compare(source, yes, no)
      return
    }
    if (direction === 'either') this.forward((next) => compare(source, yes, next))
    compare(destination, yes, no)
  }

  /** Whether the address at an offset begins as the range does, word by word. */
  #isIn({ address, prefix }: NetworkRange, at: number, yes: string, no: string): void {
    for (let bit = 0; bit < prefix; bit += 32) {
      const kept = Math.min(prefix - bit, 32)
      this.load(32, at + bit / 8)
      if (kept < 32) this.items.push(bpf.alu('&', (0xffffffff << (32 - kept)) >>> 0))
      const word = address.readUInt32BE(bit / 8)
      this.forward((next) => this.jump('==', word, next, no))
    }
    this.items.push(bpf.goto(yes))
  }

  #ports(
    { first, last, direction, within }: Extract<Expression, { kind: 'ports' }>,
    yes: string,
    no: string,
  ): void {
    const protocols = within === null ? Object.values(TRANSPORTS) : [TRANSPORTS[within]]
    const isOneOf = (then: string) => {
      for (const protocol of protocols.slice(0, -1))
        this.forward((next) => this.jump('==', protocol, then, next))
      this.jump('==', protocols.at(-1)!, then, no)
    }
    const isBetween = (then: string, otherwise: string) => {
      if (first === last) {
        this.jump('==', first, then, otherwise)
        return
      }
      this.forward((next) => this.jump('>=', first, next, otherwise))
      this.jump('<=', last, then, otherwise)
    }
    const six = this.label()
    this.forward((next) => this.#isEther(ETH_P_IP, next, six))
    this.load(8, IP4.protocol)
    this.forward(isOneOf)
    // Only the first fragment has ports.
    this.load(16, IP4.fragment)
    this.forward((next) => this.jump('&', FRAGMENT_OFFSET, no, next))
    this.#sides(
      direction,
      { source: 0, destination: 2 },
      (at, then, otherwise) => {
        this.items.push(bpf.loadXHeaderLength(SKF_NET_OFF), bpf.loadIndexed(16, SKF_NET_OFF + at))
        isBetween(then, otherwise)
      },
      yes,
      no,
    )
    this.place(six)
    this.forward((next) => this.#isEther(ETH_P_IPV6, next, no))
    this.load(8, IP6.next)
    this.forward(isOneOf)
    this.#sides(
      direction,
      { source: IP6.length, destination: IP6.length + 2 },
      (at, then, otherwise) => {
        this.load(16, at)
        isBetween(then, otherwise)
      },
      yes,
      no,
    )
  }

  /** A tag that the kernel has taken off, or one that is still there. */
  #vlan(id: number | null, yes: string, no: string): void {
    const within = this.label()
    const isTag = (then: string) => {
      if (id === null) {
        this.items.push(bpf.goto(then))
        return
      }
      this.items.push(bpf.alu('&', VLAN_ID))
      this.jump('==', id, then, no)
    }
    this.items.push(bpf.loadAncillary(SKF_AD_VLAN_TAG_PRESENT))
    this.forward((next) => this.jump('!=', 0, next, within))
    this.items.push(bpf.loadAncillary(SKF_AD_VLAN_TAG))
    isTag(yes)
    this.place(within)
    const tag = this.label()
    this.items.push(bpf.loadAncillary(SKF_AD_PROTOCOL))
    this.forward((next) => this.jump('==', ETH_P_8021Q, tag, next))
    this.jump('==', ETH_P_8021AD, tag, no)
    this.place(tag)
    // Whoever sent it by a packet socket left it there: two bytes behind the type.
    this.items.push(bpf.load(16, SKF_LL_OFF + 14))
    isTag(yes)
  }
}
