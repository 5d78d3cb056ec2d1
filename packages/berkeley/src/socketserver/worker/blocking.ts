// A worker that serves one request at a time, with blocking sockets.
import { recvFds } from '../../rights/blocking.ts'
import { BlockingSocket } from '../../socket.ts'
import { AF_UNIX, SOCK_SEQPACKET } from '../../sys/constants.ts'
import { makeHandler } from '../handler-source.ts'
import { decode, encode, type Order } from '../pool/messages.ts'
import { callAll, serving } from '../running.ts'
import { conclude, roomForOrder, serverOf, type Task } from './task.ts'

/** Serves until the server closes its end. */
export function serveBlocking(channelDescriptor: number, task: Task): void {
  const { family, type, proto } = task.beginning
  const channel = new BlockingSocket<number>(AF_UNIX, SOCK_SEQPACKET, 0, channelDescriptor)
  const server = serverOf(task)
  const own = task.descriptor < 0 ? null : new BlockingSocket<number>(family, type, proto, task.descriptor)
  const room = roomForOrder(task)
  for (;;) {
    const [message, [descriptor]] = recvFds(channel, room, 1)
    if (message.length === 0) return
    const [id, clientAddress, packet] = decode<Order>(message)
    const request =
      packet === undefined ? new BlockingSocket<number>(family, type, proto, descriptor) : [packet, own]
    let error: unknown
    try {
      callAll(serving(makeHandler(task.handler, request, clientAddress, server)))
    } catch (reason) {
      error = reason ?? new Error('the handler failed without a reason')
    }
    channel.send(encode(conclude(id, request, error)))
  }
}
