// How every tool speaks: results for people or as lines of JSON, remarks as loud as was asked for.
// Rule: with --json each result is one object on one line of standard output, and nothing else is printed there.
import { type Command, Option } from 'commander'
import type { Terminal } from './terminal.ts'

export interface CommonOptions {
  readonly json?: boolean
  readonly quiet?: boolean
  readonly verbose?: boolean
}

/** Adds --json, --quiet and --verbose. */
export function addCommonOptions(command: Command): Command {
  return command
    .option('--json', 'print each result as a line of JSON')
    .addOption(new Option('-q, --quiet', 'only results and errors').conflicts('verbose'))
    .addOption(new Option('-v, --verbose', 'say more of what happens').conflicts('quiet'))
}

export class Reporter {
  readonly json: boolean
  readonly quiet: boolean
  readonly verbose: boolean
  readonly terminal: Terminal

  constructor(terminal: Terminal, { json = false, quiet = false, verbose = false }: CommonOptions) {
    this.terminal = terminal
    this.json = json
    this.quiet = quiet
    this.verbose = verbose
  }

  /** A result: the record as a line of JSON, or the text for people, made only where it is shown. */
  result(record: object, text: () => string): void {
    this.terminal.print(this.json ? JSON.stringify(record, bigintsAsNumbers) : text())
  }

  /** Something that happened on the way, which only programs are told: a line of JSON. */
  event(record: object): void {
    if (this.json) this.result(record, () => '')
  }

  /** A remark, unless --quiet. */
  say(text: string): void {
    if (!this.quiet) this.terminal.say(text)
  }

  /** A remark for --verbose. */
  detail(text: string): void {
    if (this.verbose) this.terminal.say(text)
  }
}

// The kernel counts in 64 bits, which JSON.stringify refuses.
function bigintsAsNumbers(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value
}
