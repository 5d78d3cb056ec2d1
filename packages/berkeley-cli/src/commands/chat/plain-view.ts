// Shows a conversation as lines: received ones on standard output, stamped with the time; said are the lines of standard
// input. On a terminal it prompts, and what comes while somebody types does not mix with it.
import { once } from 'node:events'
import { clearLine, createInterface, cursorTo, type Interface } from 'node:readline'
import { linesOf } from '../../file-lines.ts'
import type { Reporter } from '../../reporter.ts'
import {
  type ChatEvent,
  type Conversation,
  LONGEST_LINE,
  type StartConversation,
  shownEvent,
} from './conversation.ts'

const PROMPT = '> '

/** Returns when the conversation is over. */
export async function showPlainly(
  start: StartConversation,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<void> {
  const isTyped = process.stdin.isTTY === true
  const typing = isTyped ? startTyping(reporter) : null
  const reading = new AbortController()
  const conversation = start({
    onEvent: (event) => tell(event, reporter),
    onTurn: (isMine) => typing?.prompt(isMine),
  })
  const stop = () => conversation.close()
  signal.addEventListener('abort', stop, { once: true })
  try {
    const saying = isTyped
      ? sayTyped(conversation, (typing as Typing).lines)
      : sayRead(conversation, AbortSignal.any([reading.signal, signal]))
    // If what is to be said cannot be read, the conversation ends too.
    const failing = saying.then(
      () => new Promise<never>(() => {}),
      (error) => {
        conversation.close()
        throw error
      },
    )
    const reason = await Promise.race([conversation.ended, failing])
    if (reason !== null) reporter.say(reason)
  } finally {
    signal.removeEventListener('abort', stop)
    reading.abort()
    typing?.stop()
    conversation.close()
    await conversation.ended.catch(() => {})
  }
}

function tell(event: ChatEvent, reporter: Reporter): void {
  if (event.kind === 'message') {
    const { time, from, text } = event
    reporter.result({ event: 'message', time: time.toISOString(), from, text }, () => shownEvent(event))
    return
  }
  reporter.event({ event: 'notice', time: event.time.toISOString(), text: event.text })
  if (!reporter.json) reporter.say(shownEvent(event))
}

async function sayRead(conversation: Conversation, signal: AbortSignal): Promise<void> {
  for await (const { text } of linesOf('-', LONGEST_LINE, signal))
    await conversation.say(text.toString('utf8'))
  conversation.finish()
}

async function sayTyped(conversation: Conversation, lines: Interface): Promise<void> {
  lines.on('line', (line) => {
    if (line.trim() !== '') void conversation.say(line)
    else lines.prompt()
  })
  await once(lines, 'close')
  conversation.close()
}

interface Typing {
  readonly lines: Interface
  prompt(isMine: boolean): void
  stop(): void
}

function startTyping(reporter: Reporter): Typing {
  const lines = createInterface({
    input: process.stdin,
    output: process.stderr,
    prompt: PROMPT,
    historySize: 1000,
  })
  // readline catches Ctrl-C; the command has to be told.
  lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'))
  let isPrompting = true
  reporter.terminal.keepBelow({
    hide() {
      if (!isPrompting) return
      cursorTo(process.stderr, 0)
      clearLine(process.stderr, 0)
    },
    show() {
      if (isPrompting) lines.prompt(true)
    },
  })
  lines.prompt()
  return {
    lines,
    prompt(isMine) {
      isPrompting = isMine
      if (isMine) lines.prompt()
    },
    stop() {
      reporter.terminal.keepBelow(null)
      if (isPrompting) {
        cursorTo(process.stderr, 0)
        clearLine(process.stderr, 0)
      }
      lines.close()
    },
  }
}
