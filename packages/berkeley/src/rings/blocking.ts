// The receive ring of AF_PACKET, blocking. What it does is in packet-ring.ts.
import type { BlockingSocket } from '../socket.ts'
import type { AF_PACKET } from '../sys/constants.ts'
import { perform } from '../wait/blocking.ts'
import type { RingBlock } from './packet-block.ts'
import { BasePacketRing } from './packet-ring.ts'

/**
 * PacketRing - packets of AF_PACKET through memory that is shared with the kernel, many at once
 *
 * Where `recvfrom` is a call for each packet, this is none: only a wait where there is nothing yet, and one copy for all
 * packets of a block. They come with a delay of at most `timeout`. Instead of the socket's `recv`, which gets nothing.
 *
 * @example
 * using socket = new Socket(AF_PACKET, SOCK_RAW)
 * using ring = new PacketRing(socket, { blocks: 64 })
 * socket.bind(['eth0', ETH_P_ALL])
 * for (const { packets } of ring) {
 *   for (const { data, timestamp, address } of packets) console.log(timestamp, address[0], data.length)
 * }
 * @see man 7 packet, PACKET_RX_RING; https://docs.kernel.org/networking/packet_mmap.html
 */
export class PacketRing extends BasePacketRing<BlockingSocket<typeof AF_PACKET>> {
  /**
   * next - the next block of packets
   *
   * Waits until there is one, at most as long as the socket's time limit allows.
   *
   * @throws OSError ECANCELED if the ring was closed, EBADF if the socket was, ENETDOWN if the interface goes down;
   *   TimeoutError, BlockingIOError EAGAIN
   * @example
   * const { packets } = ring.next()
   * @see man 7 packet, PACKET_RX_RING
   */
  next(): RingBlock {
    return perform(...this.request())
  }

  /** All blocks, until the ring is closed. */
  *[Symbol.iterator](): Generator<RingBlock, void, undefined> {
    while (!this.closed) yield this.next()
  }
}
