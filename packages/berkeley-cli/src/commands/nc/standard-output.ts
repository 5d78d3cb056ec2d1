// Standard output that never blocks the process, however slowly it is read: the other direction and Ctrl-C go on.
// Rule: `write` is done when all bytes were taken; until then the caller receives nothing more. Node's process.stdout
//       writes to pipes and terminals in calls that block, or keeps what is not taken in memory.
import { closeSync, constants, fstatSync, openSync, writeSync } from 'node:fs'
import { fromfd, OSError, type Socket } from 'berkeley'
import { select } from 'berkeley/select'
import { CommandFailure } from '../../exit-status.ts'

const DESCRIPTOR = 1
const { O_NOCTTY, O_NONBLOCK, O_WRONLY } = constants

/** Whoever read our output has closed it, as `head` does. */
export class OutputClosed extends Error {}

export interface Output {
  write(bytes: Buffer, signal: AbortSignal): Promise<void>
  close(): void
}

/** What becomes of received bytes where nobody wants them. */
export const NOWHERE: Output = { write: async () => {}, close() {} }

export function openOutput(): Output {
  const kind = fstatSync(DESCRIPTOR)
  if (kind.isSocket()) return new SocketOutput(fromfd(DESCRIPTOR))
  if (kind.isFile()) return new DescriptorOutput(DESCRIPTOR, Number.POSITIVE_INFINITY, 'always ready')
  try {
    // Opened once more, so that O_NONBLOCK is ours alone: the shell may share what it gave us with others.
    const descriptor = openSync(`/proc/self/fd/${DESCRIPTOR}`, O_WRONLY | O_NONBLOCK | O_NOCTTY)
    return new DescriptorOutput(descriptor, Number.POSITIVE_INFINITY, 'waits')
  } catch {
    // Another user's pipe. What is ready takes at least PIPE_BUF bytes without blocking.
    return new DescriptorOutput(DESCRIPTOR, 4096, 'waits')
  }
}

class DescriptorOutput implements Output {
  readonly #descriptor: number
  readonly #most: number
  readonly #waits: boolean

  constructor(descriptor: number, most: number, readiness: 'waits' | 'always ready') {
    this.#descriptor = descriptor
    this.#most = most
    this.#waits = readiness === 'waits'
  }

  async write(bytes: Buffer, signal: AbortSignal): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      signal.throwIfAborted()
      if (this.#waits) await select([], [this.#descriptor], [], { signal })
      at += this.#writeSome(bytes.subarray(at, at + Math.min(this.#most, bytes.length - at)))
    }
  }

  #writeSome(bytes: Buffer): number {
    try {
      return writeSync(this.#descriptor, bytes)
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException
      if (code === 'EAGAIN' || code === 'EINTR') return 0
      if (code === 'EPIPE') throw new OutputClosed(message)
      throw new CommandFailure(`cannot write to standard output: ${message}`)
    }
  }

  close(): void {
    if (this.#descriptor !== DESCRIPTOR) closeSync(this.#descriptor)
  }
}

class SocketOutput implements Output {
  readonly #socket: Socket<number>

  constructor(socket: Socket<number>) {
    this.#socket = socket
  }

  async write(bytes: Buffer, signal: AbortSignal): Promise<void> {
    try {
      await this.#socket.sendall(bytes, { signal })
    } catch (error) {
      if (error instanceof OSError && (error.code === 'EPIPE' || error.code === 'ECONNRESET'))
        throw new OutputClosed(error.message)
      throw error
    }
  }

  close(): void {
    this.#socket.close()
  }
}
