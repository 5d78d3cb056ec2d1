// What a worker runs in: a thread, or a child process. Both get their end of the channel by descriptor, and run the same
// program.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { close } from '../../create/server.ts'
import type { Socket } from '../../socket.ts'
import { workerEntry } from '../../worker-entry.ts'

/** A thread or a process. */
export interface Body {
  /** Its number: a thread's or a process's. */
  readonly id: number
  /** When and why it ended. */
  readonly ended: Promise<string>
  /** Ends it at once. */
  kill(): void
  /** Whether it keeps this process alive. */
  reference(on: boolean): void
}

/** Starts a worker with its end of the channel, which it owns from then on, whatever happens. */
export type StartBody = (end: Socket<number>) => Body

/** What a thread is started with. */
export interface ThreadData {
  readonly descriptor: number
  /** Becomes 1 when the descriptor is the thread's. */
  readonly taken: Int32Array
}

export const startThread: StartBody = (end) => {
  const taken = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
  const descriptor = end.detach()
  const abandon = (): void => {
    // A thread that ended before its program began has not taken it.
    if (Atomics.exchange(taken, 0, 1) === 0) close(descriptor)
  }
  let thread: Worker
  try {
    const workerData: ThreadData = { descriptor, taken }
    thread = new Worker(workerEntry, { workerData, name: 'socketserver' })
  } catch (error) {
    abandon()
    throw error
  }
  thread.unref()
  const id = thread.threadId
  const ended = new Promise<string>((resolve) => {
    let reason: string | null = null
    thread.on('error', (error) => {
      reason = `${error instanceof Error ? error.stack : error}`
    })
    thread.on('exit', (status) => {
      abandon()
      resolve(reason ?? `exit status ${status}`)
    })
  })
  return {
    id,
    ended,
    kill: () => void thread.terminate(),
    reference: (on) => (on ? thread.ref() : thread.unref()),
  }
}

/** Where a child process finds its end of the channel. */
export const CHANNEL_DESCRIPTOR = 3

export const startProcess: StartBody = (end) => {
  const child = spawn(process.execPath, [...flags(), fileURLToPath(workerEntry)], {
    stdio: ['ignore', 'inherit', 'inherit', end.fileno()],
  })
  end.close()
  child.unref()
  const ended = new Promise<string>((resolve) => {
    child.on('error', (error) => resolve(error.message))
    child.on('exit', (status, signal) => resolve(signal ?? `exit status ${status}`))
  })
  return {
    id: child.pid ?? -1,
    ended,
    kill: () => void child.kill('SIGKILL'),
    reference: (on) => (on ? child.ref() : child.unref()),
  }
}

// As child_process.fork has it: how this Node was started, but not what for.
function flags(): string[] {
  const kept: string[] = []
  for (let at = 0; at < process.execArgv.length; at++) {
    const flag = process.execArgv[at]!
    if (/^(-e|--eval|-p|-pe|--print)$/.test(flag)) at++
    else if (!/^--(inspect|test|eval|print)\b/.test(flag)) kept.push(flag)
  }
  return kept
}
