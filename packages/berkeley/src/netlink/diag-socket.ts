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
import { decodeUnixSocket, encodeUnixQuery, type UnixSocket } from '../core/netlink/unix-diag.ts'
import type { Steps } from '../ops/steps.ts'
import { AF_INET, AF_INET6, AF_UNSPEC, IPPROTO_TCP, IPPROTO_UDP } from '../sys/constants.ts'
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
      return this.#unix(encodeUnixQuery('unix', states))
    })
  }

  *#unix(payload: Buffer): Steps<UnixSocket[]> {
    return decodeAll(yield* this.dumpOf('unix', SOCK_DIAG_BY_FAMILY, payload), decodeUnixSocket)
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
