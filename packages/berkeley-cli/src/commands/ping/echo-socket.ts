// A socket for echo requests: a ping socket, which needs no privileges where the kernel allows it, or a raw one.
// Rule: it tells what the kernel tells: replies, errors and the times of both ends, each with the sequence it belongs to;
//       which of them belong together is for others to say.
import {
  AF_INET,
  AF_INET6,
  decodeAncillary,
  errorMessages,
  ICMP_ECHOREPLY,
  ICMP_FILTER,
  ICMPV6_ECHO_REPLY,
  ICMPV6_FILTER,
  IP_MULTICAST_TTL,
  IP_RECVERR,
  IP_RECVTTL,
  IP_TTL,
  IPPROTO_ICMP,
  IPPROTO_ICMPV6,
  IPPROTO_IP,
  IPPROTO_IPV6,
  IPV6_MULTICAST_HOPS,
  IPV6_RECVERR,
  IPV6_RECVHOPLIMIT,
  IPV6_UNICAST_HOPS,
  icmp6Filter,
  icmpFilter,
  MSG_ERRQUEUE,
  OSError,
  SCM_TSTAMP_SND,
  SO_EE_ORIGIN_TIMESTAMPING,
  SO_TIMESTAMPING,
  SOCK_DGRAM,
  SOCK_RAW,
  SOF_TIMESTAMPING_OPT_ID,
  SOF_TIMESTAMPING_OPT_TSONLY,
  SOF_TIMESTAMPING_RX_SOFTWARE,
  SOF_TIMESTAMPING_SOFTWARE,
  SOF_TIMESTAMPING_TX_SOFTWARE,
  SOL_ICMPV6,
  SOL_RAW,
  SOL_SOCKET,
  Socket,
} from 'berkeley'
import { bindToDevice } from 'berkeley/options'
import { decodeReply, decodeRequest, describeError, encodeRequest, type Family } from './icmp.ts'

export type SocketChoice = 'auto' | 'ping' | 'raw'

export interface EchoSettings {
  readonly family: Family
  readonly choice: SocketChoice
  readonly ttl?: number | undefined
  readonly interface?: string | undefined
}

export interface Reply {
  readonly kind: 'reply'
  readonly sequence: number
  readonly from: string
  /** With the ICMP header, without that of IP. */
  readonly bytes: number
  readonly ttl: number | null
  /** When it came, in nanoseconds since 1970; null if the kernel does not say. */
  readonly time: bigint | null
}

export type Event =
  | Reply
  /** When a request was handed to the device: `number` counts those that were sent. */
  | { readonly kind: 'sent'; readonly number: number; readonly time: bigint }
  | {
      readonly kind: 'error'
      readonly sequence: number
      /** Who says so; null for this machine. */
      readonly from: string | null
      readonly type: number
      readonly code: number
      readonly message: string
    }

const TIMES =
  SOF_TIMESTAMPING_SOFTWARE |
  SOF_TIMESTAMPING_RX_SOFTWARE |
  SOF_TIMESTAMPING_TX_SOFTWARE |
  SOF_TIMESTAMPING_OPT_ID |
  SOF_TIMESTAMPING_OPT_TSONLY

const LARGEST = 65_536
/** For times, an error with its address, and the time to live. */
const CONTROL = 512

/** What says that a process may not have such a socket. */
const DENIED = new Set(['EACCES', 'EPERM', 'EPROTONOSUPPORT'])

export class EchoSocket {
  readonly kind: 'ping' | 'raw'
  readonly family: Family
  readonly #socket: Socket<number>
  #identifier = 0

  /** Throws OSError EACCES or EPERM where neither kind may be had. */
  constructor({ family, choice, ttl, interface: device }: EchoSettings) {
    this.family = family
    const [kind, socket] = open(family, choice)
    this.kind = kind
    this.#socket = socket
    try {
      this.#setUp(ttl, device)
    } catch (error) {
      socket.close()
      throw error
    }
  }

