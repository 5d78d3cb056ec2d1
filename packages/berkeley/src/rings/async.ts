// The receive ring of AF_PACKET, as promises. What it does is in packet-ring.ts.
import { wrongType } from '../core/errors.ts'
import type { Socket } from '../socket.ts'
import type { AF_PACKET } from '../sys/constants.ts'
import { perform } from '../wait/ready.ts'
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
 * for await (const { packets } of ring) {
 *   for (const { data, timestamp, address } of packets) console.log(timestamp, address[0], data.length)
 * }
 * @see man 7 packet, PACKET_RX_RING; https://docs.kernel.org/networking/packet_mmap.html
 */
export class PacketRing extends BasePacketRing<Socket<typeof AF_PACKET>> {
  /**
   * next - the next block of packets
   *
   * Waits until there is one, at most as long as the socket's time limit allows.
   *
   * @param options `{ signal }` to give up
   * @throws OSError ECANCELED if the ring or the socket is or was closed, ENETDOWN if the interface goes down; TimeoutError,
   *   BlockingIOError EAGAIN; TypeError
   * @example
   * const { packets } = await ring.next({ signal: AbortSignal.timeout(1000) })
   * @see man 7 packet, PACKET_RX_RING
   */
  async next(options: { readonly signal?: AbortSignal | undefined } = {}): Promise<RingBlock> {
    const { signal } = options
    if (signal !== undefined && !(signal instanceof AbortSignal))
      throw wrongType('next', 'signal', 'an AbortSignal', signal)
    const [handle, request] = this.request()
    request.signal = signal ?? null
    return perform(handle, request)
  }

  /** All blocks, until the ring is closed. */
  async *[Symbol.asyncIterator](): AsyncGenerator<RingBlock, void, undefined> {
    while (!this.closed) {
      let block: RingBlock
      try {
        block = await this.next()
      } catch (error) {
        if (this.closed) return
        throw error
      }
      yield block
    }
  }
}
