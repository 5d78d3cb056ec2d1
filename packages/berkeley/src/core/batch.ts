// Batches as users see them: memory for many messages, from which objects are made only when they are asked for.
import type { Address as AddressInput, Endpoint, ReturnedAddressOf } from './address/index.ts'
import { integer } from './arguments.ts'
import { bytesOf, type Data, lengthOf } from './bytes.ts'
import type { AncillaryMessage } from './control.ts'
import { wrongType, wrongValue } from './errors.ts'
import { Slabs } from './slabs.ts'

/** A message that was received. */
export interface Message<Address = ReturnedAddressOf<number>> {
  readonly data: Buffer
  /** Who sent it; `null` where the kernel does not tell. */
  readonly address: Address
  /** What it came with: `MSG_TRUNC`, `MSG_CTRUNC`, `MSG_EOR`, … */
  readonly flags: number
  /** Its control messages. */
  readonly ancdata: AncillaryMessage[]
  /** With UDP_GRO: how long each of the datagrams is that `data` holds, the last perhaps shorter; 0 if it is one. */
  readonly segmentSize: number
}

/** What a Batch may be given beside its size. */
export interface BatchOptions {
  /** Room for the control data of each message; by default enough for what comes with a datagram, none on AF_UNIX. */
  readonly ancbufsize?: number
}

/** The longest datagram. */
export const LARGEST_SEGMENT = 65535

/** What is inside of a batch: for this package's own modules. */
export interface Inside {
  readonly slabs: Slabs
  first: number
  count: number
  /** The socket that it was received from; `null` before. */
  endpoint: Endpoint | null
  /** Addresses that were pushed, by place in the slabs; what they mean is the sending socket's matter. */
  readonly pushed: Map<number, unknown>
  /** The socket for which they have been written into the slabs; `null` if some have not. */
  writtenFor: Endpoint | null
  /** Whether one that was pushed is to be cut into datagrams. */
  cut: boolean
}

/** Forgets all messages. */
export function empty(inside: Inside): void {
  inside.first = 0
  inside.count = 0
  if (inside.pushed.size > 0) inside.pushed.clear()
  inside.cut = false
}

/** `null` if it is no Batch. */
export let insideOf: (batch: unknown) => Inside | null

/**
 * Batch - memory for many messages, to receive into again and again
 *
 * All of it is allocated here, and counts as external memory of V8. `recvmmsgInto` fills it; objects are made when they
 * are asked for. What `data` and `segments` give are views of that memory: valid until the next receive into the batch.
 * It can be sent with `sendmmsg`, to where it came from; and it can be filled with `push` for that.
 *
 * Its type says what addresses are: `new Batch<InetAddress>(64, 2048)`.
 *
 * @example
 * const batch = new Batch(64, 2048)
 * const count = await socket.recvmmsgInto(batch)
 * for (let i = 0; i < count; i++) console.log(batch.address(i), batch.data(i))
 * @see man 2 recvmmsg
 */
export class Batch<Address = ReturnedAddressOf<number>> implements Iterable<Message<Address>> {
  readonly #inside: Inside

  static {
    insideOf = (batch) =>
      typeof batch === 'object' && batch !== null && #inside in batch ? batch.#inside : null
  }

