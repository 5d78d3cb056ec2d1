// The socketserver behind a little server: which class for which mode, and what it says of its clients.
import { OSError, type Socket } from 'berkeley'
import {
  AsyncTCPServer,
  AsyncUDPServer,
  ForkingTCPServer,
  ForkingUDPServer,
  TCPServer,
  ThreadingTCPServer,
  ThreadingUDPServer,
  UDPServer,
} from 'berkeley/socketserver'
import { formatSocketAddress } from './endpoint.ts'
import { reasonOf } from './failure-reason.ts'
import { printable } from './printable.ts'
import type { Reporter } from './reporter.ts'
import type { Mode, ServiceOptions } from './service-options.ts'

/** What all the classes below have in common, for sockets of any family. */
export type ServiceServer = TCPServer<number, unknown>
type ServerClass = new (socket: Socket<number>, handler: URL) => ServiceServer

const CLASSES = {
  serial: [TCPServer, UDPServer],
  async: [AsyncTCPServer, AsyncUDPServer],
  threads: [ThreadingTCPServer, ThreadingUDPServer],
  processes: [ForkingTCPServer, ForkingUDPServer],
} as unknown as Readonly<Record<Mode, readonly [stream: ServerClass, datagram: ServerClass]>>

const LARGEST_DATAGRAM = 65_535
// echo, discard, daytime, chargen, time: what inetd refuses, too. Who fakes such a source makes two servers send to
// each other for ever.
const ANSWERING_PORTS: readonly unknown[] = [7, 9, 13, 19, 37]

export function makeServer(
  socket: Socket<number>,
  handler: URL,
  { mode, datagram = false, connections, workers }: ServiceOptions,
  reporter: Reporter,
  interruption: AbortSignal,
): ServiceServer {
  const [Stream, Datagram] = CLASSES[mode]
  const server = new (datagram ? Datagram : Stream)(socket, handler)
  if (mode !== 'serial') server.maxRequests = connections
  if (workers !== undefined) Object.assign(server, { maxThreads: workers, maxChildren: workers })
  if (datagram) Object.assign(server, { maxPacketSize: LARGEST_DATAGRAM })
  const nameOf = (address: unknown) => formatSocketAddress(socket.family, address)
  const note = (event: string, address: unknown, more: { reason?: string } = {}) => {
    if (!reporter.verbose) return
    const client = address === null ? 'a client' : nameOf(address)
    reporter.event({ event, client, ...more })
    if (!reporter.json)
      reporter.detail(`${client} ${event}${more.reason === undefined ? '' : `: ${more.reason}`}`)
  }
  server.verifyRequest = (_request, address) => {
    const isWelcome = !datagram || !answers(address, socket)
    note(isWelcome ? 'accepted' : 'refused', address)
    return isWelcome
  }
  server.handleError = (_request, address, error) => {
    // Who is cut off at the end is counted; there is nothing to tell of each.
    if (interruption.aborted) return
    if (error instanceof OSError) note('failed', address, { reason: reasonOf(error) })
    else reporter.say(`serving ${nameOf(address)} failed: ${printable(String(error))}`)
  }
  return server
}

/** Whether an answer to this address would be answered in turn. */
function answers(address: unknown, socket: Socket<number>): boolean {
  if (!Array.isArray(address)) return false
  const [host, port] = address
  const [ownHost, ownPort] = socket.getsockname() as [string, number]
  return ANSWERING_PORTS.includes(port) || (host === ownHost && port === ownPort)
}
