// Somebody who types into a program and reads what it says.
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { TestContext } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import { MAIN } from './run-berkeley.ts'

/** A process with all of its outputs together. It ends with the test. */
export class Talker {
  readonly child: ChildProcessWithoutNullStreams
  /** All that it has said, as it came. */
  raw = ''
  readonly ended: Promise<number | null>
  #place = 0
  #told = () => {}

  constructor(context: TestContext, command: string, ...commandLine: string[]) {
    this.child = spawn(command, commandLine)
    this.child.stdin.on('error', () => {}) // It may have ended.
    for (const output of [this.child.stdout, this.child.stderr]) {
      output.setEncoding('utf8').on('data', (text: string) => {
        this.raw += text
        this.#told()
      })
    }
    this.ended = once(this.child, 'close').then(([status]) => status)
    context.after(() => this.child.kill('SIGKILL'))
  }

  /** All that it has said, without colours and movements of the cursor. */
  get text(): string {
    return stripVTControlCharacters(this.raw)
  }

  say(...lines: string[]): void {
    for (const line of lines) this.child.stdin.write(`${line}\n`)
  }

  /** Waits for a text after those that were waited for before. */
  async reads(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.text.slice(this.#place))
      if (match !== null) {
        this.#place += match.index + match[0].length
        return match
      }
      const isOver = await Promise.race([this.#more(), this.ended.then(() => true)])
      if (isOver && !pattern.test(this.text.slice(this.#place))) {
        throw new Error(`ended without ${pattern}: ${this.text}`)
      }
    }
  }

  /** Waits until it says more, which is not the end. */
  #more(): Promise<false> {
    return new Promise((resolve) => {
      this.#told = () => resolve(false)
    })
  }
}

const TERMINAL = 'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))'

/** Somebody at a terminal of 12 rows and 70 columns, without colours, who runs the program `berkeley`. */
export class TerminalTalker extends Talker {
  constructor(context: TestContext, ...commandLine: string[]) {
    const environment = '-u CI -u CONTINUOUS_INTEGRATION TERM=xterm NO_COLOR=1'
    const sized = `stty rows 12 cols 70; exec env ${environment} "$0" "$@"`
    const command = ['sh', '-c', sized, process.execPath, MAIN, ...commandLine]
    super(context, 'python3', '-c', TERMINAL, ...command)
  }

  press(keys: string): void {
    this.child.stdin.write(keys)
  }
}
