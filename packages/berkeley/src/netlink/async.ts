// Netlink sockets and iterators over notifications, as promises. What they do is in netlink-socket.ts,
// route-socket.ts, diag-socket.ts and watcher.ts.
import type { Message } from '../core/netlink/messages.ts'
import { callOf } from '../file/call.ts'
import { AsyncTurns } from '../file/turns.ts'
import { Socket } from '../socket.ts'
import { AF_NETLINK, NETLINK_ROUTE, NETLINK_SOCK_DIAG, SOCK_RAW } from '../sys/constants.ts'
import { BaseDiagSocket } from './diag-socket.ts'
import { BaseNetlinkSocket, type Parts, partsOf, type SignalOption } from './netlink-socket.ts'
import { groupsOf, type NetlinkOptions, protocolOf, settingsOf } from './opening.ts'
import { BaseRouteSocket } from './route-socket.ts'
import { type Change, type Source, Subscriber, Watcher, type WatchOptions, watchedOf } from './watcher.ts'

const open = (protocol: number): Socket<typeof AF_NETLINK> => new Socket(AF_NETLINK, SOCK_RAW, protocol)

function parts(call: string, protocol: unknown, options: unknown): Parts<'async'> {
  return partsOf<'async'>(call, open, new AsyncTurns(), protocol, options)
}

/**
 * NetlinkSocket - a socket that asks the kernel, by netlink messages, and is answered
 *
 * @example
 * using netlink = new NetlinkSocket(NETLINK_ROUTE, { timeout: 5 })
 * const messages = await netlink.dump(RTM_GETLINK, ifinfomsg.encode({}))
 * @see man 7 netlink
 */
export class NetlinkSocket extends BaseNetlinkSocket<'async'> {
  /**
   * @param protocol `NETLINK_ROUTE` (the default), `NETLINK_GENERIC`, …
   * @param options `timeout`, `rcvbuf`, `peer`
   * @throws OSError EPROTONOSUPPORT, EMFILE; TypeError, RangeError
   */
  constructor(protocol: number = NETLINK_ROUTE, options?: NetlinkOptions) {
    super(parts('NetlinkSocket', protocol, options))
  }
}

/**
 * RouteSocket - links, addresses, routes, neighbours and rules of this network namespace
 *
 * @example
 * using route = new RouteSocket()
 * for (const { index, name } of await route.links()) {
 *   console.log(index, name, await route.addresses({ index }))
 * }
 * @see man 7 rtnetlink
 */
export class RouteSocket extends BaseRouteSocket<'async'> {
  /**
   * @param options `timeout`, `rcvbuf`
   * @throws OSError EMFILE; TypeError, RangeError
   */
  constructor(options?: Omit<NetlinkOptions, 'peer'>) {
    super(parts('RouteSocket', NETLINK_ROUTE, options))
  }
}

/**
 * DiagSocket - the sockets of this network namespace, as ss(8) shows them
 *
 * @example
 * using diag = new DiagSocket()
 * for (const { local, remote } of await diag.tcp({ states: [TCP_ESTABLISHED] })) console.log(local, remote)
 * @see man 7 sock_diag
 */
export class DiagSocket extends BaseDiagSocket<'async'> {
  /**
   * @param options `timeout`, `rcvbuf`
   * @throws OSError EMFILE, EPROTONOSUPPORT; TypeError, RangeError
   */
  constructor(options?: Omit<NetlinkOptions, 'peer'>) {
    super(parts('DiagSocket', NETLINK_SOCK_DIAG, options))
  }
}

/**
 * Notifications - an iterator over what the kernel tells: what `watch` and `subscribe` return
 *
 * An error does not end it: after ENOBUFS (the kernel dropped messages, since they were not read fast enough)
 * or a timeout it goes on with the next step. Leaving a `for await` loop by `break` or `return` closes it; an
 * error that is thrown by the iterator itself does not.
 *
 * @example
 * using changes = watch()
 * for await (const { kind, event, value } of changes) console.log(kind, event, value)
 */
export class Notifications<Item> implements AsyncIterableIterator<Item> {
  readonly #source: Source<Item>
  readonly #signal: AbortSignal | null
  readonly #turns = new AsyncTurns()
  readonly #onAbort = (): void => this.close()
  #isClosed = false

