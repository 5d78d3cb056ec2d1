// Programs that stand in front of our servers, and must be there for the tests.
import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/** A process that is there until the test is over. */
export class Program implements AsyncDisposable {
  readonly process: ChildProcess
  readonly #exit: Promise<unknown>
  readonly #end: NodeJS.Signals
  #errors = ''

  constructor(
    file: string,
    args: readonly string[],
    fds: readonly number[] = [],
    env = process.env,
    end: NodeJS.Signals = 'SIGKILL',
  ) {
    this.#end = end
    const stdio: StdioOptions = ['ignore', 'pipe', 'pipe', ...fds]
    this.process = spawn(file, args, { stdio, env })
    this.#exit = once(this.process, 'exit')
    this.process.stderr!.on('data', (text) => {
      this.#errors += text
    })
  }

  /** What it has printed to stderr. */
  get errors(): string {
    return this.#errors
  }

  /** The next line that it prints. */
  async says(): Promise<string> {
    const lines = createInterface({ input: this.process.stdout! })
    const line = await Promise.race([once(lines, 'line'), this.#exit.then(() => null)])
    lines.close()
    if (line === null) throw new Error(`${this.process.spawnfile} ended: ${this.#errors}`)
    return line[0]
  }

  /** How it ends by itself. */
  async ends(): Promise<unknown> {
    await this.#exit
    return this.process.exitCode ?? this.process.signalCode
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.process.kill(this.#end)
    await this.#exit
  }
}
