// The receive ring of AF_PACKET: what both forms share, all but the waiting.
//
// The kernel fills blocks of memory in turn, and hands over each that is full or whose time is over, by a word at its
// beginning. That word is read and written with Atomics: what it hands over is there before it, and gone after it. The memory
// is seen by nobody but this file: blocks are copied out, one memcpy for all packets of a block, so that nobody has to know
// how long a view is good for.
import { handleOf } from '../base-socket.ts'
import { integer } from '../core/arguments.ts'
import { uint32, viewOf } from '../core/ctypes.ts'
import { osError, wrongType, wrongValue } from '../core/errors.ts'
import { type TpacketStats, tpacketStats } from '../core/structs/packet.ts'
import type { Handle } from '../ops/handle.ts'
import { NOTHING, type Operation, operation, READ, Request } from '../ops/request.ts'
import type { BlockingSocket, Socket } from '../socket.ts'
import {
  type AF_PACKET,
  PACKET_RX_RING,
  PACKET_STATISTICS,
  PACKET_VERSION,
  SO_ERROR,
  SOL_PACKET,
  SOL_SOCKET,
  TP_STATUS_KERNEL,
  TP_STATUS_USER,
  TPACKET_V3,
} from '../sys/constants.ts'
import { EAGAIN, ECANCELED } from '../sys/errno.ts'
import { layout } from '../sys/families-layout.ts'
import { native } from '../sys/native.ts'
import { cancelAllOf } from '../wait/ready.ts'
import { decodeBlock, type RingBlock } from './packet-block.ts'

/** How large a ring is, and how long a packet may stay in it unseen. */
export interface PacketRingOptions {
  /** Bytes of each block, a multiple of the size of a page; 262144 by default. No packet can be larger. */
  readonly blockSize?: number
  /** How many blocks; 16 by default. While all are full, packets are dropped. */
  readonly blocks?: number
  /** Seconds, fractional, after which a block that is not full is handed over: 0.001 and more, 0.01 by default. */
  readonly timeout?: number
}

const request = layout.tpacket_req3
const { size: HEADER, ...block } = layout.tpacket_block_desc
/** Frames of this layout are as long as the packets: this is asked for but means nothing. */
const FRAME = 2048
const PAGE = 4096
const LARGEST_BLOCK = 2 ** 30
const LARGEST_RING = 2 ** 32
const WORD = 4
const STATISTICS = 12

interface Shape {
  readonly blockSize: number
  readonly blocks: number
  readonly milliseconds: number
}

function shapeOf(options: unknown): Shape {
  if (typeof options !== 'object' || options === null)
    throw wrongType('PacketRing', 'options', 'an object', options)
  const { blockSize = 262_144, blocks = 16, timeout = 0.01 } = options as PacketRingOptions
  integer('PacketRing', 'blockSize', blockSize, PAGE, LARGEST_BLOCK)
  if (blockSize % PAGE !== 0) throw wrongValue('PacketRing', 'blockSize', `a multiple of ${PAGE}`, blockSize)
  integer('PacketRing', 'blocks', blocks, 1, LARGEST_RING / blockSize)
  if (typeof timeout !== 'number') throw wrongType('PacketRing', 'timeout', 'a number of seconds', timeout)
  if (!(timeout >= 0.001 && timeout <= 3600))
    throw wrongValue('PacketRing', 'timeout', '0.001 to 3600 seconds', timeout)
  return { blockSize, blocks, milliseconds: Math.round(timeout * 1000) }
}

function setRing(fd: number, { blockSize, blocks, milliseconds }: Shape): number {
  const bytes = new Uint8Array(request.size)
  const view = viewOf(bytes)
  const put = (at: number, value: number, name: string) => uint32.write(view, at, value, 'PacketRing', name)
  put(request.tp_block_size, blockSize, 'blockSize')
  put(request.tp_block_nr, blocks, 'blocks')
  put(request.tp_frame_size, blocks === 0 ? 0 : FRAME, 'blockSize')
  put(request.tp_frame_nr, (blockSize / FRAME) * blocks, 'blocks')
  put(request.tp_retire_blk_tov, milliseconds, 'timeout')
  return native.setsockopt(fd, SOL_PACKET, PACKET_RX_RING, bytes)
}

const NO_RING: Shape = { blockSize: 0, blocks: 0, milliseconds: 0 }

const nextBlock: Operation<RingBlock> = operation({
  name: 'next',
  waits: READ,
  attempt({ fd }, { target }) {
    if ((target as Ring).isReady()) return 0
    // An interface that goes down is told once, as the socket's error; poll(2) would tell it for ever.
    const result = native.getsockopt_int(fd, SOL_SOCKET, SO_ERROR)
    return result < 0 ? result : -native.numbers[0]! || -EAGAIN
  },
  result: (_value, handle, { target }) => (target as Ring).take(handle),
})

