// AF_PACKET: `[ifname, proto, pkttype, hatype, addr]`, the last three optional when given. `''` is every interface; proto
// is an Ethernet protocol, as it is written (`ETH_P_IP`, no htons).
import { AF_PACKET, PACKET_HOST } from '../../sys/constants.ts'
import { layout } from '../../sys/layout.ts'
import { bytesOf, lengthOf } from '../bytes.ts'
import { int32, uint8, uint16, uint16BE, viewOf } from '../ctypes.ts'
import { wrongType, wrongValue } from '../errors.ts'
import { type Codec, writeFamily } from './codec.ts'
import { indexOfInterface, nameOfInterface } from './interface.ts'

/** A place on a link: interface, Ethernet protocol, type of packet, type of hardware, hardware address. */
export type PacketAddress = readonly [
  ifname: string,
  proto: number,
  pkttype?: number,
  hatype?: number,
  addr?: Uint8Array,
]

/** A place on a link as it is returned: all five parts. */
export type FullPacketAddress = readonly [
  ifname: string,
  proto: number,
  pkttype: number,
  hatype: number,
  addr: Buffer,
]

const { size, sll_protocol, sll_ifindex, sll_hatype, sll_pkttype, sll_halen, sll_addr } = layout.sockaddr_ll
const SHAPE = '[ifname, proto, pkttype?, hatype?, addr?]'
const LONGEST_ADDRESS = size - sll_addr
const NO_ADDRESS = Buffer.alloc(0)

export const packet: Codec<PacketAddress, FullPacketAddress> = {
  family: AF_PACKET,
  least: sll_addr,

  encode(address, to, syscall, endpoint) {
    if (!Array.isArray(address) || address.length < 2 || address.length > 5) {
      throw wrongType(syscall, 'address', SHAPE, address)
    }
    const [ifname, proto, pkttype = PACKET_HOST, hatype = 0, addr = NO_ADDRESS] = address
    to.fill(0, 0, size)
    writeFamily(to, AF_PACKET)
    const view = viewOf(to)
    uint16BE.write(view, sll_protocol, proto, syscall, 'proto')
    uint8.write(view, sll_pkttype, pkttype, syscall, 'pkttype')
    uint16.write(view, sll_hatype, hatype, syscall, 'hatype')
    const hardware = bytesOf(syscall, 'addr', addr)
    const hardwareLength = lengthOf(hardware)
    if (hardwareLength > LONGEST_ADDRESS) {
      throw wrongValue(syscall, 'addr', `at most ${LONGEST_ADDRESS} bytes`, hardwareLength)
    }
    to.set(hardware, sll_addr)
    uint8.write(view, sll_halen, hardwareLength, syscall, 'addr')
    int32.write(view, sll_ifindex, indexOfInterface(ifname, syscall, endpoint), syscall, 'ifname')
    return size
  },

  decode(from, length, endpoint) {
    const view = viewOf(from)
    // Hardware addresses may be longer than struct sockaddr_ll has room for (InfiniBand): the length tells.
    const end = Math.min(sll_addr + uint8.read(view, sll_halen), length)
    return [
      nameOfInterface(int32.read(view, sll_ifindex), endpoint),
      uint16BE.read(view, sll_protocol),
      uint8.read(view, sll_pkttype),
      uint16.read(view, sll_hatype),
      Buffer.from(from.subarray(sll_addr, end)),
    ]
  },
}
