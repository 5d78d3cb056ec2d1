// A program that answers like the kernel, or as the kernel never should, over NETLINK_USERSOCK. What it says
// is in the queue before it is asked, so that one thread does for the blocking form as well.

import { AF_NETLINK, NETLINK_USERSOCK, SOCK_RAW, Socket } from 'berkeley/blocking'
import {
  decodeMessages,
  encodeMessage,
  int32,
  type Message,
  type MessageInput,
  NLM_F_MULTI,
  NLMSG_DONE,
  NLMSG_ERROR,
} from 'berkeley/netlink'
import type { Scope } from '../scope.ts'
import type { Netlink } from './forms.ts'

export class FakeKernel {
  readonly socket = new Socket(AF_NETLINK, SOCK_RAW, NETLINK_USERSOCK)

  constructor(t: Scope) {
    t.after(() => this.socket.close())
    this.socket.bind([0, 0])
    this.socket.settimeout(0)
  }

  get port(): number {
    return (this.socket.getsockname() as readonly [number, number])[0]
  }

  /** A socket that talks with it. */
  customer(t: Scope, netlink: Netlink, options: { timeout?: number } = {}) {
    const customer = new netlink.NetlinkSocket(NETLINK_USERSOCK, { timeout: 5, ...options, peer: this.port })
    t.after(() => customer.close())
    return customer
  }

  /** Sends messages in one datagram. */
  say(port: number, ...messages: MessageInput[]): void {
    this.sayBytes(port, Buffer.concat(messages.map((message) => encodeMessage({ pid: port, ...message }))))
  }

  sayBytes(port: number, bytes: Uint8Array): void {
    this.socket.sendto(bytes, [port, 0])
  }

  /** The next request. */
  heard(): Message {
    return decodeMessages(this.socket.recv(65536))[0]!
  }

  /** The number of requests that have come. */
  countHeard(): number {
    for (let count = 0; ; count++) {
      try {
        this.socket.recv(65536)
      } catch (error) {
        if ((error as { code?: string }).code === 'EAGAIN') return count
        throw error
      }
    }
  }
}

/** The type of what is neither an error nor an end. */
export const ENTRY = 16

export const entry = (seq: number, payload: string, flags: number = NLM_F_MULTI): MessageInput => ({
  type: ENTRY,
  flags,
  seq,
  payload,
})

/** The end of a dump: 0 or -errno, and attributes. */
export const done = (
  seq: number,
  error = 0,
  flags = 0,
  attributes: Uint8Array = Buffer.alloc(0),
): MessageInput => ({
  type: NLMSG_DONE,
  flags: NLM_F_MULTI | flags,
  seq,
  payload: Buffer.concat([int32.encode(error), attributes]),
})

/** An acknowledgement: 0 or -errno, and what follows the header of the request that it repeats. */
export const acknowledgement = (
  seq: number,
  error = 0,
  flags = 0,
  rest: Uint8Array = Buffer.alloc(0),
  repeated: MessageInput = { type: ENTRY },
): MessageInput => ({
  type: NLMSG_ERROR,
  flags,
  seq,
  payload: Buffer.concat([int32.encode(error), encodeMessage(repeated).subarray(0, 16), rest]),
})
