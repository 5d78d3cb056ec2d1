// AF_INET6: `[host, port, flowinfo, scopeId]`, the last two optional when given. `''` is any address. A scope may stand
// in the host as a number (`fe80::1%2`); by an interface's name (`fe80::1%eth0`) it is looked up before.
import { AF_INET6 } from '../../sys/constants.ts'
import { layout } from '../../sys/layout.ts'
import { integer } from '../arguments.ts'
import { wrongType, wrongValue } from '../errors.ts'
import { type Codec, readHostUint32, writeFamily, writeHostUint32 } from './codec.ts'
import { writePort } from './inet.ts'
import { formatIPv6, parseIPv6 } from './ip.ts'

/** An IPv6 address to be used: host and port, and for some purposes a flow label and an interface's index. */
export type Inet6Address = readonly [host: string, port: number, flowinfo?: number, scopeId?: number]

/** An IPv6 address as it is returned: all four parts. */
export type FullInet6Address = readonly [host: string, port: number, flowinfo: number, scopeId: number]

const { size, sin6_port, sin6_flowinfo, sin6_addr, sin6_scope_id } = layout.sockaddr_in6
const SHAPE = '[host, port, flowinfo?, scopeId?]'
const LARGEST_FLOWINFO = 0xfffff

export const inet6: Codec<Inet6Address> = {
  family: AF_INET6,
  least: size,

  encode(address, to, syscall) {
    if (!Array.isArray(address) || address.length < 2 || address.length > 4) {
      throw wrongType(syscall, 'address', SHAPE, address)
    }
    const [host, port, flowinfo = 0, scopeId = 0] = address
    to.fill(0, 0, size)
    writeFamily(to, AF_INET6)
    writePort(to, sin6_port, port, syscall)
    if (typeof host !== 'string') throw wrongType(syscall, 'host', 'a string', host)
    const [text, scope] = splitScope(host)
    if (host !== '' && !parseIPv6(text, to, sin6_addr)) {
      throw wrongValue(syscall, 'host', 'a numeric IPv6 address', host)
    }
    const flow = integer(syscall, 'flowinfo', flowinfo, 0, LARGEST_FLOWINFO)
    to[sin6_flowinfo + 1] = flow >> 16
    to[sin6_flowinfo + 2] = (flow >> 8) & 0xff
    to[sin6_flowinfo + 3] = flow & 0xff
    writeHostUint32(to, sin6_scope_id, integer(syscall, 'scopeId', scopeId, 0, 0xffffffff) || Number(scope))
    return size
  },

  decode: (from) => [
    formatIPv6(from, sin6_addr),
    (from[sin6_port]! << 8) | from[sin6_port + 1]!,
    ((from[sin6_flowinfo + 1]! & 0x0f) << 16) | (from[sin6_flowinfo + 2]! << 8) | from[sin6_flowinfo + 3]!,
    readHostUint32(from, sin6_scope_id),
  ],

  nameIn(address) {
    if (!Array.isArray(address) || typeof address[0] !== 'string') return null
    const host: string = address[0]
    const [text, scope] = splitScope(host)
    const numeric = /^\d{1,10}$/.test(scope) && Number(scope) <= 0xffffffff
    return host === '' || (numeric && parseIPv6(text, scratch, 0)) ? null : host
  },

  resolved: ([, port, flowinfo = 0, scopeId = 0], [host, , , foundScope = 0]) => [
    host,
    port,
    flowinfo,
    scopeId || foundScope,
  ],
}

const scratch = new Uint8Array(16)

function splitScope(host: string): [address: string, scope: string] {
  const percent = host.indexOf('%')
  return percent < 0 ? [host, '0'] : [host.slice(0, percent), host.slice(percent + 1)]
}
