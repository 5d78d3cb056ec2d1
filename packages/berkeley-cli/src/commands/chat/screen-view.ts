// Shows a conversation on a screen of its own. Imported only when one is wanted: Ink and React take their time to load.
import { render } from 'ink'
import { createElement } from 'react'
import { CommandFailure } from '../../exit-status.ts'
import type { StartConversation } from './conversation.ts'
import { Screen } from './screen.ts'
import { ScreenState } from './screen-state.ts'

// The terminal's other buffer: what stood there before is there again afterwards.
const ENTER_SCREEN = '\u001b[?1049h\u001b[H'
const LEAVE_SCREEN = '\u001b[?1049l'

/** Returns when the conversation is over and has been left. */
export async function showOnScreen(
  start: StartConversation,
  hasColors: boolean,
  signal: AbortSignal,
): Promise<void> {
  const state = new ScreenState()
  const conversation = start({
    onEvent: (event) => state.add(event),
    onTurn: (isMine) => state.setTurn(isMine),
  })
  let leave = () => {}
  const left = new Promise<void>((resolve) => {
    leave = resolve
  })
  const say = (line: string) => {
    if (line === '/quit') return leave()
    if (!line.startsWith('/') || line.startsWith('//')) {
      state.add({ kind: 'message', time: new Date(), from: null, text: line.replace(/^\/\//, '/') }, true)
    }
    void conversation.say(line)
  }
  process.stdout.write(ENTER_SCREEN)
  const screen = render(
    createElement(Screen, {
      title: conversation.title,
      state,
      hasColors,
      onSay: say,
      onInterrupt: () => process.kill(process.pid, 'SIGINT'),
      onLeave: leave,
    }),
    { exitOnCtrlC: false, patchConsole: false },
  )
  signal.addEventListener('abort', leave, { once: true })
  if (signal.aborted) leave()
  // What was said stays readable until somebody leaves.
  const ended = conversation.ended.then(
    (reason) => state.finish(reason ?? 'The conversation is over.'),
    (error: unknown) => {
      if (!signal.aborted) state.finish(error instanceof Error ? `${error.message}.` : String(error))
      throw error
    },
  )
  ended.catch(() => {})
  try {
    await left
  } finally {
    signal.removeEventListener('abort', leave)
    screen.unmount()
    process.stdout.write(LEAVE_SCREEN)
    conversation.close()
  }
  await ended.catch((error) => {
    // Leaving breaks off what was going on, which is no failure; what failed before is.
    if (state.snapshot().end !== null && error instanceof CommandFailure) throw error
  })
}
