// AF_TIPC: `[addrType, v1, v2, v3, scope]`, the scope optional when given. What v1 to v3 are, the type says:
//   TIPC_ADDR_NAMESEQ  type, lower and upper instance
//   TIPC_ADDR_NAME     type, instance, and v3 without meaning (returned: the instance again, as in Python)
//   TIPC_ADDR_ID       node, ref, and v3 without meaning (returned: 0)
import {
  AF_TIPC,
  TIPC_ADDR_ID,
  TIPC_ADDR_NAME,
  TIPC_ADDR_NAMESEQ,
  TIPC_CLUSTER_SCOPE,
} from '../../sys/constants.ts'
import { layout } from '../../sys/layout.ts'
import { int8, uint8, uint32, viewOf } from '../ctypes.ts'
import { wrongType, wrongValue } from '../errors.ts'
import { type Codec, writeFamily } from './codec.ts'

/** An address in a TIPC cluster: a service, a range of services or a socket. */
export type TipcAddress = readonly [addrType: number, v1: number, v2: number, v3: number, scope?: number]

/** An address in a TIPC cluster as it is returned: all five parts. */
export type FullTipcAddress = readonly [addrType: number, v1: number, v2: number, v3: number, scope: number]

const { size, addrtype, scope: scopeAt, ...offsets } = layout.sockaddr_tipc
const SHAPE = '[addrType, v1, v2, v3, scope?]'

/** Where v1 to v3 are, by type; what is missing has no meaning. */
const placesByType = new Map<number, readonly number[]>([
  [
    TIPC_ADDR_NAMESEQ,
    [offsets['addr.nameseq.type'], offsets['addr.nameseq.lower'], offsets['addr.nameseq.upper']],
  ],
  [TIPC_ADDR_NAME, [offsets['addr.name.name.type'], offsets['addr.name.name.instance']]],
  [TIPC_ADDR_ID, [offsets['addr.id.node'], offsets['addr.id.ref']]],
])

const nowhere = new DataView(new ArrayBuffer(uint32.size))

export const tipc: Codec<TipcAddress, FullTipcAddress> = {
  family: AF_TIPC,
  least: size,

  encode(address, to, syscall) {
    if (!Array.isArray(address) || address.length < 4 || address.length > 5) {
      throw wrongType(syscall, 'address', SHAPE, address)
    }
    const [type, v1, v2, v3, scope = TIPC_CLUSTER_SCOPE] = address
    const places = placesByType.get(type)
    if (places === undefined) {
      throw wrongValue(syscall, 'addrType', 'TIPC_ADDR_NAMESEQ, TIPC_ADDR_NAME or TIPC_ADDR_ID', type)
    }
    to.fill(0, 0, size)
    writeFamily(to, AF_TIPC)
    const view = viewOf(to)
    for (const [i, value] of [v1, v2, v3].entries()) {
      const at = places[i]
      // What has no meaning must be a number nevertheless.
      if (at === undefined) uint32.write(nowhere, 0, value, syscall, `v${i + 1}`)
      else uint32.write(view, at, value, syscall, `v${i + 1}`)
    }
    uint8.write(view, addrtype, type, syscall, 'addrType')
    int8.write(view, scopeAt, scope, syscall, 'scope')
    return size
  },

  decode(from) {
    const view = viewOf(from)
    const type = uint8.read(view, addrtype)
    const places = placesByType.get(type)
    if (places === undefined) return null
    const [v1 = 0, v2 = 0, v3 = type === TIPC_ADDR_NAME ? v2 : 0] = places.map((at) => uint32.read(view, at))
    return [type, v1, v2, v3, int8.read(view, scopeAt)]
  },
}
