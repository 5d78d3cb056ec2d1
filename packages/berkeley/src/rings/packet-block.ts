// A block of the receive ring of AF_PACKET (TPACKET_V3), taken apart: packets, one after the other, each with its header.
// Rule: it works on a copy. So the kernel has its block back before the user sees the first packet, and what the user keeps
// stays as it is.
import type { Endpoint, FullPacketAddress } from '../core/address/index.ts'
import { packet } from '../core/address/packet.ts'
import { uint16, uint32, viewOf } from '../core/ctypes.ts'
import { LITTLE_ENDIAN } from '../sys/byte-order.ts'
import { TP_STATUS_VLAN_TPID_VALID, TP_STATUS_VLAN_VALID } from '../sys/constants.ts'
import { layout } from '../sys/families-layout.ts'

/** The tag of a packet of a virtual LAN, which the device or the kernel has taken off. */
export interface RingVlan {
  /** Priority and number of the LAN, as in the tag. */
  readonly tci: number
  /** The Ethernet protocol of the tag, `ETH_P_8021Q` mostly; 0 if the kernel does not tell. */
  readonly tpid: number
}

/** A packet of a ring. */
export interface RingPacket {
  /** What was captured, from the header of the link on, or without it for a socket of SOCK_DGRAM. */
  readonly data: Buffer
  /** How many bytes the packet had, which is more than `data` has if it was cut. */
  readonly length: number
  /** When it was captured, in nanoseconds since 1970. */
  readonly timestamp: bigint
  /** Where it came from, or is going to, as `recvfrom` tells. */
  readonly address: FullPacketAddress
  readonly vlan: RingVlan | null
  /** `TP_STATUS_…` */
  readonly status: number
}

/** Packets that came together. */
export interface RingBlock {
  /** Blocks are counted from 1 on. */
  readonly number: number
  /**
   * `TP_STATUS_LOSING` if packets were dropped and `statistics` has not told yet, `TP_STATUS_BLK_TMO` if its time was over
   * before it was full.
   */
  readonly status: number
  /** In the order in which they came. They share one memory: who keeps one packet for long copies its `data`. */
  readonly packets: RingPacket[]
}

const block = layout.tpacket_block_desc
const header = layout.tpacket3_hdr
const BILLION = 1_000_000_000n

/** Each interface is asked for its name once: most packets of a block came by the same. */
function rememberingNames(endpoint: Endpoint): Endpoint {
  const names = new Map<number, string>()
  return {
    family: endpoint.family,
    proto: endpoint.proto,
    interfaceIndex: (name) => endpoint.interfaceIndex(name),
    interfaceName(index) {
      const name = names.get(index) ?? endpoint.interfaceName(index)
      names.set(index, name)
      return name
    },
  }
}

export function decodeBlock(bytes: Buffer, socket: Endpoint): RingBlock {
  const view = viewOf(bytes)
  const endpoint = rememberingNames(socket)
  const packets: RingPacket[] = []
  let at = uint32.read(view, block['hdr.bh1.offset_to_first_pkt'])
  for (let left = uint32.read(view, block['hdr.bh1.num_pkts']); left > 0; left--) {
    packets.push(decodePacket(bytes, view, at, endpoint))
    at += uint32.read(view, at + header.tp_next_offset)
  }
  return {
    number: Number(view.getBigUint64(block['hdr.bh1.seq_num'], LITTLE_ENDIAN)),
    status: uint32.read(view, block['hdr.bh1.block_status']),
    packets,
  }
}

function decodePacket(bytes: Buffer, view: DataView, at: number, endpoint: Endpoint): RingPacket {
  const status = uint32.read(view, at + header.tp_status)
  const begin = at + uint16.read(view, at + header.tp_mac)
  const address = at + header.address
  return {
    data: bytes.subarray(begin, begin + uint32.read(view, at + header.tp_snaplen)),
    length: uint32.read(view, at + header.tp_len),
    timestamp:
      BigInt(uint32.read(view, at + header.tp_sec)) * BILLION +
      BigInt(uint32.read(view, at + header.tp_nsec)),
    // These are of one form only: there is no null.
    address: packet.decode(bytes.subarray(address, begin), begin - address, endpoint) as FullPacketAddress,
    vlan: (status & TP_STATUS_VLAN_VALID) === 0 ? null : decodeVlan(view, at, status),
    status,
  }
}

function decodeVlan(view: DataView, at: number, status: number): RingVlan {
  const tpid = uint16.read(view, at + header['hv1.tp_vlan_tpid'])
  return {
    tci: uint32.read(view, at + header['hv1.tp_vlan_tci']),
    tpid: (status & TP_STATUS_VLAN_TPID_VALID) === 0 ? 0 : tpid,
  }
}
