// What every command is given besides its arguments: where to write, and when to stop.
import type { Interruption } from './interruption.ts'
import type { Terminal } from './terminal.ts'

export interface Session {
  readonly terminal: Terminal
  readonly interruption: Interruption
}
