// From the first byte of a packet to what IP carries: Ethernet, VLANs, ARP, IPv4, IPv6.
// Rule: whatever the bytes are, decoding ends with a line: what is cut is said to be cut, what is unknown is said by its
//       number. Bytes come from strangers.
import {
  AF_INET,
  AF_INET6,
  ETH_P_8021AD,
  ETH_P_8021Q,
  ETH_P_ARP,
  ETH_P_IP,
  ETH_P_IPV6,
  IPPROTO_DSTOPTS,
  IPPROTO_FRAGMENT,
  IPPROTO_HOPOPTS,
  IPPROTO_ROUTING,
  inetNtop,
} from 'berkeley'
import { nameOf } from '../../constant-names.ts'
import { decodeTransport } from './decode-transport.ts'
import { type Decoded, Header, hardwareText, Truncated } from './packet.ts'

export type Link = 'ethernet' | 'ip'

/** Reads what it can. It never throws, whatever the bytes are. */
export function decodePacket(data: Buffer, link: Link): Decoded {
  const decoded: Decoded = { text: '' }
  try {
    decoded.text = link === 'ethernet' ? decodeEthernet(data, decoded) : decodeIp(data, decoded)
  } catch (error) {
    if (!(error instanceof Truncated)) throw error
    decoded.truncated = true
    decoded.text = [prefix(decoded), '[cut]'].filter(Boolean).join(' ')
  }
  return decoded
}

/** What was read before the bytes ended. */
function prefix({ ip, ethernet }: Decoded): string {
  if (ip !== undefined) return `${ip.source} > ${ip.destination} ${protocolName(ip.protocol)}`
  return ethernet === undefined ? '' : `${ethernet.source} > ${ethernet.destination}`
}

const MACS = 12
const TAG = 4
/** Below it, the field is a length (IEEE 802.3). */
const LEAST_TYPE = 0x600

function decodeEthernet(data: Buffer, decoded: Decoded): string {
  const header = new Header(data, MACS + 2)
  const [destination, source] = [hardwareText(header.slice(0, 6)), hardwareText(header.slice(6, 12))]
  const tags: { id: number; priority: number }[] = []
  let at = MACS
  let type = header.u16(at)
  decoded.ethernet = { source, destination, type }
  while ((type === ETH_P_8021Q || type === ETH_P_8021AD) && tags.length < 4) {
    const tag = header.u16(at + 2)
    tags.push({ id: tag & 0xfff, priority: tag >> 13 })
    at += TAG
    type = header.u16(at)
    decoded.ethernet = { source, destination, type }
    decoded.vlan = tags
  }
  const vlans = tags.map(({ id }) => `vlan ${id} `).join('')
  return vlans + decodePayload(type, data.subarray(at + 2), decoded)
}

function decodePayload(type: number, data: Buffer, decoded: Decoded): string {
  if (type === ETH_P_IP || type === ETH_P_IPV6) return decodeIp(data, decoded)
  if (type === ETH_P_ARP) return decodeArp(data, decoded)
  const { source = '', destination = '' } = decoded.ethernet ?? {}
  const what =
    type < LEAST_TYPE ? `802.3, length ${type}` : nameOf('ETH_P_', type).replace(/^(?=\d)/, 'ethertype ')
  return `${source} > ${destination} ${what}`
}

function decodeArp(data: Buffer, decoded: Decoded): string {
  const header = new Header(data, 8)
  const [hardwareLength, addressLength, operation] = [header.u8(4), header.u8(5), header.u16(6)]
  const parts: Buffer[] = []
  let at = 8
  for (const length of [hardwareLength, addressLength, hardwareLength, addressLength]) {
    parts.push(header.slice(at, at + length))
    at += length
  }
  const [sender, senderIp, target, targetIp] = parts as [Buffer, Buffer, Buffer, Buffer]
  const ip = (bytes: Buffer) => (bytes.length === 4 ? inetNtop(AF_INET, bytes) : hardwareText(bytes))
  const arp = {
    operation,
    sender: hardwareText(sender),
    senderAddress: ip(senderIp),
    target: hardwareText(target),
    targetAddress: ip(targetIp),
  }
  decoded.arp = arp
  if (operation === 1) return `ARP who has ${arp.targetAddress}? tell ${arp.senderAddress}`
  if (operation === 2) return `ARP ${arp.senderAddress} is at ${arp.sender}`
  return `ARP operation ${operation}`
}

