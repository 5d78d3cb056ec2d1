// Somebody who types into a program and reads what it says.
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { TestContext } from 'node:test'

/** A process with all of its outputs together. It ends with the test. */
export class Talker {
  readonly child: ChildProcessWithoutNullStreams
  text = ''
  readonly ended: Promise<number | null>
  #place = 0

  constructor(context: TestContext, command: string, ...commandLine: string[]) {
    this.child = spawn(command, commandLine)
    this.child.stdin.on('error', () => {}) // It may have ended.
    for (const output of [this.child.stdout, this.child.stderr]) {
      output.setEncoding('utf8').on('data', (text: string) => (this.text += text))
    }
    this.ended = once(this.child, 'close').then(([status]) => status)
    context.after(() => this.child.kill('SIGKILL'))
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
      const events = [this.child.stdout, this.child.stderr].map((output) =>
        once(output, 'data').then(() => false),
      )
      const isOver = await Promise.race([...events, this.ended.then(() => true)])
      if (isOver && !pattern.test(this.text.slice(this.#place))) {
        throw new Error(`ended without ${pattern}: ${this.text}`)
      }
    }
  }
}
