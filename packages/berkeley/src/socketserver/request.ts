// A request as the servers see it: a connection, or a datagram with the socket to answer through.
// Here is what has to be known of it beside its own methods: what went through it, and how to cut it off.
import { BaseSocket, HANDLE } from '../base-socket.ts'
import type { ReturnedAddressOf } from '../core/address/index.ts'
import type { Form } from '../core/form.ts'
import { tcpInfo } from '../core/structs/index.ts'
import { Meter } from '../file.ts'
import { isTcp } from '../ops/attempts.ts'
import type { Connected, SocketOf } from '../socket-methods.ts'
import {
  IPPROTO_TCP,
  TCP_CLOSE_WAIT,
  TCP_CLOSING,
  TCP_INFO,
  TCP_LAST_ACK,
  TCP_TIME_WAIT,
} from '../sys/constants.ts'
import { finish } from '../wait/closing.ts'

/** A connection that a server has accepted. */
export type StreamRequest<Family extends number, F extends Form = 'async'> = Connected<F, Family>

/** A datagram, and the socket that it came through. */
export type DatagramRequest<Family extends number, F extends Form = 'async'> = readonly [
  packet: Buffer,
  socket: SocketOf<F, Family>,
]

/** The address of a client. */
export type ClientAddress<Family extends number> = ReturnedAddressOf<Family>

const meters = new WeakMap<object, Meter>()

/** The meter of a request: made when somebody asks for the first time. */
export function meterOf(request: object): Meter {
  let meter = meters.get(request)
  if (meter === undefined) {
    meter = new Meter()
    meters.set(request, meter)
  }
  return meter
}

/** How many bytes came and went: as counted, or, where nobody counted, as a TCP connection knows itself. */
export function bytesMoved(request: object): { received: number; sent: number } {
  const meter = meters.get(request)
  if (meter !== undefined) return { received: meter.received, sent: meter.sent }
  if (request instanceof BaseSocket) {
    const { fd, kind } = request[HANDLE]
    if (fd >= 0 && isTcp(kind)) return bytesOfTcp(request)
  }
  return { received: 0, sent: 0 }
}

const ENOUGH = 512

/** The states after the client's last word, which TCP counts as a byte. */
const CLIENT_HAS_ENDED: readonly number[] = [TCP_TIME_WAIT, TCP_CLOSE_WAIT, TCP_LAST_ACK, TCP_CLOSING]

function bytesOfTcp(connection: BaseSocket): { received: number; sent: number } {
  const info = tcpInfo.decode(connection.getsockopt(IPPROTO_TCP, TCP_INFO, ENOUGH))
  const end = CLIENT_HAS_ENDED.includes(info.state) ? 1 : 0
  return {
    received: info.bytesReceived - end,
    sent: info.bytesSent === undefined ? info.bytesAcked : info.bytesSent - (info.bytesRetrans ?? 0),
  }
}

/** Ends a request from outside: whoever waits for it gets ECANCELED, whatever still has a file open on it. */
export function cutOff(request: unknown): void {
  if (!(request instanceof BaseSocket)) return
  const handle = request[HANDLE]
  handle.closing = true
  finish(handle)
}