function decodeIp(data: Buffer, decoded: Decoded): string {
  const version = new Header(data, 1).u8(0) >> 4
  if (version === 4) return decodeIp4(data, decoded)
  if (version === 6) return decodeIp6(data, decoded)
  return `IP of version ${version}`
}

function decodeIp4(data: Buffer, decoded: Decoded): string {
  const header = new Header(data, 20)
  const [length, total, field] = [(header.u8(0) & 0xf) * 4, header.u16(2), header.u16(6)]
  const [offset, more, id] = [(field & 0x1fff) * 8, (field & 0x2000) !== 0, header.u16(4)]
  const ip: NonNullable<Decoded['ip']> = {
    version: 4,
    source: inetNtop(AF_INET, header.slice(12, 16)),
    destination: inetNtop(AF_INET, header.slice(16, 20)),
    protocol: header.u8(9),
    ttl: header.u8(8),
  }
  decoded.ip = ip
  if (length < 20) return `${ip.source} > ${ip.destination} bad header length ${length}`
  if (offset > 0 || more) ip.fragment = { offset, more, id }
  // Packets that a card is to cut have no length yet; and a frame may have padding behind it.
  const end = total === 0 ? data.length : Math.max(total, length)
  return decodeAbove(ip, data.subarray(length, end), end - length, decoded)
}

function decodeIp6(data: Buffer, decoded: Decoded): string {
  const header = new Header(data, 40)
  const payload = header.u16(4)
  const ip: NonNullable<Decoded['ip']> = {
    version: 6,
    source: inetNtop(AF_INET6, header.slice(8, 24)),
    destination: inetNtop(AF_INET6, header.slice(24, 40)),
    protocol: header.u8(6),
    ttl: header.u8(7),
  }
  decoded.ip = ip
  const end = payload === 0 ? data.length : 40 + payload
  let at = 40
  for (let headers = 0; headers < 16; headers++) {
    const { protocol } = ip
    if (protocol === IPPROTO_FRAGMENT) {
      const field = header.u16(at + 2)
      ip.fragment = { offset: field & 0xfff8, more: (field & 1) !== 0, id: header.u32(at + 4) }
    } else if (protocol !== IPPROTO_HOPOPTS && protocol !== IPPROTO_ROUTING && protocol !== IPPROTO_DSTOPTS)
      break
    const length = protocol === IPPROTO_FRAGMENT ? 8 : (header.u8(at + 1) + 1) * 8
    ip.protocol = header.u8(at)
    at += length
    if ((ip.fragment?.offset ?? 0) > 0) break
  }
  return decodeAbove(ip, data.subarray(at, end), end - at, decoded)
}

function decodeAbove(ip: NonNullable<Decoded['ip']>, data: Buffer, length: number, decoded: Decoded): string {
  const { source, destination, protocol, fragment } = ip
  if (fragment !== undefined && fragment.offset > 0) {
    const rest = fragment.more ? ', more follow' : ''
    return `${source} > ${destination} ${protocolName(protocol)} fragment ${fragment.id} at ${fragment.offset}, length ${length}${rest}`
  }
  const text = decodeTransport(ip, data, length, decoded)
  return fragment === undefined ? text : `${text}, first fragment of ${fragment.id}`
}

function protocolName(protocol: number): string {
  return nameOf('IPPROTO_', protocol)
    .replace('IPPROTO_', '')
    .replace(/^(?=\d)/, 'protocol ')
}
