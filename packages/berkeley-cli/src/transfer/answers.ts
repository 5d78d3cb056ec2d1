// What the receiver may say, by what was said to it: the sender's memory of a transfer.
// Rule: an answer without its question ends the transfer.
import { printable } from '../printable.ts'
import { PeerRefusal } from './failures.ts'
import { type HaveMessage, ProtocolError, type ReceiverMessage } from './protocol.ts'
import type { FileOutcome, TransferEvents } from './transfer-events.ts'

export type Refusal = Extract<ReceiverMessage, { kind: 'refuse' }>

interface Question {
  resolve(answer: HaveMessage | Refusal): void
  reject(error: unknown): void
}

export class Answers {
  readonly #events: TransferEvents
  /** What was announced, until the receiver says what it has of it. */
  readonly #questions = new Map<number, Question>()
  /** What was sent, until the receiver says that it has it. */
  readonly #sent = new Map<number, FileOutcome>()
  /** Folders and links, which have no answer but a refusal. */
  readonly #unanswered = new Map<number, readonly string[]>()
  #mayEnd = false

  constructor(events: TransferEvents) {
    this.#events = events
  }

  /** A file is announced: what the receiver says to that. */
  expect(id: number): Promise<HaveMessage | Refusal> {
    const answer = new Promise<HaveMessage | Refusal>((resolve, reject) =>
      this.#questions.set(id, { resolve, reject }),
    )
    // Looked at when it is the file's turn, perhaps never.
    answer.catch(() => {})
    return answer
  }

  mayRefuse(id: number, path: readonly string[]): void {
    this.#unanswered.set(id, path)
  }

  expectStored(id: number, outcome: FileOutcome): void {
    this.#sent.set(id, outcome)
  }

  expectEnd(): void {
    this.#mayEnd = true
  }

  /** No answer will come any more. */
  giveUp(error: unknown): void {
    for (const { reject } of this.#questions.values()) reject(error)
  }

  /** Takes what the receiver says; true if it was the last. */
  hear(message: ReceiverMessage): boolean {
    switch (message.kind) {
      case 'error':
        throw new PeerRefusal(`the receiver gave up: ${printable(message.reason)}`)
      case 'have':
        if (!this.#answer(message)) throw new ProtocolError('an answer to no question')
        return false
      case 'refuse':
        if (!this.#answer(message)) this.#hearRefusal(message)
        return false
      case 'stored':
        this.#hearStored(message.id)
        return false
      case 'finished':
        if (!this.#mayEnd || this.#sent.size > 0) throw new ProtocolError('it ends before all was sent')
        return true
    }
  }

  #answer(message: HaveMessage | Refusal): boolean {
    const question = this.#questions.get(message.id)
    this.#questions.delete(message.id)
    question?.resolve(message)
    return question !== undefined
  }

  #hearRefusal({ id, reason }: Refusal): void {
    const path = this.#sent.get(id)?.path ?? this.#unanswered.get(id)
    if (path === undefined) throw new ProtocolError('a refusal of what was not sent')
    this.#sent.delete(id)
    this.#unanswered.delete(id)
    this.#events.onRefused(path, printable(reason))
  }

  #hearStored(id: number): void {
    const outcome = this.#sent.get(id)
    if (outcome === undefined) throw new ProtocolError('it stored what was not sent')
    this.#sent.delete(id)
    this.#events.onStored(outcome)
  }
}
