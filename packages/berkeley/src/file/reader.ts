// Reading from a file: the backlog first, then the socket.
// Rule: what has come is never lost. An operation that fails leaves everything in the backlog for the next one.
import { LARGEST_TRANSFER } from '../core/arguments.ts'
import { recv, recvInto } from '../ops/attempts.ts'
import { SCRATCH_SIZE } from '../ops/memory.ts'
import { NOTHING, Request } from '../ops/request.ts'
import type { Steps } from '../ops/steps.ts'
import type { Backlog } from './backlog.ts'
import { ALL, type Call } from './call.ts'
import type { FindLineEnd } from './lines.ts'
import type { Source } from './sources.ts'
import { LATER } from './turns.ts'
import type { Wire } from './wire.ts'

export class Reader<Piece extends Buffer | string> {
  protected readonly wire: Wire
  protected readonly backlog: Backlog<Piece>
  readonly #source: Source<Piece>
  readonly #findLineEnd: FindLineEnd<Piece>
  /** Whether `read` is content with what one operation brings. */
  protected readonly isUnbuffered: boolean

  constructor(wire: Wire, source: Source<Piece>, findLineEnd: FindLineEnd<Piece>, isUnbuffered: boolean) {
    this.wire = wire
    this.backlog = source.backlog
    this.#source = source
    this.#findLineEnd = findLineEnd
    this.isUnbuffered = isUnbuffered
  }

  /** What `read` gives, if it is there already. */
  readNow(size: number): Piece | typeof LATER {
    const { backlog } = this
    const isEnough = this.isUnbuffered && size !== ALL ? backlog.size > 0 : backlog.size >= size
    return isEnough || size === 0 ? backlog.take(Math.min(size, backlog.size)) : LATER
  }

  *read(call: Call, size: number): Steps<Piece> {
    for (;;) {
      const piece = this.readNow(size)
      if (piece !== LATER) return piece
      const request = this.#source.request(call.name, size - this.backlog.size, false)
      if (!this.take(yield this.wire.step(call, request))) return this.backlog.takeAll()
    }
  }

  /** What `readline` gives, if it is there already. */
  readlineNow(limit: number): Piece | typeof LATER {
    return this.backlog.takeLine(this.#findLineEnd, limit) ?? LATER
  }

  *readline(call: Call, limit: number): Steps<Piece> {
    for (;;) {
      const line = this.readlineNow(limit)
      if (line !== LATER) return line
      const request = this.#source.request(call.name, limit - this.backlog.size, true)
      if (!this.take(yield this.wire.step(call, request))) return this.backlog.takeAll()
    }
  }

  /** Lines until there are more than `hint` bytes or characters of them. */
  *readlines(call: Call, hint: number): Steps<Piece[]> {
    const lines: Piece[] = []
    let size = 0
    try {
      while (size <= hint) {
        const line = yield* this.readline(call, ALL)
        if (line.length === 0) break
        lines.push(line)
        size += this.backlog.sizeOf(line)
      }
      return lines
    } catch (error) {
      this.backlog.putBack(lines)
      throw error
    }
  }

  /** One more piece for the backlog; `false` at the end of the stream. */
  protected *fill(call: Call, wanted: number): Steps<boolean> {
    const request = this.#source.request(call.name, wanted, false)
    return this.take(yield this.wire.step(call, request))
  }

  /** Keeps what an operation brought; `false` at the end of the stream. */
  protected take(result: unknown): boolean {
    return this.#source.take(result as Buffer)
  }
}

/** What only bytes can do. */
export class ByteReader extends Reader<Buffer> {
  readonly #buffering: number

  constructor(wire: Wire, buffering: number, source: Source<Buffer>, findLineEnd: FindLineEnd<Buffer>) {
    super(wire, source, findLineEnd, buffering === 0)
    this.#buffering = buffering
  }

  /** Fills `target`, or as much of it as there is before the end of the stream. */
  *readInto(call: Call, target: Uint8Array): Steps<number> {
    let filled = 0
    try {
      for (;;) {
        filled += this.#moveTo(target.subarray(filled))
        if (filled === target.length || (this.isUnbuffered && filled > 0)) return filled
        const rest = target.subarray(filled)
        if (rest.length < this.#buffering) {
          if (!(yield* this.fill(call, rest.length))) return filled
        } else {
          const request = new Request(recvInto, rest, Math.min(rest.length, LARGEST_TRANSFER))
          const count = (yield this.wire.step(call, request)) as number
          filled += count
          if (count === 0) return filled
        }
      }
    } catch (error) {
      this.backlog.putBack([Buffer.from(target.subarray(0, filled))])
      throw error
    }
  }

  #moveTo(target: Uint8Array): number {
    const part = this.backlog.take(Math.min(target.length, this.backlog.size))
    target.set(part)
    return part.length
  }

  /** What is buffered, or else what one operation brings; at most `size`. */
  *read1(call: Call, size: number): Steps<Buffer> {
    const most = size === ALL ? Math.max(this.#buffering, 1) : size
    if (most === 0 || this.backlog.size > 0) return this.backlog.take(Math.min(most, this.backlog.size))
    const request = new Request(recv, NOTHING, Math.min(most, SCRATCH_SIZE))
    return (yield this.wire.step(call, request)) as Buffer
  }

  /** A copy of what is buffered, after at most one operation. */
  *peek(call: Call): Steps<Buffer> {
    if (this.backlog.size === 0) yield* this.fill(call, 1)
    const head = this.backlog.take(Math.min(this.#buffering, this.backlog.size))
    this.backlog.putBack([head])
    return Buffer.from(head)
  }
}
