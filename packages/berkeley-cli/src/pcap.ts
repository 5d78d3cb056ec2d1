// Packets in a file that Wireshark and tcpdump open: the classic pcap format, with nanoseconds.
// Rule: what is written is whole: a record is never cut, whatever ends the program, since all of it goes to the system at once.
//       https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap-05.html
import { closeSync, openSync, writeSync } from 'node:fs'
import { select } from 'berkeley/blocking/select'
import { CommandFailure } from './exit-status.ts'

/** What a packet begins with. */
export const LINKTYPE_ETHERNET = 1
/** An IPv4 or IPv6 header. */
export const LINKTYPE_RAW = 101
/** A header of 20 bytes in place of that of whatever link it was: interface, direction, protocol. */
export const LINKTYPE_LINUX_SLL2 = 276

export interface PcapPacket {
  /** Nanoseconds since 1970. */
  readonly time: bigint
  readonly data: Uint8Array
  /** How long it was, if `data` is only its beginning. */
  readonly length?: number
}

const MAGIC = 0xa1b23c4d
const HEADER = 24
const RECORD = 16
const SECOND = 1_000_000_000n

/** The most bytes of a packet that a file may hold; what programs expect. */
export const LONGEST_PACKET = 262_144

export function encodePcapHeader(linkType: number, snapLength = LONGEST_PACKET): Buffer {
  const bytes = Buffer.alloc(HEADER)
  bytes.writeUInt32LE(MAGIC, 0)
  bytes.writeUInt16LE(2, 4) // version 2.4
  bytes.writeUInt16LE(4, 6)
  bytes.writeUInt32LE(snapLength, 16)
  bytes.writeUInt32LE(linkType, 20)
  return bytes
}

export function encodePcapRecord({ time, data, length = data.length }: PcapPacket): Buffer {
  const bytes = Buffer.alloc(RECORD + data.length)
  bytes.writeUInt32LE(Number(time / SECOND), 0)
  bytes.writeUInt32LE(Number(time % SECOND), 4)
  bytes.writeUInt32LE(data.length, 8)
  bytes.writeUInt32LE(length, 12)
  bytes.set(data, RECORD)
  return bytes
}

/** A file being written. `-` is standard output. */
export class PcapFile {
  readonly #path: string
  readonly #fd: number

  /** Throws CommandFailure if the file cannot be made; one that is there is written anew. */
  constructor(path: string, linkType: number, snapLength?: number) {
    this.#path = path
    try {
      this.#fd = path === '-' ? 1 : openSync(path, 'w')
    } catch (error) {
      throw this.#failure(error)
    }
    this.#write(encodePcapHeader(linkType, snapLength))
  }

  /** Throws CommandFailure if it cannot be written, as on a full disk. */
  write(packet: PcapPacket): void {
    this.#write(encodePcapRecord(packet))
  }

  close(): void {
    if (this.#path !== '-') closeSync(this.#fd)
  }

  #write(bytes: Buffer): void {
    for (let at = 0; at < bytes.length; ) {
      try {
        at += writeSync(this.#fd, bytes, at)
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw this.#failure(error)
        // A pipe whose reader is slow, which somebody made non-blocking.
        select([], [this.#fd], [])
      }
    }
  }

  #failure(error: unknown): CommandFailure {
    return new CommandFailure(`cannot write ${this.#path}: ${(error as Error).message}`)
  }
}
