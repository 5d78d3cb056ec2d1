// What a conversation is to the views that show it: who says something, what is said, when it is over.
// Rule: names and texts in events are as they came; a view makes them fit for a terminal (`shownText`).
import { printable } from '../../printable.ts'

export interface Message {
  readonly kind: 'message'
  readonly time: Date
  /** Who said it; null if nobody can know. */
  readonly from: string | null
  readonly text: string
}

/** Something that happened: somebody came, left, was renamed. */
export interface Notice {
  readonly kind: 'notice'
  readonly time: Date
  readonly text: string
}

export type ChatEvent = Message | Notice

/** What a view is told. */
export interface ChatListener {
  onEvent(event: ChatEvent): void
  /** In half duplex: whether it is this side's turn to speak. */
  onTurn(isMine: boolean): void
}

export interface Conversation {
  /** Where it is: `127.0.0.1:7000`. */
  readonly title: string
  /** Says a line, or obeys a /command. Waits until it is this side's turn, and until the line is on its way. */
  say(line: string): Promise<void>
  /** Nothing more will be said from here; the others may go on. */
  finish(): void
  /** Resolves when it is over, with the reason if there is one to tell; rejects if it failed. */
  readonly ended: Promise<string | null>
  /** Ends it. */
  close(): void
}

/** Starts a conversation that tells the listener what happens. */
export type StartConversation = (listener: ChatListener) => Conversation

/** The most bytes of a line that somebody may send. */
export const LONGEST_LINE = 8192

export function clockOf(time: Date): string {
  return [time.getHours(), time.getMinutes(), time.getSeconds()]
    .map((part) => `${part}`.padStart(2, '0'))
    .join(':')
}

/** One line for a terminal, without colours: `[19:05:01] <ada> hello`. */
export function shownEvent(event: ChatEvent): string {
  const time = `[${clockOf(event.time)}]`
  if (event.kind === 'notice') return `${time} * ${printable(event.text)}`
  const text = printable(event.text)
  return event.from === null ? `${time} ${text}` : `${time} <${printable(event.from)}> ${text}`
}

const COMMAND = /^\/([a-z]+)(?: +(.*?))? *$/
/** `//` stands for a text that begins with a slash. */
export function readCommand(line: string): { readonly name: string; readonly argument: string } | null {
  const [, name, argument = ''] = COMMAND.exec(line) ?? []
  return name === undefined ? null : { name, argument }
}

export function unescaped(line: string): string {
  return line.startsWith('//') ? line.slice(1) : line
}

/** Whether strangers may be called so: nothing that looks like a message, moves the cursor or hides. */
export function isName(text: string): boolean {
  return /^[\p{L}\p{N}][\p{L}\p{M}\p{N}_.-]{0,31}$/u.test(text)
}
