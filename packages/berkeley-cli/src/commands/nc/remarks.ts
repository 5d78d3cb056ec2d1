// What `nc` says beside the bytes: on standard error, since standard output is the peer's.
import type { Terminal } from '../../terminal.ts'

export interface RemarkOptions {
  readonly json?: boolean
  readonly quiet?: boolean
  readonly verbose?: boolean
}

interface Happening {
  readonly event: string
  readonly address?: string
  readonly [fact: string]: unknown
}

export class Remarks {
  readonly #terminal: Terminal
  readonly #options: RemarkOptions

  constructor(terminal: Terminal, options: RemarkOptions) {
    this.#terminal = terminal
    this.#options = options
  }

  /** What everybody should know, unless --quiet. With --json the record. */
  say(record: Happening, text: string, what = record.address ?? ''): void {
    if (this.#options.json) this.#terminal.say(JSON.stringify(record))
    else if (!this.#options.quiet) this.#terminal.say(`${text} ${what}`.trim())
  }

  /** What --verbose tells. With --json the record. */
  detail(record: Happening, text: string, what = record.address ?? ''): void {
    if (this.#options.json || this.#options.verbose) this.say(record, text, what)
  }

  /** What went wrong and does not end the program. */
  warn(text: string): void {
    if (this.#options.json) this.#terminal.say(JSON.stringify({ event: 'trouble', reason: text }))
    else this.#terminal.say(text)
  }
}
