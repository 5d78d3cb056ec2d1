// Messages on their way out, as sendmmsg takes them. A message whose data is to be cut into datagrams by the kernel
// (UDP_SEGMENT) may have to go in several parts: the kernel cuts only so much at a time, or not at all.
import { type Address, encodeAddress } from '../core/address/index.ts'
import { integer, list } from '../core/arguments.ts'
import { type Inside, LARGEST_SEGMENT } from '../core/batch.ts'
import { bytesOf, type Data, lengthOf } from '../core/bytes.ts'
import { type AncillaryInput, controlMessages, encodeControl } from '../core/control.ts'
import { wrongType } from '../core/errors.ts'
import { aligned, places, recordSize } from '../core/slabs.ts'
import { SOL_UDP, UDP_GRO, UDP_SEGMENT } from '../sys/constants.ts'
import { EFAULT } from '../sys/errno.ts'
import { native } from '../sys/native.ts'
import type { Handle } from './handle.ts'
import { totalOf } from './messages.ts'

/** A message to be sent. */
export interface MessageInput<To = Address> {
  readonly data: Data
  /** Whom to send to, numeric: names are not looked up. `null` or nothing on a connected socket. */
  readonly address?: To | null | undefined
  /** Control messages as `[level, type, data]`. */
  readonly ancdata?: Iterable<AncillaryInput> | undefined
  /** Of UDP: cut `data` into datagrams of so many bytes, 1 to 65535; 0 or nothing for one datagram. */
  readonly segmentSize?: number | undefined
}

/** One as the user gave it, checked. */
interface Entry {
  readonly bytes: Uint8Array
  readonly address: unknown
  readonly ancdata: readonly unknown[]
  /** 0 for one datagram. */
  readonly segmentSize: number
}

export function entriesOf(messages: unknown): Entry[] {
  return list('sendmmsg', 'messages', MUST, messages).map(toEntry)
}

const MUST = 'a Batch or a list of { data, address?, ancdata?, segmentSize? }'
const NO_ANCDATA: readonly never[] = []

function toEntry(message: unknown): Entry {
  if (typeof message !== 'object' || message === null) throw wrongType('sendmmsg', 'messages', MUST, message)
  const { data, address = null, ancdata = NO_ANCDATA, segmentSize = 0 } = message as MessageInput
  return {
    bytes: bytesOf('sendmmsg', 'data', data),
    address,
    ancdata: ancdata === NO_ANCDATA ? NO_ANCDATA : [...controlMessages(ancdata, 'sendmmsg')],
    segmentSize: segmentSize === 0 ? 0 : integer('sendmmsg', 'segmentSize', segmentSize, 0, LARGEST_SEGMENT),
  }
}

/** What sendmmsg sends: parts, of which one or several make a message. */
export interface Outgoing {
  readonly count: number
  /** Sends parts from `first` on: how many, or -errno. */
  send(handle: Handle, first: number, flags: number): number
  /** How many messages are done when `parts` have been sent. */
  messagesIn(parts: number): number
  /** Whether a message ends where the part `index` begins. */
  isBorder(index: number): boolean
  /** Whether the kernel is asked to cut it. */
  isSegmented(index: number): boolean
  /** Whether it goes to an address of its own. */
  isNamed(index: number): boolean
  /** The parts from `index` on, which is the beginning of a message, with nothing for the kernel to cut. */
  unsegmented(handle: Handle, index: number): Outgoing
}

// The kernel's UDP_MAX_SEGMENTS (128 since Linux 6.9), and the longest datagram, with 60 bytes for IP's header.
const MOST_SEGMENTS = 64
const LONGEST_DATAGRAM = 65535 - 60 - 8

/** Messages of a list. */
export class Parts implements Outgoing {
  readonly count: number
  readonly #entries: readonly Entry[]
  /** So many messages were done before. */
  readonly #before: number
  readonly #pieces: Uint8Array[] = []
  /** For each part, which message it is of; `null` if they are the same. */
  readonly #owners: number[] | null
  readonly #records: Uint8Array
  readonly #words: Int32Array
  readonly #room: number
  #total: number
  #tried = false
  /** The part of which a piece has been sent. */
  #begun = -1

