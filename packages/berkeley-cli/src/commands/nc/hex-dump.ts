// Bytes as hexadecimal lines, `>` for what is sent and `<` for what comes, each direction with its own offsets.
import type { Terminal } from '../../terminal.ts'
import type { Direction, Tap } from './tap.ts'

const WIDTH = 16

/** The lines of a dump that begins at `offset`. */
export function hexLines(bytes: Uint8Array, offset: number): string[] {
  const lines: string[] = []
  for (let at = 0; at < bytes.length; at += WIDTH) {
    const row = Array.from(bytes.subarray(at, at + WIDTH))
    const cells = row.map((byte) => byte.toString(16).padStart(2, '0'))
    const halves = [cells.slice(0, WIDTH / 2), cells.slice(WIDTH / 2)].map((half) => half.join(' '))
    const text = row.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('')
    const address = (offset + at).toString(16).padStart(8, '0')
    lines.push(`${address}  ${halves.join('  ').padEnd(3 * WIDTH)}  |${text}|`)
  }
  return lines
}

/** Writes the dump to standard error. */
export class HexDump implements Tap {
  readonly #terminal: Terminal
  readonly #offsets: Record<Direction, number> = { sent: 0, received: 0 }

  constructor(terminal: Terminal) {
    this.#terminal = terminal
  }

  async bytes(direction: Direction, bytes: Buffer): Promise<void> {
    const { remarkColors } = this.#terminal
    const [mark, color] = direction === 'sent' ? ['>', remarkColors.green] : ['<', remarkColors.cyan]
    const lines = hexLines(bytes, this.#offsets[direction])
    this.#offsets[direction] += bytes.length
    this.#terminal.say(lines.map((line) => color(`${mark} ${line}`)).join('\n'))
  }

  async end(): Promise<void> {}

  async broken(): Promise<void> {}
}
