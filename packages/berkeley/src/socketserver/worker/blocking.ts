// A worker that serves one request at a time, with blocking sockets.

import { osError } from '../../core/errors.ts'
import { recvFds } from '../../rights/blocking.ts'
import { BlockingSocket } from '../../socket.ts'
import { AF_UNIX, SOCK_SEQPACKET } from '../../sys/constants.ts'
import { EMFILE } from '../../sys/errno.ts'
import { makeHandler } from '../handler-source.ts'
import { decode, encode, LONGEST_ORDERS, type Order, recordOf } from '../pool/messages.ts'
import { callAll, serving } from '../running.ts'
import { connectionsOf } from './adopting.ts'
import { conclude, serverOf, type Task } from './task.ts'

/** Serves until the server closes its end. */
export function serveBlocking(channelDescriptor: number, task: Task): void {
  const { family, type, proto } = task.beginning
  const channel = new BlockingSocket<number>(AF_UNIX, SOCK_SEQPACKET, 0, channelDescriptor)
  const server = serverOf(task)
  const own = task.descriptor < 0 ? null : new BlockingSocket<number>(family, type, proto, task.descriptor)
  const connectionOf = connectionsOf(channel, task)
  const room = own === null ? LONGEST_ORDERS.connections : LONGEST_ORDERS.datagrams
  for (;;) {
    const [message, [descriptor]] = recvFds(channel, room, 1)
    if (message.length === 0) return
    // It has one request at a time.
    const [[id, clientAddress, packet]] = decode<[Order]>(message)
    if (packet === undefined && descriptor === undefined) {
      // The kernel closes what finds no place in the table of descriptors.
      channel.send(encode([[id, 0, 0, recordOf(osError(-EMFILE, 'recvmsg'))]]))
      continue
    }
    const request = packet === undefined ? connectionOf(descriptor!) : [packet, own]
    let error: unknown
    try {
      callAll(serving(makeHandler(task.handler, request, clientAddress, server)))
    } catch (reason) {
      error = reason ?? new Error('the handler failed without a reason')
    }
    channel.send(encode([conclude(id, request, error)]))
  }
}
