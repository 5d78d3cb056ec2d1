// What a socket receives, packet by packet, as a test says: instead of what has come to it.
import { EAGAIN } from 'berkeley'
import { type BaseSocket, HANDLE } from '#base-socket.js'
import { MSG_PEEK } from '#sys/constants.js'
import { type Native, native } from '#sys/native.js'

/** A packet, which is not empty, and of which a `recv` gets one at most; or that there is nothing at the moment. After the last, the stream ends. */
export type Packet = Uint8Array | 'nothing yet'

/** Runs `body` while `socket` receives `packets`. */
export async function withPackets<Result>(
  socket: BaseSocket,
  packets: Iterable<Packet>,
  body: () => Result | Promise<Result>,
): Promise<Result> {
  const { fd: descriptor } = socket[HANDLE]
  const { recv, recv_pooled } = native
  const packetsLeft = packets[Symbol.iterator]()
  const next = (): Packet | undefined => packetsLeft.next().value
  let packet = next()
  const receive: Native['recv'] = (_fd, bytes, offset, length, flags) => {
    if (packet === undefined) return 0
    if (packet === 'nothing yet') {
      packet = next()
      return -EAGAIN
    }
    const part = packet.subarray(0, length)
    bytes.set(part, offset)
    if (!(flags & MSG_PEEK)) packet = part.length === packet.length ? next() : packet.subarray(length)
    return part.length
  }
  native.recv = (fd, ...rest) => (fd === descriptor ? receive : recv)(fd, ...rest)
  native.recv_pooled = (fd, length, flags) => {
    if (fd !== descriptor) return recv_pooled(fd, length, flags)
    native.numbers[1] = -1
    return receive(fd, native.scratch, 0, length, flags)
  }
  try {
    return await body()
  } finally {
    Object.assign(native, { recv, recv_pooled })
  }
}

/** `data` cut into packets of these lengths, over and over. */
export function cut(data: Uint8Array, lengths: readonly number[]): Uint8Array[] {
  const packets: Uint8Array[] = []
  for (let at = 0, turn = 0; at < data.length; turn++) {
    const length = lengths[turn % lengths.length]!
    packets.push(data.subarray(at, at + length))
    at += length
  }
  return packets
}
