// Messages on their way out, as sendmmsg takes them. A message whose data is to be cut into datagrams by the kernel
// (UDP_SEGMENT) may have to go in several parts: the kernel cuts only so much at a time, or not at all.
import { encodeAddress } from '../core/address/index.ts'
import type { Inside } from '../core/batch.ts'
import { encodeControl } from '../core/control.ts'
import { aligned, places, recordSize } from '../core/slabs.ts'
import { SOL_UDP, UDP_GRO, UDP_SEGMENT } from '../sys/constants.ts'
import { native } from '../sys/native.ts'
import type { Handle } from './handle.ts'

/** A message as the user gave it, checked. */
export interface Entry {
  readonly bytes: Uint8Array
  readonly address: unknown
  readonly ancdata: readonly (readonly [number, number, unknown])[]
  /** 0 for one datagram. */
  readonly segmentSize: number
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

  constructor(handle: Handle, entries: readonly Entry[], plain: boolean, before = 0) {
    this.#entries = entries
    this.#before = before
    const owners: number[] = []
    let room = 0
    const controls = entries.map((entry, index) => {
      const control = controlOf(entry, plain)
      room = Math.max(room, control.length)
      for (const piece of partsOf(entry, plain)) {
        this.#pieces.push(piece)
        owners.push(index)
      }
      return control
    })
    this.count = this.#pieces.length
    this.#owners = this.count === entries.length ? null : owners
    this.#room = aligned(room)
    this.#records = new Uint8Array(this.count * recordSize(this.#room))
    this.#words = new Int32Array(this.#records.buffer)
    owners.forEach((owner, index) => {
      this.#write(handle, index, entries[owner]!, controls[owner]!)
    })
  }

  #write(handle: Handle, index: number, { address }: Entry, control: Uint8Array): void {
    const start = index * recordSize(this.#room)
    if (address !== null) {
      const length = encodeAddress(handle, address, this.#records.subarray(start + places.address), 'sendmmsg')
      this.#words[start / 4 + places.ADDRESS_LENGTH] = length
    }
    if (control.length === 0) return
    this.#records.set(control, start + places.control)
    this.#words[start / 4 + places.CONTROL_LENGTH] = control.length
  }

  send({ fd }: Handle, first: number, flags: number): number {
    const sent = native.sendmmsg(fd, this.#pieces, this.#records, this.#room, first, flags)
    if (sent <= 0) return sent
    // Of a stream, the last may have been sent in part; then it is not done, and its control data has gone.
    const last = first + sent - 1
    const lastSent = native.numbers[5]!
    if (lastSent >= this.#pieces[last]!.length) return sent
    this.#pieces[last] = this.#pieces[last]!.subarray(lastSent)
    this.#words[(last * recordSize(this.#room)) / 4 + places.CONTROL_LENGTH] = 0
    this.#begun = last
    return sent - 1
  }

  /** The part of which a piece has been sent. */
  #begun = -1

  messagesIn(parts: number): number {
    if (this.#owners === null) return this.#before + parts
    return this.#before + (parts < this.count ? this.#owners[parts]! : this.#entries.length)
  }

  isBorder(index: number): boolean {
    if (index === this.#begun) return false
    return this.#owners === null || index === 0 || this.#owners[index] !== this.#owners[index - 1]
  }

  isSegmented(index: number): boolean {
    const { bytes, segmentSize } = this.#entryOf(index)
    return segmentSize > 0 && bytes.length > segmentSize
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

function controlOf({ bytes, ancdata, segmentSize }: Entry, plain: boolean): Uint8Array {
  if (ancdata.length === 0 && segmentSize === 0) return NONE
  // That datagrams were put together is only ever received; to take it back, there is the segment size.
  const own = ancdata.filter(([level, type]) => level !== SOL_UDP || type !== UDP_GRO)
  if (plain || segmentSize === 0 || bytes.length <= segmentSize) return encodeControl(own, 'sendmmsg')
  const size = Buffer.from(new Uint16Array([segmentSize]).buffer)
  return encodeControl([...own, [SOL_UDP, UDP_SEGMENT, size]], 'sendmmsg')
}

const NONE = new Uint8Array(0)

function partsOf({ bytes, segmentSize }: Entry, plain: boolean): Uint8Array[] {
  if (segmentSize === 0 || bytes.length <= segmentSize) return [bytes]
  const segments = plain ? 1 : Math.max(1, Math.min(MOST_SEGMENTS, Math.floor(LONGEST_DATAGRAM / segmentSize)))
  const most = segments * segmentSize
  return Array.from({ length: Math.ceil(bytes.length / most) }, (_, i) =>
    bytes.subarray(i * most, (i + 1) * most),
  )
}

/** Messages of a batch, straight from its memory. */
export class WholeBatch implements Outgoing {
  readonly #inside: Inside
  /** As it was when sending began. */
  readonly #first: number
  readonly count: number

  constructor(inside: Inside) {
    this.#inside = inside
    this.#first = inside.first
    this.count = inside.count
  }

  send({ fd }: Handle, first: number, flags: number): number {
    const { slabs } = this.#inside
    slabs.mustBeAttached('sendmmsg')
    const { payload, memory, bufsize, room } = slabs
    const rest = this.count - first
    return native.sendmmsg_batch(fd, payload, memory, bufsize, room, this.#first + first, rest, flags)
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

  /** For streams, where a message may be sent in part. */
  asParts(handle: Handle): Parts {
    return new Parts(handle, this.#entries(0), false)
  }

  #entries(from: number): Entry[] {
    const { slabs, endpoint } = this.#inside
    slabs.mustBeAttached('sendmmsg')
    return Array.from({ length: this.count - from }, (_, i) => {
      const index = this.#first + from + i
      return {
        bytes: slabs.data(index),
        address: slabs.address(index, endpoint!),
        ancdata: [],
        segmentSize: slabs.segmentSize(index),
      }
    })
  }
}
