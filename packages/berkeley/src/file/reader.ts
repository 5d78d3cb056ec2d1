// Reading from a file: the backlog first, then the source.
// Rule: what has come is never lost. An operation that fails leaves everything in the backlog for the next one.
import { LARGEST_TRANSFER } from '../core/arguments.ts'
import { recvInto } from '../ops/attempts.ts'
import { Request } from '../ops/request.ts'
import type { Steps } from '../ops/steps.ts'
import { Backlog } from './backlog.ts'
import type { FindLineEnd } from './lines.ts'
import { bytes, type Kind } from './pieces.ts'
import type { Source } from './sources.ts'
import { LATER } from './turns.ts'
import type { Call, Wire } from './wire.ts'

/** No limit of size. */
export const ALL = Number.POSITIVE_INFINITY

export class Reader<Piece extends Buffer | string> {
  readonly backlog: Backlog<Piece>
  readonly #kind: Kind<Piece>
  readonly #source: Source<Piece>
  readonly #findLineEnd: FindLineEnd<Piece>
  /** Whether `read` is content with what one operation brings. */
  protected readonly isUnbuffered: boolean

  constructor(
    kind: Kind<Piece>,
    source: Source<Piece>,
    findLineEnd: FindLineEnd<Piece>,
    isUnbuffered = false,
  ) {
    this.backlog = new Backlog(kind)
    this.#kind = kind
    this.#source = source
    this.#findLineEnd = findLineEnd
    this.isUnbuffered = isUnbuffered
  }

  /** What `read` gives, if it is there already. */
  readNow(size: number): Piece | typeof LATER {
    const isEnough = this.isUnbuffered && size !== ALL ? this.backlog.size > 0 : this.backlog.size >= size
    return isEnough || size === 0 ? this.backlog.take(Math.min(size, this.backlog.size)) : LATER
  }

  *read(call: Call, size: number): Steps<Piece> {
    for (;;) {
      const piece = this.readNow(size)
      if (piece !== LATER) return piece
      if (!(yield* this.fill(call, size - this.backlog.size))) return this.backlog.takeAll()
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
      if (!(yield* this.fill(call, limit - this.backlog.size, true))) return this.backlog.takeAll()
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
        size += this.#kind.size(line)
      }
      return lines
    } catch (error) {
      this.backlog.putBack(lines)
      throw error
    }
  }

  /** Waits for one more piece; `false` at the end of the stream. */
  protected *fill(call: Call, wanted: number, isLine = false): Steps<boolean> {
    const piece = yield* this.#source.next(call, wanted, isLine)
    if (piece === null) return false
    this.backlog.push(piece)
    return true
  }
}

/** What only bytes can do. */
export class ByteReader extends Reader<Buffer> {
  readonly #wire: Wire
  readonly #buffering: number

  constructor(wire: Wire, buffering: number, source: Source<Buffer>, findLineEnd: FindLineEnd<Buffer>) {
    super(bytes, source, findLineEnd, buffering === 0)
    this.#wire = wire
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
          const count = yield* this.#wire.perform(call, request)
          filled += count
          if (count === 0 || this.isUnbuffered) return filled
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

  /** At least one byte and at most `size`, with at most one operation; none at the end of the stream. */
  *read1(call: Call, size: number): Steps<Buffer> {
    const most = size === ALL ? Math.max(this.#buffering, 1) : size
    if (most > 0 && this.backlog.size === 0) yield* this.fill(call, most)
    return this.backlog.take(Math.min(most, this.backlog.size))
  }

  /** A copy of what is buffered, after at most one operation. */
  *peek(call: Call): Steps<Buffer> {
    if (this.backlog.size === 0) yield* this.fill(call, 1)
    const head = this.backlog.take(Math.min(this.#buffering, this.backlog.size))
    this.backlog.putBack([head])
    return Buffer.from(head)
  }
}
