// Frames of Ethernet, made by hand: what filters and decoders are tried on.
import { AF_INET, AF_INET6, inetPton } from 'berkeley'

const here = Buffer.from('020000000001', 'hex')
const there = Buffer.from('020000000002', 'hex')

const u16 = (...numbers: number[]): Buffer =>
  Buffer.from(numbers.flatMap((number) => [number >> 8, number & 0xff]))
const u32 = (...numbers: number[]): Buffer =>
  u16(...numbers.flatMap((number) => [Math.floor(number / 0x10000), number & 0xffff]))
const ip4 = (text: string) => Buffer.from(inetPton(AF_INET, text))
const ip6 = (text: string) => Buffer.from(inetPton(AF_INET6, text))

export function ethernet(type: number, payload: Buffer): Buffer {
  return Buffer.concat([there, here, u16(type), payload])
}

export function tagged(id: number, frame: Buffer): Buffer {
  return Buffer.concat([frame.subarray(0, 12), u16(0x8100, id), frame.subarray(12)])
}

export function arp(operation: number, sender: string, target: string): Buffer {
  const header = Buffer.concat([u16(1, 0x800), Buffer.from([6, 4]), u16(operation)])
  return ethernet(0x806, Buffer.concat([header, here, ip4(sender), Buffer.alloc(6), ip4(target)]))
}

export interface Ip4 {
  readonly source: string
  readonly destination: string
  readonly protocol: number
  readonly payload: Buffer
  readonly options?: Buffer
  /** Offset in units of 8 bytes, with the flags above it. */
  readonly fragment?: number
}

export function ipv4({
  source,
  destination,
  protocol,
  payload,
  options = Buffer.alloc(0),
  fragment = 0,
}: Ip4): Buffer {
  const length = 20 + options.length
  const fields = [
    Buffer.from([0x40 | (length / 4), 0]),
    u16(length + payload.length, 7, fragment),
    Buffer.from([64, protocol]),
    u16(0),
  ]
  const header = Buffer.concat([...fields, ip4(source), ip4(destination), options])
  let sum = 0
  for (let at = 0; at < header.length; at += 2) sum += header.readUInt16BE(at)
  header.writeUInt16BE(~((sum & 0xffff) + (sum >> 16)) & 0xffff, 10)
  return ethernet(0x800, Buffer.concat([header, payload]))
}

export function ipv6(source: string, destination: string, next: number, payload: Buffer): Buffer {
  const header = Buffer.concat([u32(0x60000000), u16(payload.length), Buffer.from([next, 64])])
  return ethernet(0x86dd, Buffer.concat([header, ip6(source), ip6(destination), payload]))
}

export function tcp(source: number, destination: number, flags: number, options = Buffer.alloc(0)): Buffer {
  const head = Buffer.from([((20 + options.length) / 4) << 4, flags])
  return Buffer.concat([u16(source, destination), u32(1000, 2000), head, u16(512, 0, 0), options])
}

export function udp(source: number, destination: number, data = Buffer.alloc(0)): Buffer {
  return Buffer.concat([u16(source, destination, 8 + data.length, 0), data])
}

export function echo(type: number, id: number, sequence: number): Buffer {
  return Buffer.concat([Buffer.from([type, 0]), u16(0, id, sequence), Buffer.alloc(8)])
}

/** The header of a fragment of IPv6, in front of what it carries. */
export function fragment6(next: number, offset: number, payload: Buffer): Buffer {
  return Buffer.concat([Buffer.from([next, 0]), u16(offset | 1), u32(99), payload])
}

const a = '10.7.0.1'
const b = '10.7.0.2'
const far = '192.0.2.9'
const six = 'fd07::1'
const sixFar = '2001:db8::9'

/** What links carry, and what only attackers send. */
export const FRAMES: readonly Buffer[] = [
  arp(1, a, b),
  arp(2, b, far),
  ipv4({
    source: a,
    destination: far,
    protocol: 6,
    payload: tcp(40_000, 80, 2, Buffer.from('020405b40402080a0000000100000000', 'hex')),
  }),
  ipv4({ source: far, destination: a, protocol: 6, payload: tcp(443, 40_001, 0x12) }),
  ipv4({
    source: far,
    destination: b,
    protocol: 6,
    payload: tcp(8080, 80, 0x10),
    options: Buffer.alloc(8, 1),
  }),
  ipv4({ source: a, destination: b, protocol: 17, payload: udp(5000, 53, Buffer.from('question')) }),
  ipv4({
    source: a,
    destination: b,
    protocol: 17,
    payload: udp(53, 1999, Buffer.alloc(600)),
    fragment: 0x2000,
  }),
  // Not the first fragment: what stands where ports would, means nothing.
  ipv4({ source: a, destination: b, protocol: 17, payload: udp(53, 80, Buffer.alloc(100)), fragment: 75 }),
  ipv4({ source: a, destination: b, protocol: 132, payload: Buffer.concat([udp(80, 7), Buffer.alloc(8)]) }),
  ipv4({ source: a, destination: far, protocol: 1, payload: echo(8, 7, 1) }),
  ipv4({ source: far, destination: a, protocol: 1, payload: echo(11, 7, 1) }),
  ipv4({ source: a, destination: far, protocol: 47, payload: Buffer.alloc(30) }),
  ipv6(six, sixFar, 6, tcp(40_000, 80, 2)),
  ipv6(sixFar, six, 17, udp(53, 5000, Buffer.from('answer'))),
  ipv6(six, sixFar, 58, echo(128, 9, 3)),
  ipv6(six, 'ff02::1:ff00:9', 58, Buffer.concat([Buffer.from([135, 0, 0, 0, 0, 0, 0, 0]), ip6(sixFar)])),
  ipv6(six, sixFar, 44, fragment6(17, 0, udp(5000, 53, Buffer.alloc(40)))),
  ipv6(six, sixFar, 44, fragment6(6, 80, Buffer.alloc(40))),
  ipv6(six, sixFar, 0, Buffer.concat([Buffer.from([58, 0, 1, 4, 0, 0, 0, 0]), echo(129, 9, 3)])),
  ethernet(0x88cc, Buffer.alloc(50, 2)),
  ethernet(0x800, Buffer.from('4500', 'hex')),
  tagged(7, ipv4({ source: a, destination: b, protocol: 6, payload: tcp(1024, 80, 2) })),
  tagged(9, ipv4({ source: a, destination: far, protocol: 17, payload: udp(53, 53, Buffer.alloc(30)) })),
  tagged(7, arp(1, a, far)),
  tagged(7, ipv6(six, sixFar, 6, tcp(80, 8080, 4))),
]
