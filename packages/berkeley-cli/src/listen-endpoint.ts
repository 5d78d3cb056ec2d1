// Opens a socket on an endpoint for others to come to: listening, or bound where there are only datagrams.
// Rule: who gets a Listener closes it. That takes a Unix socket's path away again, if it is still the one made here;
//       a path that a dead server left behind is taken over, one that somebody serves never.
import { lstatSync, type Stats, unlinkSync } from 'node:fs'
import {
  AF_INET6,
  AF_UNIX,
  hasDualstackIpv6,
  IPPROTO_IPV6,
  IPV6_V6ONLY,
  OSError,
  SO_REUSEADDR,
  SOCK_DGRAM,
  SOCK_STREAM,
  SOL_SOCKET,
  Socket,
} from 'berkeley'
import { type Endpoint, endpointOf, formatEndpoint } from './endpoint.ts'
import { type Place, placesOf } from './endpoint-lookup.ts'
import { CommandFailure } from './exit-status.ts'
import { reasonOf } from './failure-reason.ts'

export interface ListenOptions {
  /** SOCK_STREAM by default, SOCK_DGRAM, SOCK_SEQPACKET. */
  readonly type?: number
  /** How many connections may wait to be accepted. */
  readonly backlog?: number
  readonly signal: AbortSignal
}

export interface Listener {
  readonly socket: Socket<number>
  /** Where it is really, with the port that the system chose. */
  readonly endpoint: Endpoint
  /** Closes the socket, and removes its path. */
  close(): void
}

export async function listenOn(
  endpoint: Endpoint,
  { type = SOCK_STREAM, backlog = 128, signal }: ListenOptions,
): Promise<Listener> {
  try {
    const [place] = await placesOf(endpoint, type, 'listen', signal)
    if (place === undefined) throw new TypeError('getaddrinfo(): an answer without an address')
    if (isPath(place)) await removeAbandoned(place.address as string, type, signal)
    return open(place, type, backlog)
  } catch (error) {
    if (signal.aborted) throw signal.reason
    const reason = isTooLow(endpoint, error)
      ? 'not permitted; choose a port of 1024 or more'
      : reasonOf(error)
    throw new CommandFailure(`cannot listen on ${formatEndpoint(endpoint)}: ${reason}`, { cause: error })
  }
}

function open(place: Place, type: number, backlog: number): Listener {
  const { family, address } = place
  const socket = new Socket<number>(family, type)
  try {
    // A datagram socket would share its port with another one that asks for it, and take its datagrams.
    if (family !== AF_UNIX && type !== SOCK_DGRAM) socket.setsockopt(SOL_SOCKET, SO_REUSEADDR, true)
    if (family === AF_INET6) {
      const [host] = address as [string]
      socket.setsockopt(IPPROTO_IPV6, IPV6_V6ONLY, !(host === '::' && hasDualstackIpv6()))
    }
    socket.bind(address as never)
    const made = isPath(place) ? lstatSync(address as string) : null
    if (type !== SOCK_DGRAM) socket.listen(backlog)
    let isClosed = false
    const close = () => {
      if (!isClosed && made !== null) removeOwn(address as string, made)
      isClosed = true
      socket.close()
    }
    return { socket, endpoint: endpointOf(family, socket.getsockname()), close }
  } catch (error) {
    socket.close()
    throw error
  }
}

function isPath({ family, address }: Place): boolean {
  return family === AF_UNIX && typeof address === 'string' && !address.startsWith('\0')
}

function isTooLow(endpoint: Endpoint, error: unknown): boolean {
  return endpoint.kind === 'host' && error instanceof OSError && error.code === 'EACCES'
}

/** Removes the path of a socket that nobody has open any more: connect(2) is refused there. */
async function removeAbandoned(path: string, type: number, signal: AbortSignal): Promise<void> {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSocket() !== true) return
  const probe = new Socket(AF_UNIX, type)
  try {
    await probe.connect(path, { signal })
  } catch (error) {
    if (error instanceof OSError && error.code === 'ECONNREFUSED') unlinkSync(path)
  } finally {
    probe.close()
  }
}

function removeOwn(path: string, made: Stats): void {
  const now = lstatSync(path, { throwIfNoEntry: false })
  if (now?.ino === made.ino && now.dev === made.dev) unlinkSync(path)
}
