// Which senders of a multicast group a socket hears: struct group_filter, for both families, and struct ip_msfilter. Both
// are a head and a list, of as many sources as the head says.
import { layout } from '../../sys/layout.ts'
import { type CType, ipv4, uint32, viewOf } from '../ctypes.ts'
import { wrongType } from '../errors.ts'
import { storageHost } from './multicast.ts'
import { codec, type Members, membersOf, type StructCodec } from './struct.ts'

/** A parameter type: some members may be left out. */
type Optional<Value, Keys extends keyof Value> = Omit<Value, Keys> & Partial<Pick<Value, Keys>>

interface Layout<Head> {
  readonly head: Members<Head>
  /** Where the number of sources is, and where the sources begin. */
  readonly numsrc: number
  readonly slist: number
  readonly source: CType<string>
}

type Filter = { readonly slist: readonly string[] }

function filterCodec<Value extends Filter, Given>(
  name: string,
  { head, numsrc, slist, source }: Layout<Omit<Value, 'slist'>>,
): StructCodec<Value, Given> {
  const members = membersOf(head, ['slist'])
  const countIn = (bytes: Uint8Array) => uint32.read(viewOf(bytes), numsrc)
  const sizeOf = (count: number) => slist + count * source.size
  return codec<Value, Given>({
    name,
    must: 'as long as it says',
    encode(value, call) {
      const given = members.objectOf(value, call)
      const sources = given.slist
      if (!Array.isArray(sources)) throw wrongType(call, 'slist', 'an array', sources)
      const bytes = Buffer.alloc(sizeOf(sources.length))
      const view = viewOf(bytes)
      members.write(view, given, call)
      uint32.write(view, numsrc, sources.length, call, 'slist')
      for (const [i, one] of sources.entries()) source.write(view, sizeOf(i), one, call, 'slist')
      return bytes
    },
    understands: (bytes) => bytes.length >= slist && bytes.length >= sizeOf(countIn(bytes)),
    read(bytes) {
      const view = viewOf(bytes)
      const sources = Array.from({ length: countIn(bytes) }, (_, i) => source.read(view, sizeOf(i)))
      return { ...members.read<object>(bytes), slist: sources } as unknown as Value
    },
  })
}

/** Which senders of a group of either family are heard. */
export interface GroupFilter {
  /** The index of the interface; 0 (the default when given) for the one that routing chooses. */
  readonly interface: number
  /** The group. */
  readonly group: string
  /** `MCAST_INCLUDE`: only the listed ones; `MCAST_EXCLUDE`: all but the listed ones. */
  readonly fmode: number
  /** The senders. */
  readonly slist: string[]
}

const filter = layout.group_filter

/**
 * groupFilter - the value of MCAST_MSFILTER: which senders of a group of either family are heard
 *
 * `{ interface?, group, fmode, slist }`, index, address, `MCAST_INCLUDE` or `MCAST_EXCLUDE`, addresses, and struct
 * group_filter. `setsourcefilter` and `getsourcefilter` of `berkeley/options` are easier: for reading, the option wants the
 * group in the bytes that it fills.
 *
 * @example
 * const only = { group: '239.1.2.3', fmode: MCAST_INCLUDE, slist: ['192.0.2.1'] }
 * socket.setsockopt(IPPROTO_IP, MCAST_MSFILTER, groupFilter.encode(only))
 * @see RFC 3678, man 3 setsourcefilter
 */
export const groupFilter: StructCodec<GroupFilter, Optional<GroupFilter, 'interface'>> = filterCodec(
  'groupFilter',
  {
    head: {
      interface: [filter.gf_interface, uint32, 0],
      group: [filter.gf_group, storageHost],
      fmode: [filter.gf_fmode, uint32],
    },
    numsrc: filter.gf_numsrc,
    slist: filter.gf_slist,
    source: storageHost,
  },
)

/** Which senders of an IPv4 group are heard. */
export interface IpMsfilter {
  /** The group. */
  readonly multiaddr: string
  /** An address of the interface; `'0.0.0.0'` (the default when given) for the one that routing chooses. */
  readonly interface: string
  /** `MCAST_INCLUDE`: only the listed ones; `MCAST_EXCLUDE`: all but the listed ones. */
  readonly fmode: number
  /** The senders. */
  readonly slist: string[]
}

const ipFilter = layout.ip_msfilter

/**
 * ipMsfilter - the value of IP_MSFILTER: which senders of an IPv4 group are heard
 *
 * `{ multiaddr, interface?, fmode, slist }`, addresses, `MCAST_INCLUDE` or `MCAST_EXCLUDE`, and struct ip_msfilter.
 *
 * @example
 * const but = { multiaddr: '239.1.2.3', fmode: MCAST_EXCLUDE, slist: ['192.0.2.1'] }
 * socket.setsockopt(IPPROTO_IP, IP_MSFILTER, ipMsfilter.encode(but))
 * @see man 7 ip, IP_MSFILTER
 */
export const ipMsfilter: StructCodec<IpMsfilter, Optional<IpMsfilter, 'interface'>> = filterCodec(
  'ipMsfilter',
  {
    head: {
      multiaddr: [ipFilter.imsf_multiaddr, ipv4],
      interface: [ipFilter.imsf_interface, ipv4, '0.0.0.0'],
      fmode: [ipFilter.imsf_fmode, uint32],
    },
    numsrc: ipFilter.imsf_numsrc,
    slist: ipFilter.imsf_slist,
    source: ipv4,
  },
)
