// Standard input, a piece at a time, when it is asked for: nothing is read that nobody wants to send yet.
// Rule: waiting can be given up without losing a byte. So pipes and terminals are read only when they are ready, and
//       Node's process.stdin, which reads ahead, is not touched.
import { fstatSync, readSync } from 'node:fs'
import { fromfd, type Socket } from 'berkeley'
import { select } from 'berkeley/select'
import { CommandFailure } from '../../exit-status.ts'

const DESCRIPTOR = 0

export interface Input {
  /** The next piece, at most as long as `buffer`, in which it is; null at the end. */
  read(buffer: Buffer, signal: AbortSignal): Promise<Buffer | null>
  close(): void
}

export function openInput(): Input {
  try {
    const kind = fstatSync(DESCRIPTOR)
    if (kind.isSocket()) return new SocketInput(fromfd(DESCRIPTOR))
    return new DescriptorInput(kind.isFile())
  } catch (error) {
    // A daemon may have closed it: then there is nothing to send.
    if ((error as NodeJS.ErrnoException).code === 'EBADF') return NOTHING
    throw error
  }
}

/** Nothing to send. */
const NOTHING: Input = { read: async () => null, close() {} }

/** Nothing to send, and no end either, which the other side would take for ours: for --recv-only. */
export const SILENCE: Input = {
  read: (_, signal) =>
    new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true })
      if (signal.aborted) reject(signal.reason)
    }),
  close() {},
}

class DescriptorInput implements Input {
  readonly #isFile: boolean

  constructor(isFile: boolean) {
    this.#isFile = isFile
  }

  async read(buffer: Buffer, signal: AbortSignal): Promise<Buffer | null> {
    for (;;) {
      signal.throwIfAborted()
      // A file is always ready, and epoll refuses it.
      if (!this.#isFile) await select([DESCRIPTOR], [], [], { signal })
      try {
        const count = readSync(DESCRIPTOR, buffer)
        return count === 0 ? null : buffer.subarray(0, count)
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException
        // Another process that reads from the same place may have been faster.
        if (code === 'EAGAIN' || code === 'EINTR') continue
        // A terminal that has gone away.
        if (code === 'EIO') return null
        throw new CommandFailure(`cannot read standard input: ${message}`)
      }
    }
  }

  close(): void {}
}

class SocketInput implements Input {
  readonly #socket: Socket<number>

  constructor(socket: Socket<number>) {
    this.#socket = socket
  }

  async read(buffer: Buffer, signal: AbortSignal): Promise<Buffer | null> {
    const count = await this.#socket.recvInto(buffer, { signal })
    return count === 0 ? null : buffer.subarray(0, count)
  }

  close(): void {
    this.#socket.close()
  }
}
