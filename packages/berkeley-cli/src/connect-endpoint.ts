// Connects to an endpoint, whatever its family and type.
// Rule: one deadline covers the lookup and the connection; what cannot be reached is a CommandFailure that names the
//       address and the reason, and no socket is left open.
import { AF_UNIX, createConnection, gaierror, OSError, SOCK_DGRAM, SOCK_STREAM, Socket } from 'berkeley'
import { Deadline } from './deadline.ts'
import { type Endpoint, formatEndpoint } from './endpoint.ts'
import { placesOf } from './endpoint-lookup.ts'
import { CommandFailure } from './exit-status.ts'
import { reasonOf } from './failure-reason.ts'

export interface ConnectOptions {
  /** SOCK_STREAM by default, SOCK_DGRAM, SOCK_SEQPACKET. */
  readonly type?: number
  /** Seconds for everything. */
  readonly timeout: number
  readonly signal: AbortSignal
}

export async function connectTo(
  endpoint: Endpoint,
  { type = SOCK_STREAM, timeout, signal }: ConnectOptions,
): Promise<Socket<number>> {
  const deadline = new Deadline(timeout, signal)
  try {
    return await connect(endpoint, type, deadline.signal)
  } catch (error) {
    if (signal.aborted) throw signal.reason
    const reason = deadline.hasPassed ? `no answer within ${timeout} s` : reasonOf(error)
    throw new CommandFailure(`cannot connect to ${formatEndpoint(endpoint)}: ${reason}`, { cause: error })
  } finally {
    deadline.clear()
  }
}

async function connect(endpoint: Endpoint, type: number, signal: AbortSignal): Promise<Socket<number>> {
  if (endpoint.kind === 'host' && type === SOCK_STREAM) {
    const { host, port } = endpoint
    // Tries all addresses of a name in a race.
    return (await createConnection([host, port], { timeout: null, signal })) as Socket<number>
  }
  let last: unknown
  for (const { family, address } of await placesOf(endpoint, type, 'connect', signal)) {
    try {
      return await connectSocket(family, type, address, signal)
    } catch (error) {
      if (!(error instanceof OSError || error instanceof gaierror)) throw error
      last = error
    }
  }
  throw last
}

async function connectSocket(
  family: number,
  type: number,
  address: unknown,
  signal: AbortSignal,
): Promise<Socket<number>> {
  const socket = new Socket<number>(family, type)
  try {
    // Without a name of its own a Unix datagram socket gets no answers; '' lets the kernel choose one.
    if (family === AF_UNIX && type === SOCK_DGRAM) socket.bind('')
    await socket.connect(address as never, { signal })
    return socket
  } catch (error) {
    socket.close()
    throw error
  }
}
