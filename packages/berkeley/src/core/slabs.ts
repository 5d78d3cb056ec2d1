// The memory of a batch, beneath the class that users see (batch.ts). One record for each message, then what belongs to
// C alone:
//
//   payload | data of the first … | data of the second … |
//   memory  | record, room for control data | … | headers of the kernel, and their seal (native/mmsg.c) |
//
// Rule: nobody outside the package gets `memory`: the headers in it are pointers.
import { AF_UNIX } from '../sys/constants.ts'
import { layout } from '../sys/layout.ts'
import { decodeAddress, type Endpoint, encodeAddress } from './address/index.ts'
import { integer, LARGEST_TRANSFER } from './arguments.ts'
import { lengthOf, viewOf } from './bytes.ts'
import { type AncillaryMessage, decodeControl } from './control.ts'
import { wrongType, wrongValue } from './errors.ts'

const { batch_record: record, batch_header: header, batch_seal: seal, cmsghdr } = layout
const NAME_SIZE = record.size - record.address
const WORD = Int32Array.BYTES_PER_ELEMENT
const ADDRESS = record.address / WORD
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
  readonly #strideWords: number
  readonly #payloadStride: number
  /** Views of addresses, made when first asked for and then kept. */
  readonly #names: Uint8Array[] = []

  constructor(
    syscall: string,
    vlen: unknown,
    bufsize: unknown,
    ancbufsize: unknown,
    makePayload: (size: number) => Buffer,
  ) {
    checkSizes(syscall, vlen, bufsize, ancbufsize)
    this.capacity = vlen as number
    this.bufsize = bufsize as number
    this.ancbufsize = (ancbufsize as number | undefined) ?? null
    this.room = aligned(this.ancbufsize ?? USUAL_CONTROL)
    this.#stride = recordSize(this.room)
    this.#strideWords = this.#stride / WORD
    this.#payloadStride = aligned(this.bufsize)
    this.payload = allocate(syscall, this.capacity * this.#payloadStride, makePayload)
    // Zeros: it must not have the seal of memory that was here before.
    const own = this.capacity * (this.#stride + header.size) + seal.size
    this.memory = allocate(syscall, own, (size) => new Uint8Array(size))
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
    return this.#words[index * this.#strideWords + field]!
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
    return viewOf(this.payload.buffer, this.offset(index), this.kept(index))
  }

  /** Where the data of a message is in the payload. */
  offset(index: number): number {
    return index * this.#payloadStride
  }

  /** Whether a message has the same address as the one before it, byte for byte. */
  isAddressAsBefore(index: number): boolean {
    const words = this.#words
    const at = index * this.#strideWords
    const before = at - this.#strideWords
    const length = words[at + ADDRESS_LENGTH]!
    if (length !== words[before + ADDRESS_LENGTH]) return false
    const end = ADDRESS + length / WORD
    for (let word = ADDRESS; word < end; word++) if (words[at + word] !== words[before + word]) return false
    return true
  }

  address(index: number, endpoint: Endpoint): unknown {
    const length = this.word(index, ADDRESS_LENGTH)
    return length === 0 ? null : decodeAddress(this.#name(index), length, endpoint)
  }

  #name(index: number): Uint8Array {
    const at = index * this.#stride + record.address
    this.#names[index] ??= this.memory.subarray(at, at + NAME_SIZE)
    return this.#names[index]!
  }

  /** Puts a message there that was not received. */
  write(index: number, bytes: Uint8Array, segmentSize: number): void {
    const at = index * this.#strideWords
    this.#words.fill(0, at, at + ADDRESS)
    this.#words[at + LENGTH] = lengthOf(bytes)
    this.#words[at + SEGMENT_SIZE] = segmentSize
    this.payload.set(bytes, this.offset(index))
  }

  /** Puts its address there; `null` for none. */
  writeAddress(index: number, address: unknown, endpoint: Endpoint, syscall: string): void {
    const length = address === null ? 0 : encodeAddress(endpoint, address, this.#name(index), syscall)
    this.#words[index * this.#strideWords + ADDRESS_LENGTH] = length
  }

  /** Moves messages to the beginning. */
  moveToFront(first: number, count: number): void {
    const [stride, payloadStride] = [this.#stride, this.#payloadStride]
    this.memory.copyWithin(0, first * stride, (first + count) * stride)
    this.payload.copyWithin(0, first * payloadStride, (first + count) * payloadStride)
  }

  ancillary(index: number): AncillaryMessage[] {
    const length = this.word(index, CONTROL_LENGTH)
    if (length === 0) return []
    const at = index * this.#stride + record.size
    return decodeControl(this.memory.subarray(at, at + length), length)
  }
}

function allocate<Memory>(syscall: string, size: number, make: (size: number) => Memory): Memory {
  try {
    return make(size)
  } catch {
    throw wrongValue(syscall, 'vlen', 'so that there is enough memory', `${size} bytes`)
  }
}
