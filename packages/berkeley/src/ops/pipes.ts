// The pipes that splice(2) needs between two descriptors that are none. A splice has one only while bytes are in it:
// thousands of connections on which nothing happens need not a single one.
import { native } from '../sys/native.ts'

/** What is asked for; the kernel gives 64 KiB to a user who has too much memory in pipes already. */
export const PIPE_SIZE = 1024 * 1024
/** How many are kept for the next who needs one. */
const MOST_SPARE = 8

export interface Pipe {
  readonly reading: number
  readonly writing: number
}

const spare: Pipe[] = []
let users = 0

/** To be called before the first `takePipe`; after the same number of `endUse` no pipe is kept. */
export function beginUse(): void {
  users++
}

export function endUse(): void {
  users--
  if (users > 0) return
  for (const pipe of spare) closePipe(pipe)
  spare.length = 0
}

/** A pipe with nothing in it, or -errno. */
export function takePipe(): Pipe | number {
  const kept = spare.pop()
  if (kept !== undefined) return kept
  const result = native.pipe()
  if (result < 0) return result
  const pipe = { reading: native.numbers[0]!, writing: native.numbers[1]! }
  native.set_pipe_size(pipe.writing, PIPE_SIZE) // If that is refused, it is smaller: only slower.
  return pipe
}

/** Takes an empty pipe back. */
export function leavePipe(pipe: Pipe): void {
  if (spare.length < MOST_SPARE) spare.push(pipe)
  else closePipe(pipe)
}

export function closePipe({ reading, writing }: Pipe): void {
  native.close(reading)
  native.close(writing)
}