/** The memory, and which block comes next. */
class Ring {
  readonly memory: ArrayBuffer
  readonly #shape: Shape
  readonly #words: Int32Array
  #next = 0

  constructor(memory: ArrayBuffer, shape: Shape) {
    this.memory = memory
    this.#shape = shape
    this.#words = new Int32Array(memory)
  }

  get #status(): number {
    return (this.#next * this.#shape.blockSize + block['hdr.bh1.block_status']) / WORD
  }

  isReady(): boolean {
    return (Atomics.load(this.#words, this.#status) & TP_STATUS_USER) !== 0
  }

  /** Copies the block that is ready, and gives it back to the kernel. */
  take(handle: Handle): RingBlock {
    const { blockSize, blocks } = this.#shape
    const begin = this.#next * blockSize
    const length = uint32.read(new DataView(this.memory, begin, HEADER), block['hdr.bh1.blk_len'])
    const copy = Buffer.allocUnsafeSlow(length)
    copy.set(new Uint8Array(this.memory, begin, length))
    Atomics.store(this.#words, this.#status, TP_STATUS_KERNEL)
    this.#next = (this.#next + 1) % blocks
    return decodeBlock(copy, handle)
  }
}

/** What a ring does that never waits: the same in both forms. */
export abstract class BasePacketRing<
  AnySocket extends Socket<typeof AF_PACKET> | BlockingSocket<typeof AF_PACKET>,
> {
  readonly #socket: AnySocket
  #ring: Ring | null

  /**
   * Bind the socket afterwards: until then one that was made with protocol 0, the default, receives nothing. What has come
   * before stays in its queue.
   *
   * @param socket a socket of AF_PACKET of the same form, without a ring
   * @param options `blockSize`, `blocks`, `timeout`
   * @throws OSError EBUSY if the socket has a ring, ENOMEM, ENOPROTOOPT if it is of another family; TypeError, RangeError
   */
  constructor(socket: AnySocket, options: PacketRingOptions = {}) {
    const { fd } = handleOf('PacketRing', socket)
    const shape = shapeOf(options)
    check(native.setsockopt_int(fd, SOL_PACKET, PACKET_VERSION, TPACKET_V3), 'setsockopt')
    check(setRing(fd, shape), 'setsockopt')
    const memory = native.map(fd, shape.blockSize * shape.blocks)
    if (typeof memory === 'number') {
      setRing(fd, NO_RING)
      throw osError(memory, 'mmap')
    }
    this.#socket = socket
    this.#ring = new Ring(memory, shape)
  }

  /** Whether `close` was called. */
  get closed(): boolean {
    return this.#ring === null
  }

  /** The wait for the next block, for the drivers. */
  protected request(): [handle: Handle, request: Request<RingBlock>] {
    if (this.#ring === null) throw osError(-ECANCELED, 'next')
    const handle = handleOf('next', this.#socket)
    handle.drained = false // It tells of the socket's queue, which the packets do not come to.
    const request = new Request(nextBlock, NOTHING, 0)
    request.target = this.#ring
    request.owner = this
    return [handle, request]
  }

  /**
   * statistics - how many packets came since it was asked last, how many were dropped, and how often the ring was full
   *
   * @throws OSError EBADF if the socket is closed
   * @example
   * const { packets, drops } = ring.statistics()
   * @see man 7 packet, PACKET_STATISTICS
   */
  statistics(): TpacketStats {
    const bytes = Buffer.alloc(STATISTICS)
    const { fd } = handleOf('statistics', this.#socket)
    check(native.getsockopt(fd, SOL_PACKET, PACKET_STATISTICS, bytes), 'getsockopt')
    return tpacketStats.decode(bytes)
  }

  /**
   * close - take the ring away; from then on packets come to the socket's queue
   *
   * Whoever waits for a block fails with ECANCELED, or ends, if that is a loop. The socket stays open. A ring that is not
   * closed is freed when it is collected; until then the kernel goes on to fill it, even if the socket is closed.
   *
   * @throws OSError if the kernel does not take it
   * @example
   * ring.close()
   */
  close(): void {
    if (this.#ring === null) return
    const { memory } = this.#ring
    this.#ring = null
    const handle = handleOf('close', this.#socket)
    cancelAllOf(handle, this)
    native.unmap(memory)
    if (handle.fd >= 0) check(setRing(handle.fd, NO_RING), 'setsockopt')
  }

  /** Closes the ring at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.close()
  }
}

function check(result: number, syscall: string): void {
  if (result < 0) throw osError(result, syscall)
}
