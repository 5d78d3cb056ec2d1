// NETLINK_SOCK_DIAG: the sockets of this network namespace, as objects.
import { integer, list } from '../core/arguments.ts'
import { wrongType, wrongValue } from '../core/errors.ts'
import type { Form, Waiting } from '../core/form.ts'
import {
  decodeInetSocket,
  encodeInetQuery,
  type InetSocket,
  type InetSocketQuery,
} from '../core/netlink/inet-diag.ts'
import type { Message } from '../core/netlink/messages.ts'
import {
  decodeNetlinkSocket,
  encodeNetlinkQuery,
  type NetlinkSocketEntry,
} from '../core/netlink/netlink-diag.ts'
import { decodePacketSocket, encodePacketQuery, type PacketSocket } from '../core/netlink/packet-diag.ts'
import { decodeUnixSocket, encodeUnixQuery, type UnixSocket } from '../core/netlink/unix-diag.ts'
import type { Steps } from '../ops/steps.ts'
import { AF_INET, AF_INET6, AF_UNSPEC, IPPROTO_RAW, IPPROTO_TCP, IPPROTO_UDP } from '../sys/constants.ts'
import { SOCK_DIAG_BY_FAMILY } from '../sys/netlink-constants.ts'
import { BaseNetlinkSocket, type WaitingOptions } from './netlink-socket.ts'

/** Which sockets. */
export interface StateFilter {
  /** In one of these states: `TCP_ESTABLISHED`, `TCP_LISTEN`, `TCP_CLOSE`, …; all by default. */
  readonly states?: Iterable<number> | undefined
}

/** Which sockets of the internet. */
export interface InetSocketFilter extends StateFilter {
  /** `AF_INET`, `AF_INET6`; both by default. */
  readonly family?: typeof AF_INET | typeof AF_INET6 | typeof AF_UNSPEC | undefined
  /** With this port of their own. */
  readonly sport?: number | undefined
  /** With this port of their peer. */
  readonly dport?: number | undefined
}

const ALL = 0xffffffff

function optionsOf(call: string, options: unknown): Partial<Record<keyof InetSocketFilter, unknown>> {
  if (options === undefined) return {}
  if (typeof options !== 'object' || options === null) throw wrongType(call, 'options', 'an object', options)
  return options
}

function statesOf(call: string, states: unknown): number {
  if (states === undefined) return ALL
  const all = list(call, 'states', 'a list of states', states)
  return all.reduce<number>((bits, state) => (bits | (1 << integer(call, 'states', state, 1, 31))) >>> 0, 0)
}

function portOf(call: string, parameter: string, port: unknown): number {
  return port === undefined ? 0 : integer(call, parameter, port, 1, 65535)
}

