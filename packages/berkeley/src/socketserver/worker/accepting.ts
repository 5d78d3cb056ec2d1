// A worker with a socket of its own: the kernel deals connections, or senders of datagrams, out among all that have the
// address with SO_REUSEPORT. It serves as AsyncTCPServer or AsyncUDPServer does, and tells its server what comes of it.
import { Socket } from '../../socket.ts'
import { SOCK_DGRAM } from '../../sys/constants.ts'
import { AsyncTCPServer, AsyncUDPServer } from '../async-servers.ts'
import type { AcceptorSettings } from '../pool/messages.ts'
import { ARE_YOU_THERE, encode, recordOf } from '../pool/messages.ts'
import type { Task } from './task.ts'

/** How long counts may be old when they are sent, in milliseconds. */
const STALENESS = 10

/** The server in the worker. */
export interface Acceptor extends AsyncTCPServer<number> {
  tell: (message: Buffer) => void
}

/** The server of the socket that came with the beginning. */
export function makeAcceptor(task: Task, settings: AcceptorSettings): Acceptor {
  const { family, type, proto } = task.beginning
  const Base = (type === SOCK_DGRAM ? AsyncUDPServer : AsyncTCPServer) as unknown as typeof AsyncTCPServer
  class Own extends Base<number> implements Acceptor {
    static override addressFamily = family
    static override maxRequests = settings.maxRequests
    static override proxyProtocol = settings.proxyProtocol
    static override proxyTimeout = settings.proxyTimeout
    static maxPacketSize = settings.maxPacketSize

    tell: (message: Buffer) => void = () => {}

    override handleError(_request: unknown, clientAddress: unknown, error: unknown): void {
      this.tell(encode({ clientAddress, failure: recordOf(error) }))
    }
  }
  return new Own(new Socket<number>(family, type, proto, task.descriptor), task.handler)
}

/** Serves until the server closes its end, and then until the last request is over. */
export async function serveAccepting(channel: Socket<number>, acceptor: Acceptor): Promise<void> {
  let last = ''
  const tellCounts = (): void => {
    const { accepted, active, refused, failed, paused, bytesReceived, bytesSent } = acceptor.stats()
    const counts = { accepted, active, refused, failed, paused, bytesReceived, bytesSent }
    const now = JSON.stringify(counts)
    if (now !== last) acceptor.tell(encode({ counts }))
    last = now
  }
  // There is nobody left to tell when sending fails.
  acceptor.tell = (message) => void channel.send(message).catch(() => process.exit(1))
  const timer = setInterval(tellCounts, STALENESS)
  const running = acceptor.serveForever()
  for (let question = await channel.recv(1024); question.length > 0; question = await channel.recv(1024))
    acceptor.tell(encode(ARE_YOU_THERE))
  await acceptor.shutdown(null)
  await running
  await acceptor.serverClose()
  clearInterval(timer)
  tellCounts()
}
