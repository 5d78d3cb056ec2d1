// The screen of a chat, drawn by Ink: a title, the messages, a status line, the line that is being typed.
// Rule: it knows no sockets. Everything that came over the wire goes through `printable`.
import { Box, Text, useInput, useStdout } from 'ink'
import TextInput from 'ink-text-input'
import {
  createElement as h,
  type ReactElement,
  useEffect,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react'
import { printable } from '../../printable.ts'
import { clockOf, LONGEST_LINE } from './conversation.ts'
import type { ScreenState, ShownEvent } from './screen-state.ts'
import { TypedHistory } from './typed-history.ts'

export interface ScreenProps {
  readonly title: string
  readonly state: ScreenState
  readonly onSay: (line: string) => void
  readonly onInterrupt: () => void
  readonly onLeave: () => void
}

const NAME_COLORS = ['cyan', 'green', 'yellow', 'magenta', 'blue', 'red'] as const
// The title, the status and the line that is typed; and one that stays empty, or the terminal would scroll.
const OTHER_ROWS = 4

export function Screen({ title, state, onSay, onInterrupt, onLeave }: ScreenProps): ReactElement {
  const { events, scrolled, isMyTurn, end } = useSyncExternalStore(state.subscribe, state.snapshot)
  const [typed, setTyped] = useState('')
  // A new key puts the cursor at the end of a line that came from the history.
  const [recall, setRecall] = useState(0)
  const { current: history } = useRef(new TypedHistory())
  const { rows, columns } = useSize()
  const height = Math.max(1, rows - OTHER_ROWS)

  const say = (line: string) => {
    if (end !== null) return onLeave()
    if (line.trim() === '') return
    history.add(line)
    onSay(line)
  }
  const change = (text: string) => {
    // Pasted lines come as one text.
    const lines = text.split(/\r\n|\r|\n/)
    setTyped((lines.pop() ?? '').slice(0, LONGEST_LINE / 4))
    for (const line of lines) say(line)
  }
  const recalled = (text: string) => {
    setTyped(text)
    setRecall(recall + 1)
  }
  useInput((input, key) => {
    if (key.ctrl && input === 'c') onInterrupt()
    else if (key.ctrl && input === 'd' && typed === '') onLeave()
    else if (key.upArrow) recalled(history.older(typed))
    else if (key.downArrow) recalled(history.newer(typed))
    else if (key.pageUp) state.scroll(Math.ceil(height / 2))
    else if (key.pageDown) state.scroll(-Math.ceil(height / 2))
  })

  const shown = events.slice(Math.max(0, events.length - scrolled - height), events.length - scrolled)
  return h(
    Box,
    { flexDirection: 'column', height: rows - 1, width: columns },
    h(Text, { inverse: true, wrap: 'truncate' }, ` ${title} `.padEnd(columns)),
    h(
      Box,
      { flexDirection: 'column', height, overflowY: 'hidden', justifyContent: 'flex-end' },
      ...shown.map((event) => h(Line, { key: event.key, event })),
    ),
    h(Text, { dimColor: true, wrap: 'truncate' }, statusOf(scrolled, isMyTurn, end)),
    h(
      Box,
      null,
      h(Text, { color: 'green' }, '> '),
      h(TextInput, {
        key: recall,
        value: typed,
        onChange: change,
        onSubmit: (line: string) => {
          setTyped('')
          say(line)
        },
      }),
    ),
  )
}

function Line({ event }: { readonly event: ShownEvent }): ReactElement {
  const time = h(Text, { dimColor: true }, `${clockOf(event.time)} `)
  const text = printable(event.text)
  if (event.kind === 'notice')
    return h(Box, { flexShrink: 0 }, h(Text, { dimColor: true }, time, `* ${text}`))
  const name = event.isOwn ? 'you' : event.from === null ? 'they' : printable(event.from)
  const label = h(Text, { bold: true, ...(event.isOwn ? {} : { color: colorOf(name) }) }, `${name} `)
  return h(Box, { flexShrink: 0 }, h(Text, null, time, label, text))
}

function statusOf(scrolled: number, isMyTurn: boolean | null, end: string | null): string {
  if (end !== null) return `${end} Enter leaves.`
  const turn = isMyTurn === null ? '' : isMyTurn ? 'Your turn. ' : "The other side's turn. "
  const below = scrolled > 0 ? `${scrolled} newer below (PgDn). ` : ''
  return `${turn}${below}PgUp scrolls back, ↑ recalls, /quit leaves.`
}

/** The same name has the same colour. */
function colorOf(name: string): (typeof NAME_COLORS)[number] {
  const sum = [...name].reduce((total, character) => total + (character.codePointAt(0) ?? 0), 0)
  return NAME_COLORS[sum % NAME_COLORS.length] ?? 'cyan'
}

function useSize(): { rows: number; columns: number } {
  const { stdout } = useStdout()
  const measure = () => ({ rows: stdout.rows ?? 24, columns: stdout.columns ?? 80 })
  const [size, setSize] = useState(measure)
  useEffect(() => {
    const resize = () => setSize(measure())
    stdout.on('resize', resize)
    return () => {
      stdout.off('resize', resize)
    }
  })
  return size
}
