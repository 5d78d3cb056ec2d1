// A worker that serves many requests at a time, on its event loop.
import { OSError } from '../../core/error-classes.ts'
import { osError } from '../../core/errors.ts'
import { recvFds } from '../../rights/async.ts'
import { Socket } from '../../socket.ts'
import { EMFILE } from '../../sys/errno.ts'
import { makeHandler } from '../handler-source.ts'
import {
  ARE_YOU_THERE,
  decode,
  encode,
  LONGEST_ORDERS,
  MOST_ORDERS,
  type Order,
  type Report,
  recordOf,
} from '../pool/messages.ts'
import { Outbox } from '../pool/outbox.ts'
import { runHandler } from '../running.ts'
import { connectionsOf } from './adopting.ts'
import { conclude, serverOf, type Task } from './task.ts'

/** Serves until the server closes its end, and then until the last request is over. */
export async function serveShared(channel: Socket<number>, task: Task): Promise<void> {
  const { family, type, proto } = task.beginning
  const server = serverOf(task)
  const own = task.descriptor < 0 ? null : new Socket<number>(family, type, proto, task.descriptor)
  const connectionOf = connectionsOf(channel, task)
  const outbox = new Outbox<Report>((reports) => sendReports(channel, reports))
  const running = new Set<number>()
  let whenIdle = (): void => {}

  const end = (report: Report): void => {
    outbox.add(report)
    running.delete(report[0])
    if (running.size === 0) whenIdle()
  }

  const serve = async (id: number, clientAddress: unknown, request: object): Promise<void> => {
    let error: unknown
    try {
      await runHandler(makeHandler(task.handler, request, clientAddress, server))
    } catch (reason) {
      error = reason ?? new Error('the handler failed without a reason')
    }
    end(conclude(id, request, error))
  }

  const take = ([id, clientAddress, packet]: Order, descriptor: number | undefined): void => {
    running.add(id)
    if (packet !== undefined) void serve(id, clientAddress, [packet, own])
    else if (descriptor !== undefined) void serve(id, clientAddress, connectionOf(descriptor))
    // The kernel closes what finds no place in the table of descriptors.
    else end([id, 0, 0, recordOf(osError(-EMFILE, 'recvmsg'))])
  }

  const room = own === null ? LONGEST_ORDERS.connections : LONGEST_ORDERS.datagrams
  for (;;) {
    const [message, descriptors] = await recvFds(channel, room, MOST_ORDERS)
    if (message.length === 0) break
    const said = decode<Order[] | typeof ARE_YOU_THERE>(message)
    if (said === ARE_YOU_THERE) await channel.send(message).catch(endWithServer)
    else
      said.forEach((order, index) => {
        take(order, descriptors[index])
      })
  }
  if (running.size > 0)
    await new Promise<void>((resolve) => {
      whenIdle = resolve
    })
  while (!outbox.isEmpty) await new Promise(setImmediate)
}

/** One that tells of an error goes alone, since it may be long. */
async function sendReports(channel: Socket<number>, reports: readonly Report[]): Promise<number> {
  const bad = reports.findIndex(([, , , error]) => error !== null)
  const count = bad < 0 ? Math.min(reports.length, MOST_REPORTS) : Math.max(1, bad)
  await channel.send(encode(reports.slice(0, count))).catch(endWithServer)
  return count
}

const MOST_REPORTS = 256

// There is nobody left to report to.
function endWithServer(error: unknown): void {
  if (!(error instanceof OSError)) throw error
  process.exit(1)
}
