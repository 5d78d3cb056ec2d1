// The memory of a batch, beneath the class that users see (batch.ts). One record for each message, then what belongs to
// C alone:
//
//   payload | data of the first … | data of the second … |
//   memory  | record, room for control data | … | headers of the kernel, and their seal (native/mmsg.c) |
//
// Rule: nobody outside the package gets `memory`: the headers in it are pointers.
import { AF_UNIX } from '../sys/constants.ts'
import { layout } from '../sys/layout.ts'
import { decodeAddress, type Endpoint } from './address/index.ts'
import { integer, LARGEST_TRANSFER } from './arguments.ts'
import { type AncillaryMessage, decodeControl } from './control.ts'
import { wrongType, wrongValue } from './errors.ts'

const { batch_record: record, batch_header: header, batch_seal: seal, cmsghdr } = layout
const NAME_SIZE = record.size - record.address
const WORD = Int32Array.BYTES_PER_ELEMENT
const LENGTH = record.length / WORD
const FLAGS = record.flags / WORD
const ADDRESS_LENGTH = record.address_length / WORD
const CONTROL_LENGTH = record.control_length / WORD
const SEGMENT_SIZE = record.segment_size / WORD

/** The most messages in a batch. */
export const MOST_MESSAGES = 65536
/** Enough for all that the kernel tells of a datagram, if every option for that is set. */
const USUAL_CONTROL = 256

/** To the next multiple of what control messages are aligned to; data as well. */
export function aligned(length: number): number {
  return Math.ceil(length / cmsghdr.alignment) * cmsghdr.alignment
}

/** How many bytes the record of a message takes, with `room` for control data. */
export function recordSize(room: number): number {
  return record.size + room
}

/** Where in a record, and in the words of one, things are: for those who write records (ops/outgoing.ts). */
export const places = { address: record.address, control: record.size, ADDRESS_LENGTH, CONTROL_LENGTH }

/** Refuses what is wrong or too much, in the name of `syscall`, before any of it is allocated. */
export function checkSizes(syscall: string, vlen: unknown, bufsize: unknown, ancbufsize: unknown): void {
  const most = Math.floor(LARGEST_TRANSFER / integer(syscall, 'vlen', vlen, 1, MOST_MESSAGES)) - OWN_SIZE
  integer(syscall, 'bufsize', bufsize, 0, most)
  if (ancbufsize !== undefined) integer(syscall, 'ancbufsize', ancbufsize, 0, most)
}

/** What there may be of a message beside its data and its control data. */
const OWN_SIZE = aligned(record.size + header.size + seal.size + 2 * cmsghdr.alignment)

export class Slabs {
  readonly payload: Buffer
  readonly memory: Uint8Array
  readonly capacity: number
  readonly bufsize: number
  /** How much control data was asked for; `null` if nobody said. */
  readonly ancbufsize: number | null
  /** How much room there is for that of each message. */
  readonly room: number
  readonly #words: Int32Array
  readonly #stride: number
  readonly #payloadStride: number
  /** Views of addresses, made when first asked for and then kept. */
  readonly #names: Uint8Array[] = []

  constructor(syscall: string, vlen: unknown, bufsize: unknown, ancbufsize?: unknown) {
    checkSizes(syscall, vlen, bufsize, ancbufsize)
    this.capacity = vlen as number
    this.bufsize = bufsize as number
    this.ancbufsize = (ancbufsize as number | undefined) ?? null
    this.room = aligned(this.ancbufsize ?? USUAL_CONTROL)
    this.#stride = recordSize(this.room)
    this.#payloadStride = aligned(this.bufsize)
    this.payload = Buffer.from(allocate(syscall, this.capacity * this.#payloadStride))
    this.memory = new Uint8Array(allocate(syscall, this.capacity * (this.#stride + header.size) + seal.size))
    this.#words = new Int32Array(this.memory.buffer)
  }

  /** A socket of AF_UNIX would be given descriptors that nobody asked for, and nobody would close them. */
  controlFor({ family }: Endpoint): number {
    return this.ancbufsize ?? (family === AF_UNIX ? 0 : USUAL_CONTROL)
  }

  /** Throws if the memory was transferred away. */
  mustBeAttached(syscall: string): void {
    if (this.payload.byteLength === this.capacity * this.#payloadStride) return
    throw wrongType(syscall, 'batch', 'one that still has its memory', 'a detached one')
  }

  word(index: number, field: number): number {
    return this.#words[(index * this.#stride) / WORD + field]!
  }

  /** How long the message was, as far as the kernel tells. */
  length(index: number): number {
    return this.word(index, LENGTH)
  }

  /** How much of it is there. */
  kept(index: number): number {
    return Math.min(this.word(index, LENGTH), this.bufsize)
  }

  flags(index: number): number {
    return this.word(index, FLAGS)
  }

  segmentSize(index: number): number {
    return this.word(index, SEGMENT_SIZE)
  }

  data(index: number): Buffer {
    const start = index * this.#payloadStride
    return this.payload.subarray(start, start + this.kept(index))
  }

  address(index: number, endpoint: Endpoint): unknown {
    const length = this.word(index, ADDRESS_LENGTH)
    if (length === 0) return null
    const at = index * this.#stride + record.address
    this.#names[index] ??= this.memory.subarray(at, at + NAME_SIZE)
    return decodeAddress(this.#names[index]!, length, endpoint)
  }

  ancillary(index: number): AncillaryMessage[] {
    const length = this.word(index, CONTROL_LENGTH)
    if (length === 0) return []
    const at = index * this.#stride + record.size
    return decodeControl(this.memory.subarray(at, at + length), length)
  }
}

function allocate(syscall: string, size: number): ArrayBuffer {
  try {
    return new ArrayBuffer(size)
  } catch {
    throw wrongValue(syscall, 'vlen', 'so that there is enough memory', `${size} bytes`)
  }
}
