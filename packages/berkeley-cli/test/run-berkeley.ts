// Runs the program `berkeley` as a process of its own, the way users do.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { dirname, join } from 'node:path'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'

/** What npm links as the command; seen from the compiled tests. */
export const MAIN = join(dirname(fileURLToPath(import.meta.url)), '../../bin/berkeley.js')

export interface Run {
  readonly child: ChildProcess
  /** What was said so far on standard error. */
  readonly remarks: () => string
  /** Waits until standard error matches. */
  readonly untilRemark: (pattern: RegExp) => Promise<RegExpExecArray>
  /** What was printed so far on standard output. */
  readonly results: () => string
  /** Waits until standard output matches. */
  readonly untilResult: (pattern: RegExp) => Promise<RegExpExecArray>
  readonly ended: Promise<Ended>
}

export interface Ended {
  readonly status: number | null
  readonly signal: NodeJS.Signals | null
  readonly results: string
  readonly remarks: string
}

export function startBerkeley(...commandLine: string[]): Run {
  return start(process.execPath, [MAIN, ...commandLine])
}

export function runBerkeley(...commandLine: string[]): Promise<Ended> {
  return startBerkeley(...commandLine).ended
}

export function start(command: string, commandLine: readonly string[]): Run {
  const child = spawn(command, commandLine, { stdio: ['ignore', 'pipe', 'pipe'] })
  let results = ''
  let remarks = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (results += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (remarks += text))
  const ended = once(child, 'close').then(([status, signal]) => ({ status, signal, results, remarks }))
  const until = async (stream: Readable, text: () => string, pattern: RegExp) => {
    for (;;) {
      const match = pattern.exec(text())
      if (match !== null) return match
      const isOver = await Promise.race([once(stream, 'data').then(() => false), ended.then(() => true)])
      if (isOver && !pattern.test(text())) {
        throw new Error(`ended without saying ${pattern}: ${results}${remarks}`)
      }
    }
  }
  return {
    child,
    remarks: () => remarks,
    untilRemark: (pattern) => until(child.stderr, () => remarks, pattern),
    results: () => results,
    untilResult: (pattern) => until(child.stdout, () => results, pattern),
    ended,
  }
}
