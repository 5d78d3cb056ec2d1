// Netlink sockets that ask and are answered: what both forms share, and what all protocols have.
import { int, integer } from '../core/arguments.ts'
import { bytesOf, type Data } from '../core/bytes.ts'
import type { Form, Waiting } from '../core/form.ts'
import type { Message } from '../core/netlink/messages.ts'
import { callOf } from '../file/call.ts'
import type { Turns } from '../file/turns.ts'
import type { Steps } from '../ops/steps.ts'
import type { SocketOf } from '../socket-methods.ts'
import type { AF_NETLINK } from '../sys/constants.ts'
import type { Conversation } from './conversation.ts'
import { type AnySocket, converse, protocolOf, settingsOf } from './opening.ts'

/** `{ signal }`, where waiting can be aborted. */
export interface SignalOption {
  /** Gives up: the call rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

/** The options of what waits: none in the blocking form. */
export type WaitingOptions<F extends Form> = F extends 'async'
  ? SignalOption
  : { readonly signal?: undefined }

/** What a netlink socket is made of. */
export interface Parts<F extends Form> {
  readonly socket: SocketOf<F, typeof AF_NETLINK>
  readonly conversation: Conversation
  readonly turns: Turns<F>
}

/** The parts of a fresh socket. */
export function partsOf<F extends Form>(
  call: string,
  open: (protocol: number) => SocketOf<F, typeof AF_NETLINK>,
  turns: Turns<F>,
  protocol: unknown,
  options: unknown,
): Parts<F> {
  const settings = settingsOf(call, options)
  const socket = open(protocolOf(call, protocol))
  return { socket, conversation: converse(socket as AnySocket, settings, null), turns }
}

/** Both forms of what asks and is answered. Calls are served in their order. */
export abstract class BaseNetlinkSocket<F extends Form> {
  /**
   * The socket below: for its options, its descriptor, `settimeout`, `ref` and `unref`. What is received from
   * it by hand is missing from answers.
   */
  readonly socket: SocketOf<F, typeof AF_NETLINK>
  readonly #conversation: Conversation
  readonly #turns: Turns<F>

  /** @internal */
  constructor({ socket, conversation, turns }: Parts<F>) {
    this.socket = socket
    this.#conversation = conversation
    this.#turns = turns
  }

  /** The port of this socket: the number that answers are addressed to. */
  get port(): number {
    return this.#conversation.port
  }

  /**
   * request - send a request, and wait until it is done
   *
   * The kernel does what it is asked within sendmsg(2): no flag and no time limit ends that, and the thread
   * stands still meanwhile. It mostly takes microseconds; taking interfaces down may take longer.
   *
   * @param type what is wanted: `RTM_NEWADDR`, `RTM_GETLINK`, …
   * @param flags `NLM_F_CREATE | NLM_F_EXCL | NLM_F_ECHO | …`; `NLM_F_REQUEST` and `NLM_F_ACK` are added
   * @param payload what follows the header: mostly a struct and attributes
   * @param options `{ signal }` to give up (promises only)
   * @returns the messages of the answer, without the acknowledgement: none, where nothing was asked
   * @throws NetlinkError (OSError by errno, with `extack`) if the kernel refuses; TimeoutError; TypeError,
   *   RangeError
   * @example
   * const flags = NLM_F_CREATE | NLM_F_EXCL
   * const kind = [IFLA_LINKINFO, [[IFLA_INFO_KIND, 'dummy']]]
   * const attributes = encodeAttributes([[IFLA_IFNAME, 'dummy7'], kind])
   * await route.request(RTM_NEWLINK, flags, Buffer.concat([ifinfomsg.encode({}), attributes]))
   * @see man 7 netlink
   */
  request(type: number, flags = 0, payload: Data = '', options?: WaitingOptions<F>): Waiting<F, Message[]> {
    return this.run('request', options, () => {
      const asking = {
        call: 'request',
        type: integer('request', 'type', type, 0, 0xffff),
        flags: integer('request', 'flags', flags, 0, 0xffff),
        payload: bytesOf('request', 'payload', payload),
      }
      return this.#conversation.request(asking)
    })
  }

  /**
   * dump - ask for a whole table
   *
   * If the table changes meanwhile, some of it may be missing: the kernel says so (`NLM_F_DUMP_INTR`), and it
   * is asked again, ten times in all.
   *
   * @param type what is wanted: `RTM_GETLINK`, …
   * @param payload what follows the header: mostly a struct, and attributes that say what of it is wanted
   * @param options `{ signal }` to give up (promises only)
   * @returns the messages, without the one that ends them
   * @throws InterruptedError (EINTR) if the table changed during all ten dumps; NetlinkError (OSError by
   *   errno, with `extack`) if the kernel refuses; TimeoutError; TypeError, RangeError
   * @example
   * const messages = await route.dump(RTM_GETLINK, ifinfomsg.encode({}))
   * for (const { payload } of messages) console.log(decodeLink(payload).name)
   * @see man 7 netlink
   */
  dump(type: number, payload: Data = '', options?: WaitingOptions<F>): Waiting<F, Message[]> {
    return this.run('dump', options, () =>
      this.#conversation.dump({
        call: 'dump',
        type: integer('dump', 'type', type, 0, 0xffff),
        flags: 0,
        payload: bytesOf('dump', 'payload', payload),
      }),
    )
  }

  /**
   * close - close the socket
   *
   * Whoever waits for it gets `ECANCELED`. A second call does nothing.
   *
   * @example
   * route.close()
   */
  close(): void {
    this.socket.close()
  }

  /** Closes the socket at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.close()
  }

  /** @internal Runs what `begin` makes, in its turn. `begin` says at once what is wrong with arguments. */
  protected run<Result>(call: string, options: unknown, begin: () => Steps<Result>): Waiting<F, Result> {
    return this.#turns.take(() => {
      const known = callOf(call, options)
      const steps = begin()
      return { call: known, steps: () => steps }
    })
  }

  /** @internal The messages of a dump, for the methods of single protocols. */
  protected dumpOf(call: string, type: number, payload: Uint8Array): Steps<Message[]> {
    return this.#conversation.dump({ call, type, flags: 0, payload })
  }

  /** @internal The messages of a request, for the methods of single protocols. */
  protected requestOf(call: string, type: number, payload: Uint8Array): Steps<Message[]> {
    return this.#conversation.request({ call, type, flags: 0, payload })
  }
}

/** An argument that is a number of an interface. */
export function interfaceIndex(call: string, parameter: string, value: unknown): number {
  return integer(call, parameter, value, 1, 2 ** 31 - 1)
}

/** An argument that is an address family. */
export function familyOf(call: string, value: unknown): number {
  return integer(call, 'family', int(call, 'family', value), 0, 0xff)
}
