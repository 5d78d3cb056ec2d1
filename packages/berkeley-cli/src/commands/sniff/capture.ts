// A packet socket: what passes an interface, or all of them, with times, lengths and VLAN tags.
// Rule: the filter is there before the socket hears anything, so that nothing comes through that was not asked for.
import {
  AF_PACKET,
  ARPHRD_ETHER,
  ARPHRD_LOOPBACK,
  ARPHRD_NONE,
  ARPHRD_RAWIP,
  decodeAncillary,
  ETH_P_8021Q,
  ETH_P_ALL,
  type FullPacketAddress,
  ifNametoindex,
  type Message,
  OSError,
  PACKET_ADD_MEMBERSHIP,
  PACKET_AUXDATA,
  PACKET_BROADCAST,
  PACKET_MR_PROMISC,
  PACKET_MULTICAST,
  PACKET_OTHERHOST,
  PACKET_OUTGOING,
  PACKET_STATISTICS,
  packetMreq,
  SO_RCVBUF,
  SO_RCVBUFFORCE,
  SO_TIMESTAMPNS,
  SOCK_DGRAM,
  SOCK_RAW,
  SOL_PACKET,
  SOL_SOCKET,
  Socket,
  type SockFilter,
  TP_STATUS_VLAN_TPID_VALID,
  TP_STATUS_VLAN_VALID,
  tpacketStats,
} from 'berkeley'
import { RouteSocket } from 'berkeley/netlink'
import { attachFilter } from 'berkeley/options'
import { CommandFailure } from '../../exit-status.ts'
import { LINKTYPE_ETHERNET, LINKTYPE_LINUX_SLL2, LINKTYPE_RAW, LONGEST_PACKET } from '../../pcap.ts'
import { printable } from '../../printable.ts'
import type { Link } from './decode-link.ts'
import type { Captured } from './packet.ts'

export interface CaptureSettings {
  /** The name of an interface; null for all. */
  readonly interface: string | null
  readonly isPromiscuous: boolean
  /** Cuts packets, as it decides. */
  readonly program: readonly SockFilter[]
}

interface LinkKind {
  /** With the header of the link, or without. */
  readonly type: typeof SOCK_RAW | typeof SOCK_DGRAM
  readonly link: Link | 'cooked'
  readonly linkType: number
}

const ETHERNET: LinkKind = { type: SOCK_RAW, link: 'ethernet', linkType: LINKTYPE_ETHERNET }
const PLAIN_IP: LinkKind = { type: SOCK_RAW, link: 'ip', linkType: LINKTYPE_RAW }
/** Of many kinds, or of one that we do not know: the kernel takes the header off. */
const COOKED: LinkKind = { type: SOCK_DGRAM, link: 'cooked', linkType: LINKTYPE_LINUX_SLL2 }

const KINDS: Readonly<Record<number, LinkKind>> = {
  [ARPHRD_ETHER]: ETHERNET,
  [ARPHRD_LOOPBACK]: ETHERNET,
  [ARPHRD_NONE]: PLAIN_IP,
  [ARPHRD_RAWIP]: PLAIN_IP,
}

/** Room for what comes while nobody reads. */
const RECEIVE_BUFFER = 8 << 20
const BATCH = 16
const CONTROL = 128
const SLL2 = 20

export class Capture {
  /** Of files that are written. */
  readonly linkType: number
  readonly #link: LinkKind['link']
  readonly #socket: Socket<typeof AF_PACKET>

  private constructor(kind: LinkKind, socket: Socket<typeof AF_PACKET>) {
    this.linkType = kind.linkType
    this.#link = kind.link
    this.#socket = socket
  }

  /** Throws CommandFailure if it may not, or there is no such interface. */
  static async open({ interface: name, isPromiscuous, program }: CaptureSettings): Promise<Capture> {
    const kind = name === null ? COOKED : await kindOf(name)
    const socket = openSocket(kind.type)
    try {
      attachFilter(socket, program)
      socket.setsockopt(SOL_SOCKET, SO_TIMESTAMPNS, true)
      socket.setsockopt(SOL_PACKET, PACKET_AUXDATA, true)
      growBuffer(socket)
      if (name !== null && isPromiscuous) {
        const membership = { ifindex: ifNametoindex(name), type: PACKET_MR_PROMISC }
        socket.setsockopt(SOL_PACKET, PACKET_ADD_MEMBERSHIP, packetMreq.encode(membership))
      }
      socket.bind([name ?? '', ETH_P_ALL])
      return new Capture(kind, socket)
    } catch (error) {
      socket.close()
      throw error
    }
  }

