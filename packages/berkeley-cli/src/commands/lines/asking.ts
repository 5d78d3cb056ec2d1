// One question and its answer: sends a line and waits until the answer is whole.
// Rule: one deadline covers both, so neither a peer that never reads nor one that answers byte by byte holds it up.
import { BlockingIOError, MSG_DONTWAIT, OSError, type Socket } from 'berkeley'
import { Deadline } from '../../deadline.ts'
import { reasonOf } from '../../failure-reason.ts'
import { LineReader, LineTooLong } from '../../line-reader.ts'

export const ANSWERS = ['line', 'chunk'] as const
export type AnswerKind = (typeof ANSWERS)[number]

export interface AskingOptions {
  /** What ends an answer: a line feed, or just what comes in one piece. Datagrams are whole. */
  readonly answer: AnswerKind
  readonly datagram: boolean
  /** Seconds for a question and its answer. */
  readonly timeout: number
  /** Bytes of an answer. */
  readonly lineLimit: number
  readonly signal: AbortSignal
}

/** Why there was no answer. */
export class NoAnswer extends Error {
  /** Whether the next line may be answered: a datagram was lost, the rest is well. */
  readonly isLoss: boolean

  constructor(reason: string, isLoss = false) {
    super(reason)
    this.isLoss = isLoss
  }
}

const CHUNK = 65_536

export class Asking {
  readonly #socket: Socket<number>
  readonly #options: AskingOptions
  readonly #reader: LineReader
  #deadline: Deadline | null = null

  constructor(socket: Socket<number>, options: AskingOptions) {
    this.#socket = socket
    this.#options = options
    this.#reader = new LineReader(() => this.#receive(), options.lineLimit)
  }

  /** The answer, without the end of its line. */
  async ask(question: Buffer): Promise<Buffer> {
    const { timeout, signal, datagram, lineLimit } = this.#options
    const deadline = new Deadline(timeout, signal)
    this.#deadline = deadline
    try {
      if (datagram) await this.#forgetLateAnswers()
      await this.#socket.sendall(question, { signal: deadline.signal })
      return await this.#answer()
    } catch (error) {
      if (signal.aborted) throw signal.reason
      if (deadline.hasPassed) throw new NoAnswer(`no answer within ${timeout} s`, datagram)
      if (error instanceof LineTooLong)
        throw new NoAnswer(`an answer of more than ${lineLimit} bytes; a larger --line-limit allows it`)
      if (error instanceof OSError) throw new NoAnswer(reasonOf(error))
      throw error
    } finally {
      deadline.clear()
    }
  }

  async #answer(): Promise<Buffer> {
    if (this.#options.datagram) return this.#receive()
    const answer = this.#options.answer === 'line' ? await this.#reader.next() : await this.#receive()
    if (answer === null || answer.length === 0) {
      // An empty line is an answer; the end of the connection is none.
      if (answer === null || this.#options.answer === 'chunk')
        throw new NoAnswer('the other side closed the connection without an answer')
    }
    return answer
  }

  #receive(): Promise<Buffer> {
    const signal = this.#deadline?.signal
    return this.#socket.recv(CHUNK, signal === undefined ? {} : { signal })
  }

  /** What comes after its time would be taken for the answer to the next line. */
  async #forgetLateAnswers(): Promise<void> {
    try {
      for (;;) await this.#socket.recv(1, MSG_DONTWAIT)
    } catch (error) {
      if (!(error instanceof BlockingIOError)) throw error
    }
  }
}
