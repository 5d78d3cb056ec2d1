// Node's HTTP on our own sockets: each connection that is accepted is given to it as a stream.
// Rule: as everywhere in the accept loop, a client can end only its own connection; and when the signal says so, all of
//       them are gone at once.
import { createServer, type RequestListener } from 'node:http'
import type { Socket } from 'berkeley'
import { toDuplex } from 'berkeley/stream'
import { type AcceptOptions, acceptConnections } from '../accept-loop.ts'

/** Milliseconds in which nothing moved on a connection. What lasts, as a stream of events, says something now and then. */
const IDLE_MILLISECONDS = 60_000

export interface HttpOptions extends AcceptOptions {
  /** Milliseconds for a request to come, whole. */
  readonly patience?: number
}

/** Serves until the signal; then every connection and the listener are closed. */
export async function serveHttp(
  listener: Socket<number>,
  answer: RequestListener,
  { patience = 10_000, ...options }: HttpOptions,
): Promise<void> {
  const http = createServer(
    {
      maxHeaderSize: 16_384,
      headersTimeout: patience,
      requestTimeout: patience,
      connectionsCheckingInterval: Math.ceil(patience / 4),
    },
    answer,
  )
  // With that Node begins to look for requests that take too long.
  http.emit('listening')
  http.timeout = IDLE_MILLISECONDS
  const { signal } = options
  const converse = async (socket: Socket<number>) => {
    const stream = toDuplex(socket)
    const closed = new Promise<void>((resolve) => stream.once('close', resolve))
    // Whoever reads or writes is told as well; a visitor who leaves is nothing to complain about.
    stream.on('error', () => {})
    const leave = () => stream.destroy()
    signal.addEventListener('abort', leave)
    http.emit('connection', stream)
    await closed
    signal.removeEventListener('abort', leave)
  }
  try {
    await acceptConnections(listener, converse, options)
  } finally {
    listener.close()
    http.close() // ends that looking
  }
}