  constructor(handle: Handle, entries: readonly Entry[], plain: boolean, before = 0) {
    this.#entries = entries
    this.#before = before
    const controls: Uint8Array[] = []
    const owners: number[] = []
    let room = 0
    for (let i = 0; i < entries.length; i++) {
      const entry = entries[i]!
      const control = controlOf(entry, plain)
      room = Math.max(room, control.length)
      controls.push(control)
      // Nearly always there is one part, and then no list of them is made.
      if (isCut(entry)) for (const piece of partsOf(entry, plain)) owners[this.#pieces.push(piece) - 1] = i
      else owners[this.#pieces.push(entry.bytes) - 1] = i
    }
    this.count = this.#pieces.length
    this.#total = totalOf(this.#pieces)
    this.#owners = this.count === entries.length ? null : owners
    this.#room = aligned(room)
    const bare = room === 0 && entries.every(({ address }) => address === null)
    this.#records = bare ? NONE : new Uint8Array(this.count * recordSize(this.#room))
    this.#words = new Int32Array(this.#records.buffer)
    if (bare) return
    let last: unknown = null
    for (let i = 0; i < this.count; i++) {
      const entry = entries[owners[i]!]!
      this.#writeAddress(handle, i, entry.address, last)
      this.#writeControl(i, controls[owners[i]!]!)
      last = entry.address
    }
  }

  // The very same address as before it is copied from there: many messages go to few.
  #writeAddress(handle: Handle, index: number, address: unknown, before: unknown): void {
    if (address === null) return
    const size = recordSize(this.#room)
    const [words, length] = [this.#words, (index * size) / 4 + places.ADDRESS_LENGTH]
    const at = index * size + places.address
    if (address === before) {
      const stride = size / 4
      const same = words[length - stride]!
      const end = Math.ceil((at + same) / 4)
      for (let word = at / 4; word < end; word++) words[word] = words[word - stride]!
      words[length] = same
    } else {
      words[length] = encodeAddress(handle, address, this.#records.subarray(at), 'sendmmsg')
    }
  }

  #writeControl(index: number, control: Uint8Array): void {
    if (control.length === 0) return
    const start = index * recordSize(this.#room)
    this.#records.set(control, start + places.control)
    this.#words[start / 4 + places.CONTROL_LENGTH] = control.length
  }

  send({ fd, sendFlags }: Handle, first: number, flags: number): number {
    // As with messages.ts: what was transferred away meanwhile would go out as a datagram without bytes.
    if (this.#tried && totalOf(this.#pieces) !== this.#total) return -EFAULT
    this.#tried = true
    const every = flags | sendFlags
    const sent = native.sendmmsg(fd, this.#pieces, this.#records, this.#room, first, every)
    if (sent <= 0) return sent
    // Of a stream, the last may have been sent in part; then it is not done, and its control data has gone.
    const last = first + sent - 1
    const lastSent = native.numbers[5]!
    if (lastSent >= lengthOf(this.#pieces[last]!)) return sent
    this.#pieces[last] = this.#pieces[last]!.subarray(lastSent)
    this.#total -= lastSent
    if (this.#room > 0) this.#words[(last * recordSize(this.#room)) / 4 + places.CONTROL_LENGTH] = 0
    this.#begun = last
    return sent - 1
  }

  messagesIn(parts: number): number {
    if (this.#owners === null) return this.#before + parts
    return this.#before + (parts < this.count ? this.#owners[parts]! : this.#entries.length)
  }

  isBorder(index: number): boolean {
    if (index === this.#begun) return false
    return this.#owners === null || index === 0 || this.#owners[index] !== this.#owners[index - 1]
  }

  isSegmented(index: number): boolean {
    return isCut(this.#entryOf(index))
  }

  isNamed(index: number): boolean {
    return this.#entryOf(index).address !== null
  }

  unsegmented(handle: Handle, index: number): Parts {
    const done = this.messagesIn(index)
    return new Parts(handle, this.#entries.slice(done - this.#before), true, done)
  }

  #entryOf(index: number): Entry {
    return this.#entries[this.#owners === null ? index : this.#owners[index]!]!
  }
}

/** Whether its data is more than one datagram. */
function isCut({ bytes, segmentSize }: Entry): boolean {
  return segmentSize > 0 && lengthOf(bytes) > segmentSize
}

function controlOf(entry: Entry, plain: boolean): Uint8Array {
  const { ancdata, segmentSize } = entry
  if (ancdata.length === 0 && segmentSize === 0) return NONE
  // That datagrams were put together is only ever received; to take it back, there is the segment size.
  const own = ancdata.filter((one) => !(Array.isArray(one) && one[0] === SOL_UDP && one[1] === UDP_GRO))
  if (plain || !isCut(entry)) return encodeControl(own, 'sendmmsg')
  const size = Buffer.from(new Uint16Array([segmentSize]).buffer)
  return encodeControl([...own, [SOL_UDP, UDP_SEGMENT, size]], 'sendmmsg')
}

const NONE = new Uint8Array(0)

function partsOf({ bytes, segmentSize }: Entry, plain: boolean): Uint8Array[] {
  const length = lengthOf(bytes)
  const most = plain ? segmentSize : mostAtOnce(segmentSize)
  return Array.from({ length: Math.ceil(length / most) }, (_, i) => bytes.subarray(i * most, (i + 1) * most))
}

/** How much the kernel cuts at a time. */
function mostAtOnce(segmentSize: number): number {
  return segmentSize * Math.max(1, Math.min(MOST_SEGMENTS, Math.floor(LONGEST_DATAGRAM / segmentSize)))
}

/** Messages of a batch, straight from its memory. */
export class WholeBatch implements Outgoing {
  readonly #inside: Inside
  /** As it was when sending began. */
  readonly #first: number
  readonly count: number

  constructor(handle: Handle, inside: Inside) {
    this.#inside = inside
    this.#first = inside.first
    this.count = inside.count
    if (inside.pushed.size > 0 && inside.writtenFor !== handle) {
      for (const [index, address] of inside.pushed)
        if (index >= this.#first) inside.slabs.writeAddress(index, address, handle, 'sendmmsg')
      inside.writtenFor = handle
    }
  }

  /** Whether the kernel can cut every message; of what was received, it can. */
  get isCuttable(): boolean {
    const { slabs, pushed, cut } = this.#inside
    if (!cut) return true
    for (const index of pushed.keys()) {
      const size = slabs.segmentSize(index)
      if (size > 0 && slabs.kept(index) > mostAtOnce(size)) return false
    }
    return true
  }

  send({ fd, sendFlags }: Handle, first: number, flags: number): number {
    const { slabs } = this.#inside
    slabs.mustBeAttached('sendmmsg')
    const { payload, memory, bufsize, room } = slabs
    const rest = this.count - first
    const every = flags | sendFlags
    return native.sendmmsg_batch(fd, payload, memory, bufsize, room, this.#first + first, rest, every)
  }

  messagesIn(parts: number): number {
    return parts
  }

  isBorder(): boolean {
    return true
  }

  isSegmented(index: number): boolean {
    const { slabs } = this.#inside
    const size = slabs.segmentSize(this.#first + index)
    return size > 0 && slabs.kept(this.#first + index) > size
  }

  isNamed(index: number): boolean {
    return this.#inside.slabs.word(this.#first + index, places.ADDRESS_LENGTH) > 0
  }

  unsegmented(handle: Handle, index: number): Parts {
    return new Parts(handle, this.#entries(index), true, index)
  }

  /** Where a message may go in several parts. */
  asParts(handle: Handle, plain: boolean): Parts {
    return new Parts(handle, this.#entries(0), plain)
  }

  #entries(from: number): Entry[] {
    const { slabs, endpoint, pushed } = this.#inside
    slabs.mustBeAttached('sendmmsg')
    return Array.from({ length: this.count - from }, (_, i) => {
      const index = this.#first + from + i
      return {
        bytes: slabs.data(index),
        address: pushed.has(index) ? pushed.get(index) : slabs.address(index, endpoint!),
        ancdata: NO_ANCDATA,
        segmentSize: slabs.segmentSize(index),
      }
    })
  }
}
