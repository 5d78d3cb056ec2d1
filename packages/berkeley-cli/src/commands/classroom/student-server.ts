// A student's server: the accept loop with the classroom's conversation in it. `serve` runs one, `demo`
// forty.
import type { OSError, Socket } from 'berkeley'
import { acceptConnections } from '../../accept-loop.ts'
import { type ConversationLimits, converse, type Respond, type Visit } from './conversation.ts'

export interface ServerLimits extends ConversationLimits {
  /** Visitors at a time. */
  readonly connections: number
}

export const DEFAULT_LIMITS: ServerLimits = { idle: 5, total: 10, line: 1024, connections: 64 }

export interface ServerOptions {
  readonly limits: ServerLimits
  readonly signal: AbortSignal
  readonly onVisit: (address: unknown, visit: Visit) => void
  readonly onTrouble: (error: OSError) => void
}

/** Serves until the signal; then every visitor is gone, and the listener is closed. */
export async function runStudentServer(
  listener: Socket<number>,
  respond: Respond,
  { limits, signal, onVisit, onTrouble }: ServerOptions,
): Promise<void> {
  const { connections } = limits
  try {
    await acceptConnections(
      listener,
      async (socket, address) => onVisit(address, await converse(socket, respond, limits, signal)),
      { connections, signal, onTrouble },
    )
  } finally {
    listener.close()
  }
}