  #setUp(ttl: number | undefined, device: string | undefined): void {
    const socket = this.#socket
    socket.setsockopt(SOL_SOCKET, SO_TIMESTAMPING, TIMES)
    if (device !== undefined) bindToDevice(socket, device)
    if (this.family === AF_INET) {
      socket.setsockopt(IPPROTO_IP, IP_RECVERR, true)
      socket.setsockopt(IPPROTO_IP, IP_RECVTTL, true)
      if (this.kind === 'raw') socket.setsockopt(SOL_RAW, ICMP_FILTER, icmpFilter.encode([ICMP_ECHOREPLY]))
      if (ttl === undefined) return
      socket.setsockopt(IPPROTO_IP, IP_TTL, ttl)
      socket.setsockopt(IPPROTO_IP, IP_MULTICAST_TTL, ttl)
    } else {
      socket.setsockopt(IPPROTO_IPV6, IPV6_RECVERR, true)
      socket.setsockopt(IPPROTO_IPV6, IPV6_RECVHOPLIMIT, true)
      if (this.kind === 'raw') {
        socket.setsockopt(SOL_ICMPV6, ICMPV6_FILTER, icmp6Filter.encode([ICMPV6_ECHO_REPLY]))
      }
      if (ttl === undefined) return
      socket.setsockopt(IPPROTO_IPV6, IPV6_UNICAST_HOPS, ttl)
      socket.setsockopt(IPPROTO_IPV6, IPV6_MULTICAST_HOPS, ttl)
    }
  }

  /** From now on only what comes from there is received. */
  async connect(address: unknown): Promise<void> {
    await this.#socket.connect(address as [string, number])
    // A ping socket has its identifier where others have a port; the kernel writes it into each request.
    this.#identifier =
      this.kind === 'raw'
        ? Math.floor(Math.random() * 0xffff) + 1
        : (this.#socket.getsockname() as [string, number])[1]
  }

  /** Throws OSError if this machine cannot send it. */
  async send(sequence: number, size: number, signal: AbortSignal): Promise<void> {
    const request = encodeRequest(
      this.family,
      { identifier: this.#identifier, sequence: sequence & 0xffff },
      size,
    )
    try {
      await this.#socket.send(request, { signal })
    } catch (error) {
      if (!(error instanceof OSError) || signal.aborted) throw error
      // An error that came for an earlier request is told to whoever calls next; this one was not sent yet.
      await this.#socket.send(request, { signal })
    }
  }

  /** The next reply; null for what is not ours. Rejects with the signal's reason. */
  async receive(signal: AbortSignal): Promise<Reply | null> {
    const [packet, control, , address] = await this.#patiently(signal, () =>
      this.#socket.recvmsg(LARGEST, CONTROL, { signal }),
    )
    const message =
      this.kind === 'raw' && this.family === AF_INET ? packet.subarray(headerLength(packet)) : packet
    const echo = decodeReply(this.family, message)
    if (echo === null || echo.identifier !== this.#identifier) return null
    const reply = { time: null as bigint | null, ttl: null as number | null }
    for (const { name, value } of decodeAncillary(control) as { name: string; value: unknown }[]) {
      if (name === 'ttl' || name === 'hopLimit') reply.ttl = value as number
      if (name === 'timestamping') reply.time = (value as { software: bigint }).software
    }
    const [from] = address as unknown as [string]
    return { kind: 'reply', sequence: echo.sequence, from, bytes: message.length, ...reply }
  }

  /** The next entry of the error queue; null for what is not ours. Rejects with the signal's reason. */
  async receiveError(signal: AbortSignal): Promise<Event | null> {
    const [packet, control] = await this.#patiently(signal, () =>
      this.#socket.recvmsg(LARGEST, CONTROL, MSG_ERRQUEUE, { signal }),
    )
    let time: bigint | null = null
    for (const { name, value } of decodeAncillary(control) as { name: string; value: unknown }[]) {
      if (name === 'timestamping') time = (value as { software: bigint }).software
    }
    const error = decodeAncillary(control).find((each) => each.name === 'extendedError')
    if (error?.name !== 'extendedError') return null
    const { origin, type, code, info, data, errno, offender } = error.value
    if (origin === SO_EE_ORIGIN_TIMESTAMPING) {
      return info === SCM_TSTAMP_SND && time !== null ? { kind: 'sent', number: data, time } : null
    }
    const echo = decodeRequest(this.family, packet)
    if (echo === null || echo.identifier !== this.#identifier) return null
    const words =
      describeError(origin, type, code) ?? (errorMessages[errno] ?? `error ${errno}`).toLowerCase()
    const message =
      words === 'packet too large' || info > 0 ? `${words}, the path takes ${info} bytes` : words
    return { kind: 'error', sequence: echo.sequence, from: offender?.[0] ?? null, type, code, message }
  }

  // The error of a request is also told, once, to whoever waits for something: the error queue has it with all that is known.
  async #patiently<Result>(signal: AbortSignal, receive: () => Promise<Result>): Promise<Result> {
    for (;;) {
      try {
        return await receive()
      } catch (error) {
        if (!(error instanceof OSError) || signal.aborted || error.code === 'EBADF') throw error
      }
    }
  }

  close(): void {
    this.#socket.close()
  }
}

function open(family: Family, choice: SocketChoice): ['ping' | 'raw', Socket<number>] {
  const protocol = family === AF_INET6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP
  if (choice !== 'raw') {
    try {
      return ['ping', new Socket<number>(family, SOCK_DGRAM, protocol)]
    } catch (error) {
      if (choice === 'ping' || !(error instanceof OSError && DENIED.has(error.code))) throw error
    }
  }
  return ['raw', new Socket<number>(family, SOCK_RAW, protocol)]
}

/** The length of an IPv4 header. */
function headerLength(packet: Buffer): number {
  return ((packet[0] ?? 0) & 0x0f) * 4
}
