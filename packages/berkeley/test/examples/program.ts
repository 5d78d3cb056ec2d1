// The programs of examples/ and those on the other side, started and listened to.
import assert from 'node:assert/strict'
import { execFile, execFileSync, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { packageRoot, repositoryRoot } from '../package-root.ts'
import { type Scope, socketTest } from '../scope.ts'

const examples = join(repositoryRoot, 'examples')
const peers = join(packageRoot, 'test', 'examples', 'peers')

export interface Running {
  readonly pid: number
  /** Says this to the program. */
  write(text: string): void
  /** Says nothing more to it. */
  end(): void
  /** The next line, of either output. */
  line(): Promise<string>
  /** All lines up to its end, of either output. */
  rest(): Promise<string[]>
  kill(signal: NodeJS.Signals): void
  /** How it ended: an exit status, or the name of a signal. */
  readonly ended: Promise<number | NodeJS.Signals | null>
}

/** Starts a program, which is ended with the test. */
export function start(t: Scope, file: string, ...args: string[]): Running {
  const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'], cwd: repositoryRoot })
  const lines: string[] = []
  let wake = () => {}
  let isOver = false
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) => {
    child.on('close', (status, signal) => {
      isOver = true
      resolve(status ?? signal)
      wake()
    })
  })
  t.after(() => {
    child.kill('SIGKILL')
    return ended
  })
  // A program that ends does not read what it is told.
  child.stdin.on('error', () => {})
  for (const output of [child.stdout, child.stderr]) {
    createInterface(output).on('line', (line) => {
      lines.push(line)
      wake()
    })
  }
  return {
    pid: child.pid!,
    write: (text) => void child.stdin.write(text),
    end: () => void child.stdin.end(),
    async line() {
      while (lines.length === 0) {
        assert.ok(!isOver, `${args.join(' ')} has ended`)
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
      return lines.shift()!
    },
    async rest() {
      await ended
      return lines.splice(0)
    },
    kill: (signal) => void child.kill(signal),
    ended,
  }
}

/** Where a program of examples/ is: `example('echo/client')`. */
export const pathOfExample = (name: string): string => join(examples, `${name}.mjs`)

/** Starts a program of examples/. */
export const example = (t: Scope, name: string, ...args: string[]): Running =>
  start(t, process.execPath, pathOfExample(name), ...args)

/** Where a script of peers/ is. */
export const pathOfPeer = (name: string): string => join(peers, `${name}.py`)

/** Starts the other side, in Python: a script of peers/. */
export const python = (t: Scope, name: string, ...args: string[]): Running =>
  start(t, 'python3', pathOfPeer(name), ...args)

/** Runs a program to its end and gives its output. Nothing else goes on meanwhile. */
export const output = (file: string, args: readonly string[], input: string | Buffer = ''): Buffer =>
  execFileSync(file, args, { input, maxBuffer: 2 ** 30, stdio: ['pipe', 'pipe', 'pipe'] })

const execute = promisify(execFile)

/** Runs a program of examples/ to its end and gives what it printed; fails if it fails. */
export async function printedBy(name: string, ...args: string[]): Promise<string> {
  return (await execute(process.execPath, [pathOfExample(name), ...args], { cwd: repositoryRoot })).stdout
}

/** Runs a script of peers/ to its end and gives what it printed; fails if it fails. */
export async function printedByPython(name: string, ...args: string[]): Promise<string> {
  return (await execute('python3', [pathOfPeer(name), ...args])).stdout
}

/** The port that a server says it listens on. */
export async function portOf(server: Running): Promise<string> {
  const line = await server.line()
  const [, port] = /^listening on 127\.0\.0\.1:(\d+)/.exec(line) ?? []
  assert.ok(port, line)
  return port
}

// Each starts interpreters, some of them many, on machines that do much else.
const LONG = 60_000

/** A test of programs, which are all ended with it. */
export function programTest(name: string, body: (t: Scope) => unknown, skip: string | false = false): void {
  socketTest(name, body, skip, LONG)
}