  /**
   * @param vlen the most messages that it holds, 1 to 65536
   * @param bufsize the most bytes of each; 65535 with UDP_GRO, or what was put together is cut off (`MSG_TRUNC`)
   * @param options `{ ancbufsize }`: room for the control data of each, `CMSG_SPACE(…)` of every control message
   * @throws TypeError; RangeError, also for more than 2 GiB
   */
  constructor(vlen: number, bufsize: number, options: BatchOptions = {}) {
    if (typeof options !== 'object' || options === null || Array.isArray(options)) {
      throw wrongType('Batch', 'options', 'an object with ancbufsize', options)
    }
    const slabs = new Slabs('Batch', vlen, bufsize, options.ancbufsize, Buffer.alloc)
    this.#inside = {
      slabs,
      first: 0,
      count: 0,
      endpoint: null,
      pushed: new Map(),
      writtenFor: null,
      cut: false,
    }
  }

  /** The most messages that it holds. */
  get vlen(): number {
    return this.#inside.slabs.capacity
  }

  /** The most bytes of a message. */
  get bufsize(): number {
    return this.#inside.slabs.bufsize
  }

  /** How many messages are in it. */
  get count(): number {
    return this.#inside.count
  }

  /**
   * data - the bytes of a message
   *
   * @param index 0 to `count - 1`
   * @returns a view, valid until the next receive into the batch; what it is changed to is what `sendmmsg` sends
   * @throws RangeError; TypeError if the memory was transferred away
   * @example
   * const copy = Buffer.from(batch.data(0))
   */
  data(index: number): Buffer {
    const { slabs } = this.#inside
    slabs.mustBeAttached('data')
    return slabs.data(this.#place('data', index))
  }

  /**
   * length - how long a message is, in bytes
   *
   * @param index 0 to `count - 1`
   * @returns the length of `data`, without making it; with the flag MSG_TRUNC, what it was before it was cut off
   * @throws RangeError
   * @example
   * for (let i = 0; i < batch.count; i++) total += batch.length(i)
   */
  length(index: number): number {
    return this.#inside.slabs.length(this.#place('length', index))
  }

  /**
   * address - who sent a message
   *
   * @param index 0 to `count - 1`
   * @returns as of `recvfrom`; of a message that was pushed, to whom it goes
   * @throws RangeError
   * @example
   * const [host, port] = batch.address(0)
   */
  address(index: number): Address {
    const { slabs, endpoint, pushed } = this.#inside
    const place = this.#place('address', index)
    return (pushed.has(place) ? pushed.get(place) : slabs.address(place, endpoint!)) as Address
  }

  /**
   * flags - what a message came with
   *
   * @param index 0 to `count - 1`
   * @returns `MSG_TRUNC` if it was cut off, `MSG_CTRUNC` if its control data was, …
   * @throws RangeError
   * @example
   * if (batch.flags(0) & MSG_TRUNC) console.log('too long')
   */
  flags(index: number): number {
    return this.#inside.slabs.flags(this.#place('flags', index))
  }

  /**
   * ancdata - the control messages of a message
   *
   * @param index 0 to `count - 1`
   * @returns `[level, type, data][]`, copied; they come again with every call, also descriptors, which are the caller's
   * @throws RangeError
   * @example
   * const typed = decodeAncillary(batch.ancdata(0))
   */
  ancdata(index: number): AncillaryMessage[] {
    return this.#inside.slabs.ancillary(this.#place('ancdata', index))
  }

  /**
   * segmentSize - how long each of the datagrams is that were put together to one message
   *
   * @param index 0 to `count - 1`
   * @returns bytes, of which the last may have fewer; 0 if it is one datagram
   * @throws RangeError
   * @example
   * const datagrams = Math.ceil(batch.length(0) / (batch.segmentSize(0) || Infinity)) || 1
   */
  segmentSize(index: number): number {
    return this.#inside.slabs.segmentSize(this.#place('segmentSize', index))
  }

  /**
   * segments - the datagrams in a message
   *
   * @param index 0 to `count - 1`
   * @returns several if the option UDP_GRO is set and the kernel has put them together; views, as of `data`
   * @throws RangeError; TypeError if the memory was transferred away
   * @example
   * socket.setsockopt(IPPROTO_UDP, UDP_GRO, true)
   * await socket.recvmmsgInto(batch)
   * for (const datagram of batch.segments(0)) console.log(datagram.length)
   */
  segments(index: number): Buffer[] {
    return cut(this.data(index), this.segmentSize(index))
  }

  /**
   * push - add a message to be sent
   *
   * @param data copied into the batch
   * @param address whom to send to, numeric; `null` or nothing on a connected socket. `sendmmsg` checks it.
   * @param segmentSize of UDP: cut `data` into datagrams of so many bytes; 0 or nothing for one datagram
   * @returns how many messages are in it now
   * @throws TypeError; RangeError if the batch is full, or `data` longer than `bufsize`
   * @example
   * const batch = new Batch(64, 1200)
   * while (batch.count < batch.vlen) batch.push('hello', address)
   * while (batch.count > 0) batch.discard(await socket.sendmmsg(batch))
   */
  push(data: Data, address: AddressInput | Address | null = null, segmentSize = 0): number {
    const inside = this.#inside
    const { slabs, pushed, count } = inside
    slabs.mustBeAttached('push')
    const bytes = bytesOf('push', 'data', data)
    if (lengthOf(bytes) > this.bufsize)
      throw wrongValue('push', 'data', `at most ${this.bufsize} bytes`, lengthOf(bytes))
    integer('push', 'segmentSize', segmentSize, 0, LARGEST_SEGMENT)
    if (count === this.vlen) throw wrongValue('push', 'batch', 'one that is not full', `${count} messages`)
    if (inside.first + count === this.vlen) this.#moveToFront()
    const place = inside.first + count
    slabs.write(place, bytes, segmentSize)
    pushed.set(place, address)
    inside.writtenFor = null
    inside.cut ||= segmentSize > 0
    inside.count = count + 1
    return inside.count
  }

  /**
   * clear - forget all messages
   *
   * @example
   * batch.clear()
   * batch.push('the first again')
   */
  clear(): void {
    empty(this.#inside)
  }

  /**
   * discard - forget the first messages
   *
   * @param count how many, 0 to `this.count`: those that `sendmmsg` has sent, if it could not send all
   * @throws RangeError
   * @example
   * while (batch.count > 0) batch.discard(await socket.sendmmsg(batch))
   */
  discard(count: number): void {
    const inside = this.#inside
    inside.first += integer('discard', 'count', count, 0, inside.count)
    inside.count -= count
    if (inside.count === 0) empty(inside)
  }

  /** The messages as objects, whose data are views of the batch. */
  *[Symbol.iterator](): Generator<Message<Address>, void, undefined> {
    for (let i = 0; i < this.count; i++) {
      const [data, address] = [this.data(i), this.address(i)]
      yield {
        data,
        address,
        flags: this.flags(i),
        ancdata: this.ancdata(i),
        segmentSize: this.segmentSize(i),
      }
    }
  }

  #moveToFront(): void {
    const inside = this.#inside
    const { slabs, first, pushed } = inside
    slabs.moveToFront(first, inside.count)
    const addresses = [...pushed]
    pushed.clear()
    for (const [place, address] of addresses) if (place >= first) pushed.set(place - first, address)
    inside.first = 0
  }

  #place(name: string, index: number): number {
    const { first, count } = this.#inside
    return first + integer(name, 'index', index, 0, count - 1)
  }
}

/** The datagrams in what was put together. */
export function cut(data: Buffer, size: number): Buffer[] {
  if (size <= 0 || data.length <= size) return [data]
  return Array.from({ length: Math.ceil(data.length / size) }, (_, i) =>
    data.subarray(i * size, (i + 1) * size),
  )
}