  /** @internal */
  constructor(source: Source<Item>, signal: AbortSignal | null) {
    this.#source = source
    this.#signal = signal
    signal?.addEventListener('abort', this.#onAbort, { once: true })
    if (signal?.aborted) this.close()
  }

  /**
   * next - wait for the next notification
   *
   * @throws OSError ENOBUFS if some were lost; TimeoutError; the signal's reason; what `NetlinkSocket.dump`
   *   throws. The iterator may be used on, unless the signal was aborted.
   * @example
   * const { value, done } = await changes.next()
   */
  async next(): Promise<IteratorResult<Item, undefined>> {
    this.#signal?.throwIfAborted()
    if (this.#isClosed) return { done: true, value: undefined }
    const call = { name: 'next', signal: null, flags: 0 }
    try {
      return {
        done: false,
        value: await this.#turns.take(() => ({ call, steps: () => this.#source.next() })),
      }
    } catch (error) {
      this.#signal?.throwIfAborted()
      if (this.#isClosed) return { done: true, value: undefined }
      throw error
    }
  }

  /** Closes it, and ends the iteration. */
  async return(): Promise<IteratorResult<Item, undefined>> {
    this.close()
    return { done: true, value: undefined }
  }

  /**
   * close - end the iteration, and close the socket
   *
   * A second call does nothing.
   *
   * @example
   * changes.close()
   */
  close(): void {
    this.#isClosed = true
    this.#signal?.removeEventListener('abort', this.#onAbort)
    this.#source.close()
  }

  /**
   * ref - let waiting for notifications keep the process alive, as it does at first
   *
   * @example
   * changes.ref()
   */
  ref(): this {
    this.#source.setReferenced(true)
    return this
  }

  /**
   * unref - let the process end although notifications are waited for
   *
   * @example
   * changes.unref()
   */
  unref(): this {
    this.#source.setReferenced(false)
    return this
  }

  /** Closes it at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.close()
  }

  [Symbol.asyncIterator](): this {
    return this
  }
}

/**
 * watch - the links and addresses there are, and from then on their changes
 *
 * Those of routes, neighbours and rules on request.
 *
 * Nothing is missed between the one and the other. If changes come faster than they are read the kernel drops
 * some: then the iterator throws OSError ENOBUFS, and if it is used on it begins anew with what there is.
 *
 * @param options what to watch; `initial: false` for changes only; `rcvbuf`, `timeout`; `signal` to end it
 * @returns an iterator of `{ kind, event, value }`
 * @throws OSError EMFILE; TypeError, RangeError
 * @example
 * for await (const { kind, event, value } of watch({ signal: AbortSignal.timeout(60_000) })) {
 *   if (kind === 'address') console.log(event, value.address)
 * }
 * @see man 7 rtnetlink, man 8 ip-monitor
 */
export function watch(options?: WatchOptions & SignalOption): Notifications<Change> {
  const watched = watchedOf(options)
  const { signal } = callOf('watch', options)
  const watcher = new Watcher(() => open(NETLINK_ROUTE), settingsOf('watch', options), watched)
  return new Notifications(watcher, signal)
}

/**
 * subscribe - the messages that multicast groups get
 *
 * If messages come faster than they are read the kernel drops some: then the iterator throws OSError ENOBUFS,
 * and goes on if it is used on.
 *
 * @param protocol `NETLINK_ROUTE`, `NETLINK_GENERIC`, …
 * @param groups the numbers of the groups: `RTNLGRP_LINK`, …
 * @param options `rcvbuf`, `timeout`, `peer`; `signal` to end it
 * @returns an iterator of messages
 * @throws OSError EPERM, EINVAL for groups that one may not join; EPROTONOSUPPORT, EMFILE; TypeError,
 *   RangeError
 * @example
 * for await (const { type, payload } of subscribe(NETLINK_ROUTE, [RTNLGRP_NSID])) console.log(type, payload)
 * @see man 7 netlink
 */
export function subscribe(
  protocol: number,
  groups: Iterable<number>,
  options?: NetlinkOptions & SignalOption,
): Notifications<Message> {
  const number = protocolOf('subscribe', protocol)
  const joined = groupsOf('subscribe', groups)
  const { signal } = callOf('subscribe', options)
  const source = new Subscriber(() => open(number), settingsOf('subscribe', options), joined)
  return new Notifications(source, signal)
}
