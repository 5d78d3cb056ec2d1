// What runs in a thread or process of a server: it gets its end of the channel, the beginning, and then requests.

import { constants } from 'node:os'
import { isMainThread, parentPort, workerData } from 'node:worker_threads'
import { check } from '../../base-socket.ts'
import { recvFds } from '../../rights/async.ts'
import { Socket } from '../../socket.ts'
import { AF_UNIX, SOCK_SEQPACKET } from '../../sys/constants.ts'
import { native } from '../../sys/native.ts'
import { loadHandler } from '../handler-source.ts'
import { CHANNEL_DESCRIPTOR, type ThreadData } from '../pool/bodies.ts'
import { type Beginning, decode, encode, recordOf } from '../pool/messages.ts'
import { makeAcceptor, serveAccepting } from './accepting.ts'
import { serveBlocking } from './blocking.ts'
import { serveShared } from './shared.ts'
import type { Task } from './task.ts'

const LONGEST_BEGINNING = 65_536

/** Serves until the server closes its end. */
export async function startWorker(): Promise<void> {
  const channel = isMainThread ? channelOfProcess() : channelOfThread()
  const [message, descriptors] = await recvFds(channel, LONGEST_BEGINNING, 1)
  if (message.length === 0) return end()
  const [descriptor = -1] = descriptors
  // Closed with this thread from now on, also if that ends while the handler is loaded.
  if (descriptor >= 0) check(native.adopt(descriptor), 'adopt')
  const beginning = decode<Beginning>(message)
  let task: Task
  let acceptor: ReturnType<typeof makeAcceptor> | null = null
  try {
    const handler = await loadHandler(new URL(beginning.handler))
    task = { handler, beginning, descriptor }
    if (beginning.acceptor !== undefined) acceptor = makeAcceptor(task, beginning.acceptor)
  } catch (error) {
    await channel.send(encode({ error: recordOf(error) }))
    return end()
  }
  const { blocking = false, maxRequestTime = null } = task.handler as {
    blocking?: boolean
    maxRequestTime?: number | null
  }
  await channel.send(encode({ blocking, maxRequestTime }))
  if (acceptor !== null) await serveAccepting(channel, acceptor)
  else if (blocking) serveBlocking(channel.detach(), task)
  else await serveShared(channel, task)
  end()
}

function channelOfThread(): Socket<number> {
  const { descriptor, taken } = workerData as ThreadData
  // Before it is ours, somebody else closes it.
  if (Atomics.exchange(taken, 0, 1) !== 0) process.exit(1)
  parentPort?.unref()
  return new Socket<number>(AF_UNIX, SOCK_SEQPACKET, 0, descriptor)
}

function channelOfProcess(): Socket<number> {
  check(native.set_parent_death_signal(constants.signals.SIGKILL), 'prctl')
  // Ctrl-C goes to all processes of the terminal; it is the server that decides what becomes of its requests.
  process.on('SIGINT', () => {})
  const channel = new Socket<number>(AF_UNIX, SOCK_SEQPACKET, 0, CHANNEL_DESCRIPTOR)
  channel.setInheritable(false)
  return channel
}

// Whatever handlers have left behind must not keep it alive.
function end(): never {
  process.exit(0)
}
