// Which messages a raw ICMP or ICMPv6 socket receives. The kernel has a bit for each type that is kept back; here it is
// the list of those that come through.
import { layout } from '../../sys/layout.ts'
import { integer } from '../arguments.ts'
import { uint32, viewOf } from '../ctypes.ts'
import { wrongType } from '../errors.ts'
import { codec, type StructCodec } from './struct.ts'

const WORD = uint32.size

function passList(name: string, size: number): StructCodec<number[], readonly number[]> {
  const types = Array.from({ length: size * 8 }, (_, type) => type)
  const wordOf = (type: number) => (type >> 5) * WORD
  const bitOf = (type: number) => (1 << (type & 31)) >>> 0
  return codec({
    name,
    must: `at least ${size} bytes`,
    encode(value, call) {
      if (!Array.isArray(value)) throw wrongType(call, 'value', 'an array of ICMP types', value)
      const bytes = Buffer.alloc(size, 0xff)
      const view = viewOf(bytes)
      for (const type of value) {
        const at = wordOf(integer(call, 'type', type, 0, types.length - 1))
        uint32.write(view, at, uint32.read(view, at) & ~bitOf(type), call, 'type')
      }
      return bytes
    },
    understands: (bytes) => bytes.length >= size,
    read(bytes) {
      const view = viewOf(bytes)
      return types.filter((type) => (uint32.read(view, wordOf(type)) & bitOf(type)) === 0)
    },
  })
}

/**
 * icmpFilter - the value of ICMP_FILTER: which ICMP messages a raw socket receives
 *
 * `types[]`, those that are received, of 0 to 31, and struct icmp_filter. Types from 32 on are always received.
 *
 * @example
 * socket.setsockopt(SOL_RAW, ICMP_FILTER, icmpFilter.encode([ICMP_ECHOREPLY]))
 * @see man 7 raw, ICMP_FILTER
 */
export const icmpFilter: StructCodec<number[], readonly number[]> = passList(
  'icmpFilter',
  layout.icmp_filter.size,
)

/**
 * icmp6Filter - the value of ICMPV6_FILTER: which ICMPv6 messages a raw socket receives
 *
 * `types[]`, those that are received, of 0 to 255, and struct icmp6_filter.
 *
 * @example
 * socket.setsockopt(SOL_ICMPV6, ICMPV6_FILTER, icmp6Filter.encode([ICMPV6_ECHO_REPLY]))
 * @see RFC 3542, section 3.2
 */
export const icmp6Filter: StructCodec<number[], readonly number[]> = passList(
  'icmp6Filter',
  layout.icmp6_filter.size,
)
