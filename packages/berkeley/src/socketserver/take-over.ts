// A new process takes the place of a server, without a connection that is refused: it gets the listening socket itself,
// with whatever waits in its backlog, and the old one stops when the new one serves.
import { integer, seconds } from '../core/arguments.ts'
import { wrongType } from '../core/errors.ts'
import { recvFds, sendFds } from '../rights/async.ts'
import { Socket } from '../socket.ts'
import { AF_UNIX, SOCK_SEQPACKET } from '../sys/constants.ts'
import type { TCPServer } from './tcp-server.ts'

const HERE_IT_IS = 'socket'
const I_SERVE = 'ready'

/** What `takeOver` gives. */
export interface TakenOver {
  /** The listening socket, which a server takes in place of an address. */
  readonly socket: Socket<number>
  /** Tells the old server that the new one serves. */
  ready(): Promise<void>
}

/**
 * handOver - wait for a successor of a server, give it the listening socket, and stop
 *
 * If the successor ends before it serves, the next one is waited for; meanwhile the server goes on.
 *
 * @param server the server
 * @param path where the successor asks: a Unix socket, which must not exist
 * @param options `deadline`: as of `shutdown`; `null`, without limit, by default. `signal`: gives up
 * @throws OSError EADDRINUSE; the signal's reason
 * @example
 * await handOver(server, '/run/echo.next', { deadline: 30 })
 * await server.serverClose()
 */
export async function handOver(
  server: Pick<TCPServer<number>, 'fileno' | 'shutdown'>,
  path: string,
  options: { readonly deadline?: number | null; readonly signal?: AbortSignal } = {},
): Promise<void> {
  if (typeof server?.fileno !== 'function' || typeof server.shutdown !== 'function')
    throw wrongType('handOver', 'server', 'a server', server)
  if (typeof options !== 'object' || options === null)
    throw wrongType('handOver', 'options', 'an object with deadline or signal', options)
  const { signal } = options
  const deadline = seconds('handOver', 'deadline', options.deadline ?? null)
  if (signal !== undefined && !(signal instanceof AbortSignal))
    throw wrongType('handOver', 'signal', 'an AbortSignal', signal)
  using door = new Socket(AF_UNIX, SOCK_SEQPACKET)
  door.bind(path)
  door.listen(1)
  for (;;) {
    const [successor] = await door.accept({ signal })
    using channel = successor
    await sendFds(channel, [HERE_IT_IS], [integer('handOver', 'fileno', server.fileno(), 0, 2 ** 31 - 1)])
    const answer = await channel.recv(I_SERVE.length, { signal }).catch((error) => {
      if (signal?.aborted) throw error
      return Buffer.alloc(0) // It is gone.
    })
    if (`${answer}` === I_SERVE) break
  }
  await server.shutdown(deadline)
}

/**
 * takeOver - get the listening socket of a server that waits in `handOver`
 *
 * @param path where it waits
 * @throws OSError ENOENT, ECONNREFUSED if nobody waits there
 * @example
 * const { socket, ready } = await takeOver('/run/echo.next')
 * const server = new AsyncTCPServer(socket, Echo)
 * const running = server.serveForever()
 * await ready()
 */
export async function takeOver(path: string): Promise<TakenOver> {
  const channel = new Socket(AF_UNIX, SOCK_SEQPACKET)
  try {
    await channel.connect(path)
    const [, [descriptor]] = await recvFds(channel, HERE_IT_IS.length, 1)
    const socket = new Socket<number>(undefined as never, undefined, undefined, descriptor)
    const ready = async (): Promise<void> => {
      try {
        await channel.send(I_SERVE)
      } finally {
        channel.close()
      }
    }
    return { socket, ready }
  } catch (error) {
    channel.close()
    throw error
  }
}
