// The screen of a chat, drawn by Ink: a title, the messages, a status line, the line that is being typed.
// Rule: it knows no sockets. Everything that came over the wire goes through `printable`.
import { Box, type Key, Text, useInput, useStdout } from 'ink'
import { createElement as h, type ReactElement, useEffect, useState, useSyncExternalStore } from 'react'
import stringWidth from 'string-width'
import { firstCells, lastCells } from '../../cells.ts'
import { printable } from '../../printable.ts'
import { clockOf } from './conversation.ts'
import { firstOf, type LineEditor, type TypedLine } from './line-editor.ts'
import type { ScreenState, ShownEvent } from './screen-state.ts'

export interface ScreenProps {
  readonly title: string
  readonly state: ScreenState
  readonly hasColors: boolean
  readonly onSay: (line: string) => void
  readonly onInterrupt: () => void
  readonly onLeave: () => void
}

const NAME_COLORS = ['cyan', 'green', 'yellow', 'magenta', 'blue', 'red'] as const
// The title, the status and the line that is typed; and one that stays empty, or the terminal would scroll.
const OTHER_ROWS = 4

export function Screen(props: ScreenProps): ReactElement {
  const { title, state, hasColors } = props
  const { events, scrolled, typed, isMyTurn, end } = useSyncExternalStore(state.subscribe, state.snapshot)
  const { rows, columns } = useSize()
  const height = Math.max(1, rows - OTHER_ROWS)
  useInput((input, key) => obey(input, key, props, height))

  const shown = events.slice(Math.max(0, events.length - scrolled - height), events.length - scrolled)
  return h(
    Box,
    { flexDirection: 'column', height: rows - 1, width: columns },
    h(Box, { flexShrink: 0 }, h(Text, { inverse: true }, firstCells(` ${title} `.padEnd(columns), columns))),
    h(
      Box,
      { flexDirection: 'column', height, overflowY: 'hidden', justifyContent: 'flex-end' },
      ...shown.map((event) => h(Line, { key: event.key, event, hasColors })),
    ),
    h(
      Box,
      { flexShrink: 0 },
      h(Text, { dimColor: true }, firstCells(statusOf(scrolled, isMyTurn, end), columns)),
    ),
    h(Typed, { typed, columns, hasColors }),
  )
}

/** What a key does. Everything it needs it asks from the state, so it does not matter what was drawn last. */
function obey(
  input: string,
  key: Key,
  { state, onSay, onInterrupt, onLeave }: ScreenProps,
  height: number,
): void {
  const say = () => {
    const line = state.edit((editor) => editor.take())
    if (state.snapshot().end !== null) onLeave()
    else if (line.trim() !== '') onSay(line)
  }
  const isEmpty = state.edit((editor) => editor.text === '')
  if (key.ctrl && input === 'c') onInterrupt()
  else if (key.ctrl && input === 'd' && isEmpty) onLeave()
  else if (key.pageUp) state.scroll(Math.ceil(height / 2))
  else if (key.pageDown) state.scroll(-Math.ceil(height / 2))
  else if (key.return) say()
  else if (editing(input, key) !== null) state.edit((editor) => editing(input, key)?.(editor))
  else if (!key.ctrl && !key.meta && !key.escape && !key.tab) {
    // Pasted lines come as one text; the last one stays to be finished.
    const lines = input.split(/\r\n|\r|\n/)
    for (const [place, line] of lines.entries()) {
      state.edit((editor) => editor.insert(line))
      if (place < lines.length - 1) say()
    }
  }
}

const CONTROL_KEYS: Readonly<Record<string, (editor: LineEditor) => void>> = {
  a: (editor) => editor.home(),
  e: (editor) => editor.end(),
  u: (editor) => editor.deleteLine(),
  w: (editor) => editor.deleteWord(),
}

function editing(input: string, key: Key): ((editor: LineEditor) => void) | null {
  if (key.upArrow) return (editor) => editor.older()
  if (key.downArrow) return (editor) => editor.newer()
  if (key.leftArrow) return (editor) => editor.left()
  if (key.rightArrow) return (editor) => editor.right()
  // Most terminals send for the backspace key what Ink calls delete.
  if (key.backspace || key.delete) return (editor) => editor.deleteBefore()
  return key.ctrl ? (CONTROL_KEYS[input] ?? null) : null
}

interface TypedProps {
  readonly typed: TypedLine
  readonly columns: number
  readonly hasColors: boolean
}

/** The part of the line around the cursor that has room. */
function Typed({ typed: { before, after }, columns, hasColors }: TypedProps): ReactElement {
  // Besides the prompt and the cursor, which may stand on a character of two cells.
  const room = Math.max(1, columns - 5)
  const left = lastCells(printable(before), room)
  const under = firstOf(after)
  return h(
    Box,
    { flexShrink: 0 },
    h(
      Text,
      { wrap: 'truncate' },
      h(Text, hasColors ? { color: 'green' } : null, '> '),
      left,
      h(Text, { inverse: true }, under === '' ? ' ' : printable(under)),
      firstCells(printable(after.slice(under.length)), room - stringWidth(left)),
    ),
  )
}

interface LineProps {
  readonly event: ShownEvent
  readonly hasColors: boolean
}

function Line({ event, hasColors }: LineProps): ReactElement {
  const time = h(Text, { dimColor: true }, `${clockOf(event.time)} `)
  const text = printable(event.text)
  if (event.kind === 'notice')
    return h(Box, { flexShrink: 0 }, h(Text, { dimColor: true }, time, `* ${text}`))
  const name = event.isOwn ? 'you' : event.from === null ? 'they' : printable(event.from)
  const label = h(
    Text,
    { bold: true, ...(event.isOwn || !hasColors ? {} : { color: colorOf(name) }) },
    `${name} `,
  )
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
