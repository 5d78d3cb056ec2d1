// A capture file as tcpdump and Wireshark read it: https://www.tcpdump.org/manpages/pcap-savefile.5.html
// Rule: each packet is in the file when `add` is done, so the file is good whenever the process ends.
import { type FileHandle, open } from 'node:fs/promises'
import { CommandFailure } from '../../exit-status.ts'
import { quoted } from '../../printable.ts'

const MAGIC = 0xa1b2c3d4 // In the byte order of the file; times in microseconds.
const SNAPLEN = 262_144
const LINKTYPE_RAW = 101 // Packets begin with their IP header.

export class CaptureFile {
  readonly #file: FileHandle
  readonly #path: string
  // One after the other: both directions write.
  #last: Promise<void>

  private constructor(file: FileHandle, path: string) {
    this.#file = file
    this.#path = path
    const header = Buffer.alloc(24)
    header.writeUInt32LE(MAGIC, 0)
    header.writeUInt16LE(2, 4)
    header.writeUInt16LE(4, 6)
    header.writeUInt32LE(SNAPLEN, 16)
    header.writeUInt32LE(LINKTYPE_RAW, 20)
    this.#last = this.#write([header])
    this.#last.catch(() => {})
  }

  static async open(path: string): Promise<CaptureFile> {
    try {
      return new CaptureFile(await open(path, 'w'), path)
    } catch (error) {
      throw new CommandFailure(`cannot record to ${quoted(path)}: ${(error as Error).message}`)
    }
  }

  /** Adds packets that were there just now. */
  add(packets: readonly Buffer[]): Promise<void> {
    const microseconds = Math.floor((performance.timeOrigin + performance.now()) * 1000)
    const records = packets.flatMap((packet) => {
      const header = Buffer.alloc(16)
      header.writeUInt32LE(Math.floor(microseconds / 1_000_000), 0)
      header.writeUInt32LE(microseconds % 1_000_000, 4)
      header.writeUInt32LE(packet.length, 8)
      header.writeUInt32LE(packet.length, 12)
      return [header, packet]
    })
    this.#last = this.#last.then(() => this.#write(records))
    return this.#last
  }

  async close(): Promise<void> {
    await this.#last.catch(() => {})
    await this.#file.close()
  }

  async #write(parts: readonly Buffer[]): Promise<void> {
    const bytes = Buffer.concat(parts)
    try {
      for (let at = 0; at < bytes.length; ) {
        at += (await this.#file.write(bytes, at)).bytesWritten
      }
    } catch (error) {
      throw new CommandFailure(`cannot record to ${quoted(this.#path)}: ${(error as Error).message}`)
    }
  }
}
