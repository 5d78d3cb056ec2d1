// The loop every server has: accept, hand over, again, until it is told to stop.
// Rule: nothing that a client or the system's limits can cause ends it. While `connections` conversations are
//       going on nobody else is accepted; the rest wait in the kernel's queue. It returns when the last
//       conversation is over.
import { setTimeout as pause } from 'node:timers/promises'
import { OSError, type Socket } from 'berkeley'

export interface AcceptOptions {
  /** Most conversations at a time. */
  readonly connections: number
  readonly signal: AbortSignal
  /** Told once when accepting begins to fail, not at every try. */
  readonly onTrouble: (error: OSError) => void
}

/** Talks with one client and closes the socket. It must not reject: what clients do is its own business. */
export type Conversation = (socket: Socket<number>, address: unknown) => Promise<void>

// Out of descriptors or memory: accepting again at once would fail again. They come back when others are
// closed.
const EXHAUSTED = new Set(['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM'])
const RECOVERY_MILLISECONDS = 100
// What accept(2) says of one connection that broke before it was taken, or that a firewall denied; the next
// may be well.
const ONE_LOST = new Set([
  'ECONNABORTED',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETUNREACH',
  'ENONET',
  'ENOPROTOOPT',
  'EPERM',
  'EPROTO',
])

export async function acceptConnections(
  listener: Socket<number>,
  converse: Conversation,
  { connections, signal, onTrouble }: AcceptOptions,
): Promise<void> {
  const conversations = new Set<Promise<void>>()
  let isTroubled = false
  try {
    while (!signal.aborted) {
      if (conversations.size >= connections) {
        await Promise.race(conversations)
        continue
      }
      const accepted = await acceptOne(listener, signal)
      if (accepted === null) break
      if (accepted instanceof OSError) {
        if (!isTroubled) onTrouble(accepted)
        isTroubled = true
        if (EXHAUSTED.has(accepted.code)) await recover(signal)
        continue
      }
      isTroubled = false
      const [socket, address] = accepted
      const conversation = converse(socket, address).finally(() => conversations.delete(conversation))
      conversations.add(conversation)
    }
  } finally {
    await Promise.all(conversations)
  }
}

/** A connection, a passing trouble, or null when it is time to stop. */
async function acceptOne(
  listener: Socket<number>,
  signal: AbortSignal,
): Promise<[Socket<number>, unknown] | OSError | null> {
  try {
    return await listener.accept({ signal })
  } catch (error) {
    if (signal.aborted) return null
    if (error instanceof OSError && (EXHAUSTED.has(error.code) || ONE_LOST.has(error.code))) return error
    throw error
  }
}

async function recover(signal: AbortSignal): Promise<void> {
  await pause(RECOVERY_MILLISECONDS, undefined, { signal }).catch(() => {})
}
