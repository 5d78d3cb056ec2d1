// A progress bar on standard error, where it is a terminal; nothing anywhere else.
// Rule: it is gone before anything else is written there, so whoever starts it stops it first.
import { Presets, SingleBar } from 'cli-progress'
import type { Terminal } from './terminal.ts'

export interface Progress {
  advance(): void
  stop(): void
}

export const NO_PROGRESS: Progress = { advance() {}, stop() {} }

export function startProgress(terminal: Terminal, label: string, total: number): Progress {
  if (!terminal.animated) return NO_PROGRESS
  const bar = new SingleBar(
    {
      format: `${label} {bar} {value}/{total}`,
      stream: process.stderr,
      clearOnComplete: true,
      hideCursor: true,
      // The bar would catch Ctrl-C itself; the command already does, and stops the bar.
      gracefulExit: false,
    },
    Presets.shades_classic,
  )
  bar.start(total, 0)
  return { advance: () => bar.increment(), stop: () => bar.stop() }
}
