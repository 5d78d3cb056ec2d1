// Bytes as hexadecimal lines, `>` for what is sent and `<` for what comes, each direction with its own offsets.
import { hexDump } from '../../hex-dump.ts'
import type { Terminal } from '../../terminal.ts'
import type { Direction, Tap } from './tap.ts'

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
    const lines = hexDump(bytes, this.#offsets[direction])
    this.#offsets[direction] += bytes.length
    this.#terminal.say(lines.map((line) => color(`${mark} ${line}`)).join('\n'))
  }

  async end(): Promise<void> {}

  async broken(): Promise<void> {}
}
