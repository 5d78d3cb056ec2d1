// AF_CAN, by protocol: `[interface, rxId, txId]` for CAN_ISOTP, `[interface, name, pgn, addr]` for CAN_J1939,
// `[interface]` for CAN_RAW, CAN_BCM and whatever else. `''` is every interface.
import { AF_CAN, CAN_ISOTP, CAN_J1939 } from '../../sys/constants.ts'
import { layout } from '../../sys/layout.ts'
import { type CType, int32, uint8, uint32, uint64, viewOf } from '../ctypes.ts'
import { wrongType } from '../errors.ts'
import { type Codec, type Endpoint, writeFamily } from './codec.ts'
import { indexOfInterface, nameOfInterface } from './interface.ts'

/** An address of CAN_RAW or CAN_BCM. */
export type CanInterfaceAddress = readonly [ifname: string]

/** An address of CAN_ISOTP: the CAN identifiers to receive and to send with, which may have CAN_EFF_FLAG. */
export type IsotpAddress = readonly [ifname: string, rxId: number, txId: number]

/** An address of CAN_J1939: NAME (64 bits), parameter group, address. */
export type J1939Address = readonly [ifname: string, name: number | bigint, pgn: number, addr: number]

/** An address of AF_CAN: which of them, the socket's protocol says. */
export type CanAddress = CanInterfaceAddress | IsotpAddress | J1939Address

/** An address of AF_CAN as it is returned: the NAME is a bigint. */
export type FullCanAddress =
  | CanInterfaceAddress
  | IsotpAddress
  | readonly [ifname: string, name: bigint, pgn: number, addr: number]

const { size, can_ifindex, ...offsets } = layout.sockaddr_can

/** What follows the interface, by protocol. */
type Part = readonly [name: string, at: number, type: CType<number | bigint>]

const isotp: readonly Part[] = [
  ['rxId', offsets['can_addr.tp.rx_id'], uint32],
  ['txId', offsets['can_addr.tp.tx_id'], uint32],
]
const j1939: readonly Part[] = [
  ['name', offsets['can_addr.j1939.name'], uint64],
  ['pgn', offsets['can_addr.j1939.pgn'], uint32],
  ['addr', offsets['can_addr.j1939.addr'], uint8],
]

function partsOf({ proto }: Endpoint): readonly Part[] {
  if (proto === CAN_ISOTP) return isotp
  return proto === CAN_J1939 ? j1939 : []
}

export const can: Codec<CanAddress, FullCanAddress> = {
  family: AF_CAN,
  least: can_ifindex + int32.size,

  encode(address, to, syscall, endpoint) {
    const parts = partsOf(endpoint)
    if (!Array.isArray(address) || address.length !== 1 + parts.length) {
      throw wrongType(
        syscall,
        'address',
        `[${['interface', ...parts.map(([name]) => name)].join(', ')}]`,
        address,
      )
    }
    to.fill(0, 0, size)
    writeFamily(to, AF_CAN)
    const view = viewOf(to)
    for (const [i, [name, at, type]] of parts.entries()) type.write(view, at, address[i + 1], syscall, name)
    int32.write(view, can_ifindex, indexOfInterface(address[0], syscall, endpoint), syscall, 'interface')
    return size
  },

  decode(from, length, endpoint) {
    const view = viewOf(from)
    const parts = partsOf(endpoint)
    if (parts.some(([, at, type]) => at + type.size > length)) return null
    const name = nameOfInterface(int32.read(view, can_ifindex), endpoint)
    return [name, ...parts.map(([, at, type]) => type.read(view, at))] as unknown as FullCanAddress
  },
}
