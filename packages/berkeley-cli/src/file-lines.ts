// The lines of a text file, or of standard input.
import { createReadStream } from 'node:fs'
import { addAbortSignal, type Readable } from 'node:stream'
import { CommandFailure } from './exit-status.ts'
import { LineReader, LineTooLong } from './line-reader.ts'
import { printable } from './printable.ts'

export interface FileLine {
  /** Counted from 1. */
  readonly number: number
  readonly text: Buffer
}

/** All lines, blank ones too. */
export async function* linesOf(path: string, longest: number, signal: AbortSignal): AsyncGenerator<FileLine> {
  const name = path === '-' ? 'standard input' : printable(path)
  const stream: Readable = addAbortSignal(signal, path === '-' ? process.stdin : createReadStream(path))
  const chunks = stream[Symbol.asyncIterator]()
  const read = async () => {
    const { value, done } = await chunks.next()
    return done ? Buffer.alloc(0) : (value as Buffer)
  }
  const reader = new LineReader(read, longest)
  let number = 0
  try {
    for (;;) {
      number++
      const text = await reader.next()
      if (text === null) return
      yield { number, text }
    }
  } catch (error) {
    if (signal.aborted) throw signal.reason
    if (error instanceof LineTooLong) {
      throw new CommandFailure(
        `line ${number} of ${name} is longer than ${longest} bytes; a larger --line-limit allows it`,
      )
    }
    if (error instanceof Error && 'syscall' in error && !('strerror' in error)) {
      throw new CommandFailure(`cannot read ${name}: ${error.message}`)
    }
    throw error
  } finally {
    stream.destroy()
  }
}