/** Both forms of a socket of NETLINK_SOCK_DIAG. */
export abstract class BaseDiagSocket<F extends Form> extends BaseNetlinkSocket<F> {
  /**
   * tcp - the TCP sockets of this network namespace
   *
   * @param options `family`, `states`, `sport` and `dport` to have less than all, which the kernel sorts out;
   *   `signal` to give up (promises only)
   * @throws as `dump`; ENOENT if the kernel was built without it
   * @example
   * for (const { local, remote, tcpInfo } of await diag.tcp({ states: [TCP_ESTABLISHED] })) {
   *   console.log(local, remote, tcpInfo?.rtt)
   * }
   * @see man 7 sock_diag, man 8 ss
   */
  tcp(options?: InetSocketFilter & WaitingOptions<F>): Waiting<F, InetSocket[]> {
    return this.run('tcp', options, () => this.#inet('tcp', IPPROTO_TCP, options))
  }

  /**
   * udp - the UDP sockets of this network namespace that have a port
   *
   * @param options as of `tcp`; a UDP socket is `TCP_ESTABLISHED` if it is connected, `TCP_CLOSE` if not
   * @throws as `dump`; ENOENT if the kernel was built without it
   * @example
   * for (const { local, uid } of await diag.udp({ family: AF_INET })) console.log(local, uid)
   * @see man 7 sock_diag, man 8 ss
   */
  udp(options?: InetSocketFilter & WaitingOptions<F>): Waiting<F, InetSocket[]> {
    return this.run('udp', options, () => this.#inet('udp', IPPROTO_UDP, options))
  }

  /**
   * unix - the Unix sockets of this network namespace
   *
   * @param options `states` to have less than all; `signal` to give up (promises only)
   * @throws as `dump`; ENOENT if the kernel was built without it
   * @example
   * for (const { name, inode, peer } of await diag.unix()) console.log(name, inode, peer)
   * @see man 7 sock_diag, man 8 ss
   */
  unix(options?: StateFilter & WaitingOptions<F>): Waiting<F, UnixSocket[]> {
    return this.run('unix', options, () => {
      const states = statesOf('unix', optionsOf('unix', options).states)
      return this.#all('unix', encodeUnixQuery('unix', states), decodeUnixSocket)
    })
  }

  /**
   * raw - the raw sockets of this network namespace
   *
   * @param options as of `tcp`; `sport` is the protocol, which raw sockets have in place of a port
   * @throws as `dump`; ENOENT if the kernel was built without it (CONFIG_INET_RAW_DIAG): /proc/net/raw has them then, too
   * @example
   * for (const { local, remote } of await diag.raw()) console.log(local, remote)
   * @see man 7 sock_diag, man 8 ss
   */
  raw(options?: InetSocketFilter & WaitingOptions<F>): Waiting<F, InetSocket[]> {
    return this.run('raw', options, () => this.#inet('raw', IPPROTO_RAW, options))
  }

  /**
   * packet - the packet sockets of this network namespace
   *
   * @param options `signal` to give up (promises only)
   * @throws as `dump`; ENOENT if the kernel was built without it
   * @example
   * for (const { proto, info } of await diag.packet()) console.log(proto === ETH_P_ALL, info?.index)
   * @see man 7 sock_diag, man 7 packet
   */
  packet(options?: WaitingOptions<F>): Waiting<F, PacketSocket[]> {
    return this.run('packet', options, () => {
      optionsOf('packet', options)
      return this.#all('packet', encodePacketQuery('packet'), decodePacketSocket)
    })
  }

  /**
   * netlink - the netlink sockets of this network namespace
   *
   * @param options `signal` to give up (promises only)
   * @throws as `dump`; ENOENT if the kernel was built without it
   * @example
   * for (const { protocol, port, groups } of await diag.netlink()) console.log(protocol, port, groups)
   * @see man 7 sock_diag, man 7 netlink
   */
  netlink(options?: WaitingOptions<F>): Waiting<F, NetlinkSocketEntry[]> {
    return this.run('netlink', options, () => {
      optionsOf('netlink', options)
      return this.#netlink()
    })
  }

  // Those that hear a group are in two lists of the kernel, and it tells them twice.
  *#netlink(): Steps<NetlinkSocketEntry[]> {
    const all = yield* this.#all('netlink', encodeNetlinkQuery('netlink'), decodeNetlinkSocket)
    return [...new Map(all.map((socket) => [socket.cookie, socket])).values()]
  }

  *#all<Value>(call: string, payload: Buffer, decode: (payload: Buffer) => Value): Steps<Value[]> {
    return decodeAll(yield* this.dumpOf(call, SOCK_DIAG_BY_FAMILY, payload), decode)
  }

  #inet(call: string, protocol: number, options: unknown): Steps<InetSocket[]> {
    const { family = AF_UNSPEC, states, sport, dport } = optionsOf(call, options)
    if (family !== AF_UNSPEC && family !== AF_INET && family !== AF_INET6) {
      const wrong = typeof family === 'number' ? wrongValue : wrongType
      throw wrong(call, 'family', 'AF_INET, AF_INET6 or AF_UNSPEC', family)
    }
    const query = {
      protocol,
      states: statesOf(call, states),
      sport: portOf(call, 'sport', sport),
      dport: portOf(call, 'dport', dport),
    }
    const families: InetSocketQuery['family'][] = family === AF_UNSPEC ? [AF_INET, AF_INET6] : [family]
    return this.#ofFamilies(
      call,
      families.map((each): InetSocketQuery => ({ ...query, family: each })),
    )
  }

  *#ofFamilies(call: string, queries: readonly InetSocketQuery[]): Steps<InetSocket[]> {
    const found: InetSocket[] = []
    for (const query of queries) {
      const payload = encodeInetQuery(call, query)
      const messages = yield* this.dumpOf(call, SOCK_DIAG_BY_FAMILY, payload)
      for (const socket of decodeAll(messages, decodeInetSocket)) found.push(socket)
    }
    return found
  }
}

function decodeAll<Value>(messages: readonly Message[], decode: (payload: Buffer) => Value): Value[] {
  return messages.flatMap(({ type, payload }) => (type === SOCK_DIAG_BY_FAMILY ? [decode(payload)] : []))
}
