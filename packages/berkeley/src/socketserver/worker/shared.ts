// A worker that serves many requests at a time, on its event loop.
import { OSError } from '../../core/error-classes.ts'
import { recvFds } from '../../rights/async.ts'
import { Socket } from '../../socket.ts'
import { makeHandler } from '../handler-source.ts'
import { ARE_YOU_THERE, decode, encode, type Order } from '../pool/messages.ts'
import { runHandler } from '../running.ts'
import { conclude, roomForOrder, serverOf, type Task } from './task.ts'

/** Serves until the server closes its end, and then until the last request is over. */
export async function serveShared(channel: Socket<number>, task: Task): Promise<void> {
  const { family, type, proto } = task.beginning
  const server = serverOf(task)
  const own = task.descriptor < 0 ? null : new Socket<number>(family, type, proto, task.descriptor)
  const running = new Set<Promise<void>>()

  const serve = async (id: number, clientAddress: unknown, request: object): Promise<void> => {
    let error: unknown
    try {
      await runHandler(makeHandler(task.handler, request, clientAddress, server))
    } catch (reason) {
      error = reason ?? new Error('the handler failed without a reason')
    }
    await channel.send(encode(conclude(id, request, error)))
  }

  const room = roomForOrder(task)
  for (;;) {
    const [message, [descriptor]] = await recvFds(channel, room, 1)
    if (message.length === 0) break
    const order = decode<Order | typeof ARE_YOU_THERE>(message)
    if (order === ARE_YOU_THERE) {
      await channel.send(message)
      continue
    }
    const [id, clientAddress, packet] = order
    const request = packet === undefined ? new Socket<number>(family, type, proto, descriptor) : [packet, own]
    const serving = serve(id, clientAddress, request).catch(endWithServer)
    running.add(serving)
    void serving.finally(() => running.delete(serving))
  }
  await Promise.all(running)
}

// There is nobody left to report to.
function endWithServer(error: unknown): void {
  if (!(error instanceof OSError)) throw error
  process.exit(1)
}
