// A session whose outputs are kept, for commands that run inside of the test.
import { allowManyWaits } from '#interruption.js'
import type { Session } from '#session.js'
import { Terminal } from '#terminal.js'

export interface CapturedSession extends Session {
  readonly results: () => string
  readonly remarks: () => string
}

export function captureSession(signal = new AbortController().signal): CapturedSession {
  allowManyWaits(signal)
  const results: string[] = []
  const remarks: string[] = []
  const output = (kept: string[]) => ({ write: (text: string) => kept.push(text) })
  return {
    terminal: new Terminal(output(results), output(remarks), {}),
    interruption: { signal, exitStatus: 130 },
    results: () => results.join(''),
    remarks: () => remarks.join(''),
  }
}
