// A line at the bottom of a terminal that changes, while other lines are said and printed above it.
// Rule: it is shown only where things may move, and erased when it ends, so that it is in no log.
import { createLogUpdate } from 'log-update'
import type { Terminal } from './terminal.ts'

export interface StatusLine {
  show(text: string): void
  stop(): void
}

const NO_STATUS: StatusLine = { show() {}, stop() {} }

export function startStatus(terminal: Terminal): StatusLine {
  if (!terminal.animated) return NO_STATUS
  const update = createLogUpdate(process.stderr, { showCursor: true })
  let current = ''
  const redraw = () => {
    if (current !== '') update(current)
  }
  terminal.keepBelow({ hide: () => update.clear(), show: redraw })
  return {
    show(text) {
      current = text
      update(text)
    },
    stop() {
      terminal.keepBelow(null)
      update.clear()
      update.done()
    },
  }
}
