// One visit at a student's server: read a line, answer with a line, close.
// Rule: a visitor can hold the connection only as long as the limits say. One who is silent, slow or endless
//       is told so and cut off; whatever happens, the socket is closed and the visit has one line in the log.
import { OSError, type Socket, TimeoutError } from 'berkeley'
import { Deadline } from '../../deadline.ts'
import { closeLosslessly } from '../../lossless-close.ts'
import type { Student } from './student.ts'

export interface ConversationLimits {
  /** Seconds of silence. */
  readonly idle: number
  /** Seconds for the whole request. */
  readonly total: number
  /** Bytes of the request, without its line feed. */
  readonly line: number
}

export interface Answer {
  readonly text: string
  /** What the log calls it. */
  readonly summary: string
}

/** What is answered to a line; it may take its time. */
export type Respond = (request: string) => Answer | Promise<Answer>

export interface Visit {
  /** The line the visitor sent; null if none came. */
  readonly asked: string | null
  /** What the visitor got, or why nothing. */
  readonly got: string
}

type Request = { readonly line: string } | { readonly refusal: string } | null

/** Answers `get` with the record, anything else with an error. */
export function respondWith({ id, height, weight, size }: Student): Respond {
  const record = { text: JSON.stringify({ id, height, weight, size }), summary: 'the record' }
  return (request) => (request === 'get' ? record : errorAnswer('unknown request; send get'))
}

/** Talks with a visitor until the socket is closed. */
export async function converse(
  socket: Socket<number>,
  respond: Respond,
  limits: ConversationLimits,
  interruption: AbortSignal,
): Promise<Visit> {
  let asked: string | null = null
  try {
    const request = await readRequest(socket, limits, interruption)
    if (request === null) return { asked, got: 'nothing: it left without asking' }
    if ('line' in request) asked = request.line
    const answer = 'line' in request ? await respond(request.line) : errorAnswer(request.refusal)
    await socket.sendall(`${answer.text}\n`, { signal: interruption })
    await closeLosslessly(socket, interruption)
    return { asked, got: answer.summary }
  } catch (error) {
    if (interruption.aborted) return { asked, got: 'nothing: the server stops' }
    if (!(error instanceof OSError)) throw error
    return { asked, got: `nothing: ${error.message}` }
  } finally {
    socket.close()
  }
}

function errorAnswer(message: string): Answer {
  return { text: JSON.stringify({ error: message }), summary: `an error: ${message}` }
}

/** The line asked, why it is refused, or null when the visitor left without a word. */
async function readRequest(
  socket: Socket<number>,
  limits: ConversationLimits,
  interruption: AbortSignal,
): Promise<Request> {
  const deadline = new Deadline(limits.total, interruption)
  socket.settimeout(limits.idle)
  try {
    return await readLine(socket, limits.line, deadline.signal)
  } catch (error) {
    if (deadline.hasPassed) return { refusal: `no whole request within ${limits.total} s` }
    if (error instanceof TimeoutError) return { refusal: `silent for ${limits.idle} s` }
    throw error
  } finally {
    deadline.clear()
  }
}

async function readLine(socket: Socket<number>, longest: number, signal: AbortSignal): Promise<Request> {
  const buffer = Buffer.allocUnsafe(longest + 1)
  let length = 0
  while (length <= longest) {
    const count = await socket.recvInto(buffer.subarray(length), { signal })
    // A line without its end counts when the visitor has said that no more will come.
    if (count === 0) return length === 0 ? null : { line: lineOf(buffer.subarray(0, length)) }
    const end = buffer.subarray(0, length + count).indexOf('\n', length)
    if (end >= 0) return { line: lineOf(buffer.subarray(0, end)) }
    length += count
  }
  return { refusal: `request longer than ${longest} bytes` }
}

function lineOf(bytes: Buffer): string {
  return bytes.toString('utf8').replace(/\r$/, '')
}
