// What IP carries: TCP, UDP, ICMP, ICMPv6, and the rest by name.
// Rule: as in decode-link.ts.
import {
  AF_INET6,
  IPPROTO_ICMP,
  IPPROTO_ICMPV6,
  IPPROTO_TCP,
  IPPROTO_UDP,
  IPPROTO_UDPLITE,
  inetNtop,
} from 'berkeley'
import { nameOf } from '../../constant-names.ts'
import { type Decoded, Header, Truncated } from './packet.ts'

type Ip = NonNullable<Decoded['ip']>

/** The line for a packet; `length` is that of what IP carries, also where it was not captured. */
export function decodeTransport(ip: Ip, data: Buffer, length: number, decoded: Decoded): string {
  switch (ip.protocol) {
    case IPPROTO_TCP:
      return decodeTcp(ip, data, length, decoded)
    case IPPROTO_UDP:
    case IPPROTO_UDPLITE:
      return decodeUdp(ip, data, decoded)
    case IPPROTO_ICMP:
      return decodeIcmp(ip, data, length, decoded)
    case IPPROTO_ICMPV6:
      return decodeIcmp6(ip, data, length, decoded)
    default: {
      const name = nameOf('IPPROTO_', ip.protocol)
        .replace('IPPROTO_', '')
        .replace(/^(?=\d)/, 'protocol ')
      return `${ip.source} > ${ip.destination} ${name} length ${length}`
    }
  }
}

function places({ version, source, destination }: Ip, from: number, to: number): string {
  const place = (host: string, port: number) => (version === 6 ? `[${host}]:${port}` : `${host}:${port}`)
  return `${place(source, from)} > ${place(destination, to)}`
}

const FLAGS = ['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG', 'ECE', 'CWR']

function decodeTcp(ip: Ip, data: Buffer, length: number, decoded: Decoded): string {
  const header = new Header(data, 20)
  const headerLength = (header.u8(12) >> 4) * 4
  const flags = FLAGS.filter((_, bit) => (header.u8(13) >> bit) & 1).join(' ')
  const tcp: NonNullable<Decoded['tcp']> = {
    source: header.u16(0),
    destination: header.u16(2),
    flags,
    sequence: header.u32(4),
    acknowledgement: header.u32(8),
    window: header.u16(14),
    options: [],
    length: Math.max(0, length - headerLength),
  }
  decoded.tcp = tcp
  const words = [
    `${places(ip, tcp.source, tcp.destination)} TCP [${flags}]`,
    `seq ${tcp.sequence}`,
    ...(flags.includes('ACK') ? [`ack ${tcp.acknowledgement}`] : []),
    `win ${tcp.window}`,
    `length ${tcp.length}`,
  ]
  if (headerLength < 20) return [...words, `bad header length ${headerLength}`].join(' ')
  tcp.options.push(
    ...decodeTcpOptions(new Header(data.subarray(0, headerLength), Math.min(headerLength, data.length))),
  )
  return [...words, ...(tcp.options.length > 0 ? [`<${tcp.options.join(', ')}>`] : [])].join(' ')
}

function decodeTcpOptions(header: Header): string[] {
  const options: string[] = []
  try {
    for (let at = 20; at < header.bytes.length; ) {
      const kind = header.u8(at)
      if (kind === 0) break
      if (kind === 1) {
        at++
        continue
      }
      const length = header.u8(at + 1)
      if (length < 2) return [...options, 'bad option']
      options.push(describeOption(header, at, kind, length))
      at += length
    }
  } catch (error) {
    if (!(error instanceof Truncated)) throw error
    options.push('cut')
  }
  return options
}

function describeOption(header: Header, at: number, kind: number, length: number): string {
  if (kind === 2 && length === 4) return `mss ${header.u16(at + 2)}`
  if (kind === 3 && length === 3) return `wscale ${header.u8(at + 2)}`
  if (kind === 4) return 'sack allowed'
  if (kind === 5) {
    const count = Math.floor((length - 2) / 8)
    const blocks = Array.from(
      { length: count },
      (_, i) => `${header.u32(at + 2 + 8 * i)}-${header.u32(at + 6 + 8 * i)}`,
    )
    return `sack ${blocks.join(' ')}`
  }
  if (kind === 8 && length === 10) return `time ${header.u32(at + 2)} ${header.u32(at + 6)}`
  return `option ${kind}`
}

function decodeUdp(ip: Ip, data: Buffer, decoded: Decoded): string {
  const header = new Header(data, 8)
  const udp = { source: header.u16(0), destination: header.u16(2), length: Math.max(0, header.u16(4) - 8) }
  decoded.udp = udp
  return `${places(ip, udp.source, udp.destination)} UDP length ${udp.length}`
}

const ICMP_NAMES: Readonly<Record<number, string>> = {
  0: 'echo reply',
  3: 'unreachable',
  5: 'redirect',
  8: 'echo request',
  11: 'time exceeded',
  12: 'parameter problem',
  13: 'time stamp request',
  14: 'time stamp reply',
}

function decodeIcmp(ip: Ip, data: Buffer, length: number, decoded: Decoded): string {
  const header = new Header(data, 4)
  const [type, code] = [header.u8(0), header.u8(1)]
  const icmp: NonNullable<Decoded['icmp']> = { type, code }
  decoded.icmp = icmp
  const words = [`${ip.source} > ${ip.destination} ICMP ${ICMP_NAMES[type] ?? `type ${type}`}`]
  if (type === 0 || type === 8) words.push(echoOf(header, icmp))
  else words.push(`code ${code}`)
  return `${words.join(' ')} length ${length}`
}

const ICMP6_NAMES: Readonly<Record<number, string>> = {
  1: 'unreachable',
  2: 'packet too big',
  3: 'time exceeded',
  4: 'parameter problem',
  128: 'echo request',
  129: 'echo reply',
  133: 'router solicitation',
  134: 'router advertisement',
  135: 'who has',
  136: 'neighbour',
  137: 'redirect',
  143: 'multicast listener report',
}

function decodeIcmp6(ip: Ip, data: Buffer, length: number, decoded: Decoded): string {
  const header = new Header(data, 4)
  const [type, code] = [header.u8(0), header.u8(1)]
  const icmp: NonNullable<Decoded['icmp']> = { type, code }
  decoded.icmp = icmp
  const words = [`${ip.source} > ${ip.destination} ICMP6 ${ICMP6_NAMES[type] ?? `type ${type}`}`]
  if (type === 128 || type === 129) words.push(echoOf(header, icmp))
  else if (type === 135 || type === 136) words.push(inetNtop(AF_INET6, header.slice(8, 24)))
  else if (type < 128) words.push(`code ${code}`)
  return `${words.join(' ')} length ${length}`
}

function echoOf(header: Header, icmp: { id?: number; sequence?: number }): string {
  icmp.id = header.u16(4)
  icmp.sequence = header.u16(6)
  return `id ${icmp.id} seq ${icmp.sequence}`
}
