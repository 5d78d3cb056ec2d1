// Runs a program of test/children in a process of its own.
import { spawn } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const children = join(dirname(fileURLToPath(import.meta.url)), 'children')

export interface Ended {
  readonly status: number | null
  readonly signal: NodeJS.Signals | null
  readonly output: string
  readonly errors: string
}

export interface HowToRun {
  /** How many descriptors it may have (RLIMIT_NOFILE). */
  readonly descriptors?: number
  /** Flags for Node. */
  readonly flags?: readonly string[]
  /** A program that runs Node, and its arguments. */
  readonly under?: readonly string[]
  readonly folder?: string
}

/** The command that runs a program: its name in test/children, then its arguments. */
export function command(program: string, { flags = [], under = [], descriptors }: HowToRun = {}): string[] {
  const [name, ...args] = program.split(' ')
  const limit = descriptors === undefined ? [] : ['sh', '-c', `ulimit -n ${descriptors} && exec "$0" "$@"`]
  return [...limit, ...under, process.execPath, ...flags, join(children, `${name}.js`), ...args]
}

/** What takes so long hangs: it is killed, which is then how it ended. Under tools that slow everything down it may be longer. */
export const LONG = 60_000 * Number(process.env.BERKELEY_TEST_PATIENCE ?? 1)

/** Runs a program to its end. */
export function runNode(program: string, how: HowToRun = {}): Promise<Ended> {
  const [file, ...args] = command(program, how)
  return new Promise((resolve, reject) => {
    const child = spawn(file!, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      cwd: how.folder,
      timeout: LONG,
      killSignal: 'SIGKILL',
    })
    let output = ''
    let errors = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors += text
    })
    child.on('error', reject)
    child.on('close', (status, signal) => resolve({ status, signal, output, errors }))
  })
}
