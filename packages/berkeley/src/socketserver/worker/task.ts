// What a worker does with one request, in either form.
import { OSError } from '../../core/error-classes.ts'
import type { BlockingSocket, Socket } from '../../socket.ts'
import { SHUT_WR } from '../../sys/constants.ts'
import type { RequestHandlerClass } from '../handler-source.ts'
import type { RequestServer } from '../handlers.ts'
import type { Beginning, Report } from '../pool/messages.ts'
import { recordOf } from '../pool/messages.ts'
import { bytesMoved } from '../request.ts'

/** What a worker was started for. */
export interface Task {
  readonly handler: RequestHandlerClass
  readonly beginning: Beginning
  /** The server's socket, where requests are datagrams; otherwise -1. */
  readonly descriptor: number
}

/** The server, as handlers know it. */
export function serverOf({ beginning: { serverAddress, family, type } }: Task): RequestServer {
  return { serverAddress, addressFamily: family, socketType: type }
}

/** As the server's own `shutdownRequest`: says that nothing more will come, and closes. Gives the report of the request. */
export function conclude(id: number, request: Socket | BlockingSocket | object, error: unknown): Report {
  const { received: counted, sent } = bytesMoved(request)
  const received = Array.isArray(request) ? (request[0] as Buffer).length : counted
  if ('fileno' in request) {
    try {
      request.shutdown(SHUT_WR)
    } catch (reason) {
      // The client may be gone already.
      if (!(reason instanceof OSError)) throw reason
    }
    request.close()
  }
  return [id, received, sent, error === undefined ? null : recordOf(error)]
}
