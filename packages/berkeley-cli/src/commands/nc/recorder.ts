// A conversation as the packets it could have been, for --record.
//
// What went over a socket is known, but not in which packets: so they are made up. A TCP conversation has its handshake,
// its segments as they were read and written, each acknowledged, and its end; a datagram is a UDP packet. Sockets without
// IP addresses get some of the range for documentation: 192.0.2.1 is this side, 192.0.2.2 the other.
import { AF_INET, AF_INET6, inetPton, type Socket } from 'berkeley'
import type { PcapFile } from '../../pcap.ts'
import {
  ACK,
  FIN,
  MOST_DATAGRAM,
  MOST_PAYLOAD,
  PSH,
  RST,
  type Station,
  SYN,
  tcpPacket,
  udpPacket,
} from './packets.ts'
import type { Direction, Tap } from './tap.ts'

const FIRST_PORT = 40_000
const NOTHING = Buffer.alloc(0)

let conversations = 0

export interface Stations {
  readonly own: Station
  readonly other: Station
}

/** Who talks, as far as it can be written into a packet. */
export function stationsOf(socket: Socket<number>, peer: unknown = socket.getpeername()): Stations {
  const { family } = socket
  if (family === AF_INET || family === AF_INET6)
    return { own: stationOf(family, socket.getsockname()), other: stationOf(family, peer) }
  // Another port for each, so that readers do not take two conversations for one.
  const port = FIRST_PORT + (conversations++ % 20_000)
  return {
    own: { address: inetPton(AF_INET, '192.0.2.1'), port },
    other: { address: inetPton(AF_INET, '192.0.2.2'), port },
  }
}

function stationOf(family: number, address: unknown): Station {
  const [host, port] = address as [string, number]
  return { address: inetPton(family, host.replace(/%.*$/, '')), port }
}

/** One end: what it has sent, and whether it has said that there is no more. */
interface End {
  readonly station: Station
  next: number
  hasEnded: boolean
}

export class StreamRecorder implements Tap {
  readonly #file: PcapFile
  readonly #ends: Record<Direction, End>
  #isBroken = false

  constructor(file: PcapFile, { own, other }: Stations) {
    this.#file = file
    // Any number may be the first; these show at a glance which side it is.
    this.#ends = {
      sent: { station: own, next: 1000, hasEnded: false },
      received: { station: other, next: 5000, hasEnded: false },
    }
  }

  /** The handshake; `sent` if this side connected. */
  open(first: Direction): void {
    const second = opposite(first)
    const syn = this.#packet(first, SYN, NOTHING, 1)
    const answer = this.#packet(second, SYN | ACK, NOTHING, 1)
    record(this.#file, [syn, answer, this.#packet(first, ACK)])
  }

  async bytes(direction: Direction, bytes: Buffer): Promise<void> {
    for (let at = 0; at < bytes.length; at += MOST_PAYLOAD) {
      const payload = bytes.subarray(at, at + MOST_PAYLOAD)
      const packet = this.#packet(direction, PSH | ACK, payload, payload.length)
      record(this.#file, [packet, this.#packet(opposite(direction), ACK)])
    }
  }

  async end(direction: Direction): Promise<void> {
    const end = this.#ends[direction]
    if (end.hasEnded || this.#isBroken) return
    const packet = this.#packet(direction, FIN | ACK, NOTHING, 1)
    end.hasEnded = true
    record(this.#file, [packet, this.#packet(opposite(direction), ACK)])
  }

  async broken(): Promise<void> {
    if (this.#isBroken || (this.#ends.sent.hasEnded && this.#ends.received.hasEnded)) return
    this.#isBroken = true
    record(this.#file, [this.#packet('received', RST | ACK)])
  }

  /** A packet that takes so many sequence numbers. */
  #packet(direction: Direction, flags: number, payload: Buffer = NOTHING, length = 0): Buffer {
    const from = this.#ends[direction]
    const to = this.#ends[opposite(direction)]
    const sequence = from.next
    from.next = (from.next + length) % 2 ** 32
    const acknowledged = flags & ACK ? to.next : 0
    return tcpPacket({ from: from.station, to: to.station, sequence, acknowledged, flags, payload })
  }
}

export class DatagramRecorder implements Tap {
  readonly #file: PcapFile
  readonly #stations: Stations

  constructor(file: PcapFile, stations: Stations) {
    this.#file = file
    this.#stations = stations
  }

  async bytes(direction: Direction, bytes: Buffer): Promise<void> {
    const { own, other } = this.#stations
    const [from, to] = direction === 'sent' ? [own, other] : [other, own]
    // Unix datagrams may be longer than any UDP packet.
    record(this.#file, [udpPacket(from, to, bytes.subarray(0, MOST_DATAGRAM))])
  }

  async end(): Promise<void> {}

  async broken(): Promise<void> {}
}

function record(file: PcapFile, packets: readonly Buffer[]): void {
  const time = BigInt(Math.floor((performance.timeOrigin + performance.now()) * 1000)) * 1000n
  for (const data of packets) file.write({ time, data })
}

function opposite(direction: Direction): Direction {
  return direction === 'sent' ? 'received' : 'sent'
}
