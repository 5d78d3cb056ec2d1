// A conversation over a connection: standard input goes out, what comes in goes to standard output.
// Rule: each direction has one buffer, and reads into it only when the other end has taken what was in it. The end of
//       standard input is passed on as a half-close; what still comes is waited for.
import { OSError, SHUT_WR, type Socket } from 'berkeley'
import { CommandFailure } from '../../exit-status.ts'
import { reasonOf } from '../../failure-reason.ts'
import { closeLosslessly } from '../../lossless-close.ts'
import type { Activity } from './activity.ts'
import type { Input } from './standard-input.ts'
import type { Output } from './standard-output.ts'
import type { Tap } from './tap.ts'

const BUFFER_SIZE = 65_536
const GONE = new Set(['EPIPE', 'ECONNRESET'])

export interface TalkOptions {
  readonly input: Input
  readonly output: Output
  readonly tap: Tap
  readonly activity: Activity
  /** What comes is of no interest: it is over when standard input is. */
  readonly sendOnly: boolean
  /** It is over when the other side has ended, though there may be more to send. */
  readonly endsWithPeer: boolean
  /** What was received already. */
  readonly received: Buffer
  readonly signal: AbortSignal
}

/** Talks until both directions have ended. Throws CommandFailure where bytes may be lost. */
export async function talk(socket: Socket<number>, options: TalkOptions): Promise<void> {
  const { tap, sendOnly, endsWithPeer, signal } = options
  const stopSending = new AbortController()
  const abort = () => stopSending.abort(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  try {
    const sending = send(socket, options, stopSending.signal)
    if (sendOnly) {
      await sending
      return await closeLosslessly(socket, signal)
    }
    // Seen below; meanwhile what comes is read to its end, whatever became of sending.
    sending.catch(() => {})
    await receive(socket, options)
    if (endsWithPeer) stopSending.abort(PEER_ENDED)
    await sending.catch((error) => {
      if (error !== PEER_ENDED) throw error
    })
  } catch (error) {
    signal.throwIfAborted()
    await tap.broken()
    throw error instanceof OSError ? new CommandFailure(reasonOf(error), { cause: error }) : error
  } finally {
    stopSending.abort()
    signal.removeEventListener('abort', abort)
  }
}

const PEER_ENDED = new Error('the other side has ended')

async function send(socket: Socket<number>, options: TalkOptions, signal: AbortSignal): Promise<void> {
  const { input, tap, activity } = options
  const buffer = Buffer.allocUnsafe(BUFFER_SIZE)
  try {
    for (;;) {
      const bytes = await input.read(buffer, signal)
      if (bytes === null) break
      await tap.bytes('sent', bytes)
      await sendCounted(socket, bytes, activity, signal)
    }
    await tap.end('sent')
    socket.shutdown(SHUT_WR)
  } catch (error) {
    if (signal.aborted) throw signal.reason
    if (!(error instanceof OSError && (GONE.has(error.code) || error.code === 'ENOTCONN'))) throw error
    throw new CommandFailure('the other side closed before everything was sent', { cause: error })
  }
}

/** By pieces, so that a slow reader is told from one that does not read. */
async function sendCounted(
  socket: Socket<number>,
  bytes: Buffer,
  activity: Activity,
  signal: AbortSignal,
): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const count = await socket.send(bytes.subarray(at), { signal })
    activity.count('sent', count)
    at += count
  }
}

async function receive(socket: Socket<number>, options: TalkOptions): Promise<void> {
  const { output, tap, activity, signal } = options
  const pass = async (bytes: Buffer) => {
    activity.count('received', bytes.length)
    await tap.bytes('received', bytes)
    await output.write(bytes, signal)
    activity.touch()
  }
  if (options.received.length > 0) await pass(options.received)
  const buffer = Buffer.allocUnsafe(BUFFER_SIZE)
  for (;;) {
    const count = await socket.recvInto(buffer, { signal })
    if (count === 0) break
    await pass(buffer.subarray(0, count))
  }
  await tap.end('received')
}
