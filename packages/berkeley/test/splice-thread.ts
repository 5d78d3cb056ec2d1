// A thread that splices in the blocking form, so that a test can go on while it waits. Over duplicates of the sockets.
import { parentPort, Worker } from 'node:worker_threads'
import { fromfd, type SpliceProgress, splice } from 'berkeley/blocking'
import { native } from '#sys/native.js'
import type { AnySocket } from './worlds.ts'

interface Task {
  readonly sockets: readonly { fd: number; family: number; type: number; timeout: number | null }[]
  readonly count: number | null
}

/** How it ended. */
export interface Outcome {
  readonly moved?: number
  readonly error?: { readonly name: string; readonly code: string; readonly syscall: string }
  readonly progress: SpliceProgress
  /** How often the thread slept in poll(2). */
  readonly sleeps: number
}

/** Splices on a thread of its own. */
export async function spliceOnThread(
  source: AnySocket,
  target: AnySocket,
  count: number | null = null,
): Promise<Outcome> {
  const sockets = [source, target].map((socket) => {
    const { family, type, timeout } = socket
    return { fd: socket.fileno(), family, type, timeout }
  })
  const worker = new Worker(new URL(import.meta.url), { workerData: 'splice' })
  try {
    return await new Promise((resolve, reject) => {
      worker.once('message', resolve).once('error', reject)
      worker.postMessage({ sockets, count } satisfies Task)
    })
  } finally {
    await worker.terminate()
  }
}

parentPort?.once('message', ({ sockets, count }: Task) => {
  const [source, target] = sockets.map(({ fd, family, type, timeout }) => {
    const socket = fromfd(fd, family, type)
    socket.settimeout(timeout)
    return socket
  })
  let sleeps = 0
  const { poll } = native
  native.poll = (pollfds, number, milliseconds) => {
    if (milliseconds > 0) sleeps++
    return poll(pollfds, number, milliseconds)
  }
  const progress: SpliceProgress = { moved: 0 }
  let ended: Pick<Outcome, 'moved' | 'error'>
  try {
    ended = { moved: splice(source!, target!, { count, progress }) }
  } catch (thrown) {
    const { name, code, syscall } = thrown as { name: string; code: string; syscall: string }
    ended = { error: { name, code, syscall } }
  }
  source!.close()
  target!.close()
  parentPort!.postMessage({ ...ended, progress, sleeps } satisfies Outcome)
})
