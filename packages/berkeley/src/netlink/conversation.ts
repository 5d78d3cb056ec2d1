// Requests over a netlink socket, and what the peer answers: the steps, written once for both forms.
//
// - What comes from another port than the peer's is never seen (ops/netlink.ts). What repeats our number and
//   our port is the answer; with another number it answers a request that was given up.
// - A request ends with an acknowledgement, a dump with NLMSG_DONE. Both may say that it failed.
// - A dump during which the table changed (NLM_F_DUMP_INTR) may lack some of it: it is repeated, a few times.
// - A request that was given up leaves answers behind, and a dump that the kernel continues as they are read:
//   they are thrown away before the next one. The kernel answers within sendmsg(2) and recvmsg(2), so nothing
//   of them comes later.
import { osError, osErrorBecause } from '../core/errors.ts'
import { decodeAcknowledgement, refusal } from '../core/netlink/acknowledgement.ts'
import { decodeMessages, encodeMessage, type Message } from '../core/netlink/messages.ts'
import type { Handle } from '../ops/handle.ts'
import { discardAll, receiveDatagram, sendDatagram } from '../ops/netlink.ts'
import { perform, type Steps } from '../ops/steps.ts'
import { EINTR, ENOBUFS } from '../sys/errno.ts'
import {
  NLM_F_ACK,
  NLM_F_DUMP,
  NLM_F_DUMP_INTR,
  NLM_F_REQUEST,
  NLMSG_DONE,
  NLMSG_ERROR,
  NLMSG_NOOP,
  NLMSG_OVERRUN,
} from '../sys/netlink-constants.ts'

/** How often a dump is made before it is an error that the table changes every time. */
export const DUMPS = 10

/** A request, and for whom it is. */
export interface Asking {
  /** What the user called, for errors. */
  readonly call: string
  readonly type: number
  readonly flags: number
  readonly payload: Uint8Array
}

interface Answer {
  readonly messages: Message[]
  /** The table changed during the dump. */
  readonly interrupted: boolean
}

/** Who talks with whom. */
interface Line {
  readonly socket: object
  readonly handle: Handle
  readonly port: number
  readonly peer: number
  /** Whether notifications are wanted. */
  readonly listens: boolean
}

export class Conversation {
  readonly handle: Handle
  /** Our own port. */
  readonly port: number
  /** The port of who answers; 0 is the kernel. */
  readonly peer: number
  /** What came besides while an answer was awaited. */
  readonly notifications: Message[] = []
  /** Whoever waits holds it, and it holds the descriptor. */
  readonly socket: object
  readonly #listens: boolean
  #seq = 0
  #isUnfinished = false

  constructor({ socket, handle, port, peer, listens }: Line) {
    this.socket = socket
    this.handle = handle
    this.port = port
    this.peer = peer
    this.#listens = listens
  }

  /** The messages of the answer; those of `NLM_F_ECHO` among them. */
  *request(asking: Asking): Steps<Message[]> {
    return (yield* this.#ask(asking)).messages
  }

  *dump(asking: Asking): Steps<Message[]> {
    for (let count = 0; count < DUMPS; count++) {
      const { messages, interrupted } = yield* this.#ask({ ...asking, flags: asking.flags | NLM_F_DUMP })
      if (!interrupted) return messages
    }
    throw osErrorBecause(-EINTR, asking.call, `the table changed during each of ${DUMPS} dumps`)
  }

  /** The next notifications: at least one. */
  *receive(call: string): Steps<Message[]> {
    while (this.notifications.length === 0) {
      const datagram = yield* perform(this.handle, receiveDatagram(call, this.peer))
      this.#sort(datagram, null)
    }
    return this.notifications.splice(0)
  }

  *#ask({ call, type, flags, payload }: Asking): Steps<Answer> {
    if (this.#isUnfinished) yield* perform(this.handle, discardAll(call, this.peer))
    const seq = this.#nextSeq()
    // Also for a dump, although a dump has an end of its own: what the kernel finds too short to be one it
    // would pass over in silence.
    const asked = flags | NLM_F_REQUEST | NLM_F_ACK
    const bytes = encodeMessage({ type, flags: asked, seq, pid: this.port, payload })
    this.#isUnfinished = true
    yield* perform(this.handle, sendDatagram(call, this.peer, bytes))
    const messages: Message[] = []
    let interrupted = false
    for (;;) {
      const datagram = yield* perform(this.handle, receiveDatagram(call, this.peer))
      for (const message of this.#sort(datagram, seq)) {
        if (message.flags & NLM_F_DUMP_INTR) interrupted = true
        if (message.type === NLMSG_OVERRUN) throw osError(-ENOBUFS, call)
        if (message.type === NLMSG_ERROR || message.type === NLMSG_DONE) {
          const end = decodeAcknowledgement(message)
          this.#isUnfinished = false
          if (end.error < 0) throw refusal(call, end)
          return { messages, interrupted }
        }
        if (message.type !== NLMSG_NOOP) messages.push(message)
      }
    }
  }

  // What repeats our port is an answer, perhaps to a request that was given up; anything else is a
  // notification. (Groups are told the port of who made a change: a socket that has joined some must not make
  // any.)
  #sort(datagram: Buffer, seq: number | null): Message[] {
    const answers: Message[] = []
    for (const message of decodeMessages(datagram)) {
      if (message.pid === this.port) {
        if (message.seq === seq) answers.push(message)
      } else if (this.#listens && message.type !== NLMSG_NOOP) this.notifications.push(message)
    }
    return answers
  }

  // 0 is for what nobody asked for.
  #nextSeq(): number {
    this.#seq = this.#seq === 0xffffffff ? 1 : this.#seq + 1
    return this.#seq
  }
}
