// What netlink needs beyond recv(2) and send(2): datagrams of any size, and from nobody but the peer.

import { decodeAddress, encodeAddress, type NetlinkAddress } from '../core/address/index.ts'
import { MSG_PEEK, MSG_TRUNC } from '../sys/constants.ts'
import { EAGAIN, EMSGSIZE, ENOBUFS } from '../sys/errno.ts'
import { native } from '../sys/native.ts'
import type { Handle } from './handle.ts'
import { NO_EVENT, NOTHING, type Operation, operation, READ, Request, WRITE } from './request.ts'

// As much as the kernel gives at once in a dump: it looks at how much room its last reader had.
const ROOM = 32768
const room = Buffer.allocUnsafeSlow(ROOM)
let received = room

// A datagram that does not fit would be lost in part, so it is asked for its size first. `target` is the
// peer's port: whoever knows ours may send to it, and is not listened to.
function attemptReceive(handle: Handle, { target: peer }: Request): number {
  const { fd } = handle
  for (;;) {
    const size = native.recv(fd, NOTHING, 0, 0, MSG_PEEK | MSG_TRUNC)
    if (size < 0) return size
    received = size <= ROOM ? room : Buffer.allocUnsafeSlow(size)
    const count = native.recvfrom(fd, received, 0, received.length, MSG_TRUNC)
    if (count < 0) return count
    // Who shares the socket took the one whose size it was.
    if (count > received.length) return -EMSGSIZE
    const [pid] = decodeAddress(native.address, native.numbers[0]!, handle) as NetlinkAddress
    if (pid === peer) return count
  }
}

function takeDatagram(count: number): Buffer {
  const datagram = received === room ? Buffer.from(room.subarray(0, count)) : received.subarray(0, count)
  received = room
  return datagram
}

/** Receives the next datagram of the port `peer`. `name` is what the user called. */
export function receiveDatagram(name: string, peer: number): Request<Buffer> {
  const row: Operation<Buffer> = operation({
    name,
    waits: READ,
    attempt: attemptReceive,
    result: takeDatagram,
  })
  const request = new Request(row, NOTHING, 0)
  request.target = peer
  return request
}

/** Throws away whatever is there, without waiting. The result is how much it was. */
export function discardAll(name: string, peer: number): Request<number> {
  const row: Operation<number> = operation({
    name,
    waits: READ,
    attempt(handle, request) {
      for (let discarded = 0; ; discarded++) {
        const count = attemptReceive(handle, request)
        if (count === -EAGAIN) return discarded
        // That others were lost before does not matter for what is thrown away.
        if (count < 0 && count !== -ENOBUFS) return count
      }
    },
    result: (discarded) => discarded,
  })
  const request = new Request(row, NOTHING, 0)
  request.target = peer
  return request
}

/**
 * Sends a datagram to the port `peer`. To the kernel, port 0, it never waits on the descriptor: sendmsg(2)
 * itself takes as long as the kernel needs to do what the message asks for. Another program's queue may be
 * full, which gives no event.
 */
export function sendDatagram(name: string, peer: number, bytes: Uint8Array): Request<number> {
  const row: Operation<number> = operation({
    name,
    waits: WRITE,
    attempt(handle) {
      const length = encodeAddress(handle, [peer, 0], native.address, name)
      const sent = native.sendto(handle.fd, bytes, 0, bytes.length, 0, length)
      return sent === -EAGAIN ? NO_EVENT : sent
    },
    result: (sent) => sent,
  })
  return new Request(row, NOTHING, 0)
}
