// Asks one host for its record: connect, send `get`, read until the answer is whole.
// Rule: one deadline covers all of it, looking a name up included, and every way it can end is a student or a
//       failure with its reason; only an interruption is thrown.
import { createConnection, gaierror, OSError, type Socket } from 'berkeley'
import type { Target } from '../../addresses.ts'
import { Deadline } from '../../deadline.ts'
import type { Failure, FailureReason } from './failure.ts'
import { Reply } from './reply.ts'
import type { Reading } from './student.ts'

export interface AskOptions {
  /** Seconds for everything. */
  readonly timeout: number
  readonly signal: AbortSignal
}

const UNREACHABLE = new Set(['EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'ENETDOWN', 'ENONET'])
const RESET = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED'])

export async function askHost(target: Target, { timeout, signal }: AskOptions): Promise<Reading> {
  const deadline = new Deadline(timeout, signal)
  let reply: Reply | null = null
  let socket: Socket<number> | null = null
  try {
    socket = await createConnection([target.host, target.port], { signal: deadline.signal })
    reply = new Reply()
    return await readReply(socket, reply, deadline.signal)
  } catch (error) {
    if (deadline.hasPassed) return { failure: timedOut(timeout, reply) }
    signal.throwIfAborted()
    return { failure: explain(error, target, reply) }
  } finally {
    deadline.clear()
    socket?.close()
  }
}

async function readReply(socket: Socket<number>, reply: Reply, signal: AbortSignal): Promise<Reading> {
  // A host that speaks first may have answered and closed by now: then sending fails, but its answer can
  // still be read.
  await socket.sendall('get\n', { signal }).catch(ignoreLostConnection)
  while (!reply.isWhole && !reply.isTooLong) {
    const count = await socket.recvInto(reply.space, { signal })
    if (count === 0) break
    reply.add(count)
  }
  return reply.read()
}

function ignoreLostConnection(error: unknown): void {
  if (!(error instanceof OSError && RESET.has(error.code))) throw error
}

function timedOut(seconds: number, reply: Reply | null): Failure {
  if (reply === null) {
    return failure('timed-out-connecting', `timed out after ${seconds} s, while connecting`)
  }
  const moment = reply.length === 0 ? 'waiting for the answer' : `${reply.length} bytes into the answer`
  return failure('timed-out-answering', `timed out after ${seconds} s, ${moment}`)
}

function explain(error: unknown, target: Target, reply: Reply | null): Failure {
  if (error instanceof gaierror) return failure('unknown-name', `no such host: ${error.message}`)
  if (!(error instanceof OSError)) throw error
  const { code } = error
  if (code === 'ECONNREFUSED') return failure('refused', `refused: nobody listens on port ${target.port}`)
  if (code === 'ETIMEDOUT') return failure('timed-out-connecting', 'timed out: the system gave up')
  if (UNREACHABLE.has(code)) return failure('unreachable', `unreachable: ${error.strerror}`)
  if (RESET.has(code)) return failure('reset', resetDetail(reply))
  if (code === 'EMFILE' || code === 'ENFILE') {
    return failure('system', `${error.strerror}: try a smaller --concurrency`)
  }
  return failure('system', error.message)
}

function resetDetail(reply: Reply | null): string {
  if (reply === null) return 'reset while connecting'
  if (reply.length === 0) return 'reset before an answer'
  return `reset ${reply.length} bytes into the answer`
}

function failure(reason: FailureReason, detail: string): Failure {
  return { reason, detail }
}
