// A screen of its own on a terminal, drawn again and again, and gone when it is left.
// Rule: whoever enters it leaves it, in `finally`; else the shell comes back to a hidden cursor.
import stringWidth from 'string-width'
import { firstCells } from './cells.ts'

export interface ScreenOutput {
  write(text: string): unknown
  readonly isTTY?: boolean
  readonly columns?: number
  readonly rows?: number
}

const ENTER = '\x1b[?1049h\x1b[?25l'
const LEAVE = '\x1b[?25h\x1b[?1049l'
const HOME = '\x1b[H'
const END_OF_LINE = '\x1b[K'
// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape sequences of colours
const COLOUR = /(\x1b\[[\d;]*m)/
const REST = '\x1b[J'

export class Screen {
  readonly #output: ScreenOutput

  constructor(output: ScreenOutput) {
    this.#output = output
    output.write(ENTER)
  }

  /** Shows lines from the top; what has no room is left out, and said in the last line. */
  draw(lines: readonly string[]): void {
    const { columns = 80, rows = 24 } = this.#output
    const room = lines.length <= rows ? lines : lines.slice(0, rows - 1)
    const more = lines.length - room.length
    const shown = more === 0 ? room : [...room, `… ${more} more lines`]
    // Overwritten in place, not cleared before, so that nothing flickers.
    this.#output.write(`${HOME}${shown.map((line) => cut(line, columns) + END_OF_LINE).join('\r\n')}${REST}`)
  }

  leave(): void {
    this.#output.write(LEAVE)
  }
}

/** The first cells of a line, which may have colours: they take none, and are kept. */
function cut(line: string, columns: number): string {
  let room = columns
  let kept = ''
  for (const piece of line.split(COLOUR)) {
    if (piece.startsWith('\x1b')) {
      kept += piece
      continue
    }
    const text = firstCells(piece, room)
    kept += text
    // A wide character may not fit where a narrow one behind it would.
    room = text.length < piece.length ? 0 : room - stringWidth(text)
  }
  return kept
}