  /** What a packet begins with, for decoding: of a cooked one, behind the header that `record` makes. */
  linkOf(packet: Captured): { link: Link; data: Buffer } {
    if (this.#link !== 'cooked') return { link: this.#link, data: packet.data }
    return { link: 'ip', data: packet.data.subarray(SLL2) }
  }

  /** The next packets. Rejects with the signal's reason. */
  async receive(signal: AbortSignal): Promise<Captured[]> {
    const messages = await this.#socket.recvmmsg(BATCH, LONGEST_PACKET, 0, CONTROL, { signal })
    return messages.flatMap((message) => this.#captured(message) ?? [])
  }

  #captured({ data, address, ancdata }: Message<unknown>): Captured | null {
    const from = address as FullPacketAddress
    const [device, , pkttype, hatype] = from
    // Our own filters leave it out already, those of others do not: see ONCE in compile.ts.
    if (hatype === ARPHRD_LOOPBACK && pkttype === PACKET_OUTGOING) return null
    let time = BigInt(Date.now()) * 1_000_000n
    let length = data.length
    let frame: Buffer = data
    for (const each of decodeAncillary(ancdata)) {
      if (each.name === 'timestampNs') time = each.value
      if (each.name !== 'packetAuxdata') continue
      const { status, len, vlanTci, vlanTpid } = each.value
      length = Math.max(len, length)
      if ((status & TP_STATUS_VLAN_VALID) === 0 || this.#link !== 'ethernet' || frame.length < 12) continue
      const tpid = status & TP_STATUS_VLAN_TPID_VALID ? vlanTpid : ETH_P_8021Q
      frame = withTag(frame, tpid, vlanTci)
      length += 4
    }
    if (this.#link === 'cooked') {
      frame = Buffer.concat([cookedHeader(from), frame])
      length += SLL2
    }
    return { time, interface: device, direction: directionOf(pkttype), data: frame, length }
  }

  /** How many came through the filter, and how many of them had no room. Once: the kernel begins anew. */
  statistics(): { readonly packets: number; readonly drops: number } {
    return tpacketStats.decode(this.#socket.getsockopt(SOL_PACKET, PACKET_STATISTICS, 12))
  }

  close(): void {
    this.#socket.close()
  }
}

async function kindOf(name: string): Promise<LinkKind> {
  using route = new RouteSocket()
  try {
    return KINDS[(await route.link(name)).type] ?? COOKED
  } catch (error) {
    if (!(error instanceof OSError && (error.code === 'ENODEV' || error.code === 'ERANGE'))) throw error
    throw new CommandFailure(`there is no interface ${printable(name)}`)
  }
}

function openSocket(type: LinkKind['type']): Socket<typeof AF_PACKET> {
  try {
    return new Socket(AF_PACKET, type, 0)
  } catch (error) {
    if (!(error instanceof OSError && error.code === 'EPERM')) throw error
    throw new CommandFailure('not permitted: packet sockets need CAP_NET_RAW')
  }
}

// Beyond net.core.rmem_max only with CAP_NET_ADMIN.
function growBuffer(socket: Socket<typeof AF_PACKET>): void {
  try {
    socket.setsockopt(SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BUFFER)
  } catch {
    socket.setsockopt(SOL_SOCKET, SO_RCVBUF, RECEIVE_BUFFER)
  }
}

/** Puts a VLAN tag back where it was before the kernel took it off. */
function withTag(frame: Buffer, tpid: number, tci: number): Buffer {
  const tag = Buffer.alloc(4)
  tag.writeUInt16BE(tpid, 0)
  tag.writeUInt16BE(tci, 2)
  return Buffer.concat([frame.subarray(0, 12), tag, frame.subarray(12)])
}

/** https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL2.html */
function cookedHeader([device, protocol, pkttype, hatype, hardware]: FullPacketAddress): Buffer {
  const bytes = Buffer.alloc(SLL2)
  bytes.writeUInt16BE(protocol, 0)
  bytes.writeUInt32BE(indexOf(device), 4)
  bytes.writeUInt16BE(hatype, 8)
  bytes[10] = pkttype
  bytes[11] = Math.min(hardware.length, 8)
  hardware.copy(bytes, 12, 0, 8)
  return bytes
}

function indexOf(device: string): number {
  try {
    return ifNametoindex(device)
  } catch {
    return 0 // It has gone meanwhile.
  }
}

const DIRECTIONS: Readonly<Record<number, Captured['direction']>> = {
  [PACKET_OUTGOING]: 'out',
  [PACKET_BROADCAST]: 'broadcast',
  [PACKET_MULTICAST]: 'multicast',
  [PACKET_OTHERHOST]: 'other',
}

function directionOf(pkttype: number): Captured['direction'] {
  return DIRECTIONS[pkttype] ?? 'in'
}
