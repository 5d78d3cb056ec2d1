// Threads that make blocking calls, so that a test can go on while one waits. A call is performed by the blocking
// Socket class, over a duplicate of the descriptor; its arguments, result and error cross as messages.
import { types } from 'node:util'
import { Worker } from 'node:worker_threads'
import * as berkeley from 'berkeley/blocking'
import type { AnySocket, Pending } from './worlds.ts'

export interface Call {
  readonly descriptor: number
  readonly family: number
  readonly type: number
  readonly proto: number
  readonly timeout: number | null
  readonly name: string
  readonly args: readonly unknown[]
}

export type Answer =
  | { readonly kind: 'ready' | 'waiting' }
  | { readonly kind: 'value'; readonly value: unknown; readonly memory: unknown }
  | { readonly kind: 'error'; readonly name: string; readonly fields: object }

const threads: Worker[] = []
const idle: Worker[] = []

/** Started before the first test, since a thread has descriptors of its own. */
export async function startThreads(count: number): Promise<void> {
  while (threads.length < count) {
    const worker = new Worker(new URL('./blocking-thread.js', import.meta.url))
    await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject))
    worker.unref()
    threads.push(worker)
    idle.push(worker)
  }
}

export async function stopThreads(): Promise<void> {
  for (const worker of threads) await worker.terminate()
}

/** Begins a call on a thread of its own. */
export function beginOnThread(socket: AnySocket, name: string, args: readonly unknown[]): Pending<unknown> {
  const worker = idle.pop()
  if (!worker) throw new Error('every thread is busy: startThreads() with more')
  worker.ref()
  let nowWaiting = (): void => {}
  let notWaiting = (_reason: Error): void => {}
  const waiting = new Promise<void>((resolve, reject) => {
    nowWaiting = resolve
    notWaiting = reject
  })
  const result = new Promise((resolve, reject) => {
    worker.on('message', function hear(answer: Answer) {
      if (answer.kind === 'waiting') return nowWaiting()
      worker.off('message', hear).unref()
      idle.push(worker)
      notWaiting(new Error(`${name} did not have to wait`))
      if (answer.kind === 'error') return reject(revivedError(answer.name, answer.fields))
      if (answer.kind === 'value') resolve(received(socket, name, args, answer))
    })
  })
  const { family, type, proto, timeout } = socket
  worker.postMessage({
    descriptor: socket.fileno(),
    family,
    type,
    proto,
    timeout,
    name,
    args: args.map(portable),
  })
  for (const promise of [waiting, result]) promise.catch(() => {})
  return { waiting, result }
}

/** A FileHandle would be moved to the thread; any object with its `fd` is a file as well. */
function portable(argument: unknown): unknown {
  const handle = argument as { fd?: unknown } | null
  return typeof handle === 'object' && typeof handle?.fd === 'number' ? { fd: handle.fd } : argument
}

function received(
  socket: AnySocket,
  name: string,
  args: readonly unknown[],
  answer: Answer & { kind: 'value' },
): unknown {
  if (name === 'accept') {
    const [descriptor, address] = answer.value as [number, unknown]
    return [new berkeley.Socket(socket.family, socket.type, socket.proto, descriptor), revived(address)]
  }
  if (name.endsWith('Into')) {
    const filled = [answer.memory].flat().map(memoryOf)
    for (const [index, memory] of [args[0]].flat().map(memoryOf).entries()) memory.set(filled[index]!)
  }
  return revived(answer.value)
}

/** All the memory under a view, since what must not be written is as telling as what must. */
function memoryOf(buffer: unknown): Uint8Array {
  return new Uint8Array(ArrayBuffer.isView(buffer) ? buffer.buffer : (buffer as ArrayBuffer))
}

/** A Buffer arrives as a Uint8Array. */
function revived(value: unknown): unknown {
  if (types.isUint8Array(value)) return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  return Array.isArray(value) ? value.map(revived) : value
}

function revivedError(name: string, fields: object): unknown {
  const classes = { ...globalThis, ...berkeley, TypeError, RangeError } as unknown as Record<
    string,
    { prototype: object }
  >
  const values = Object.entries(fields).map(([field, value]) => [field, revived(value)])
  return Object.assign(Object.create(classes[name]?.prototype ?? Error.prototype), Object.fromEntries(values))
}
