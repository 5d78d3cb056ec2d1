// What has come and was not taken yet, or was given and is not sent yet: a queue of pieces, not copied until it is used.
// Rule: the work for one call is in proportion to what it takes; a line without end is searched once, not again and
//       again from its start.
import type { FindLineEnd } from './lines.ts'
import type { Kind } from './pieces.ts'

// Pieces of one byte each would cost a hundred times their size. Where there are many, small ones of like size are
// joined, so that each byte is copied a few times at most.
const MANY = 16
const SMALL = 4096

export class Backlog<Piece extends Buffer | string> {
  readonly #kind: Kind<Piece>
  #pieces: Piece[] = []
  /** Where in the first piece the backlog begins. */
  #start = 0
  /** How many pieces are known to have no line end. */
  #searched = 0
  /** Whether there may be characters of two units. */
  #pairs = false
  /** How many bytes, or characters. */
  size = 0

  constructor(kind: Kind<Piece>) {
    this.#kind = kind
  }

  sizeOf(piece: Piece): number {
    return this.#kind.size(piece)
  }

  push(piece: Piece): void {
    if (piece.length === 0) return
    this.#count(piece)
    this.#pieces.push(piece)
    if (this.#pieces.length > MANY) this.#joinSmall()
  }

  /** Gives back what was taken before. */
  putBack(pieces: readonly Piece[]): void {
    const some = pieces.filter((piece) => piece.length > 0)
    if (some.length === 0) return
    for (const piece of some) this.#count(piece)
    this.#cutStart()
    this.#pieces = [...some, ...this.#pieces]
    this.#searched = 0
  }

  take(count: number): Piece {
    if (count === 0) return this.#kind.join([])
    return count >= this.size ? this.takeAll() : this.#takeTo(...this.#locate(count))
  }

  takeAll(): Piece {
    const last = this.#pieces.length - 1
    return last < 0 ? this.#kind.join([]) : this.#takeTo(last, this.#pieces[last]!.length)
  }

  /** Whole pieces, at least one, together at most `most` long unless the first alone is longer. */
  takePieces(most: number): Piece {
    let last = 0
    let length = this.#pieces[0]!.length - this.#start
    while (last + 1 < this.#pieces.length && length + this.#pieces[last + 1]!.length <= most) {
      length += this.#pieces[++last]!.length
    }
    return this.#takeTo(last, this.#pieces[last]!.length)
  }

  /** A line with its end, or its first `most` characters; `null` if there is neither. */
  takeLine(findLineEnd: FindLineEnd<Piece>, most: number): Piece | null {
    for (let index = this.#searched; index < this.#pieces.length; this.#searched = ++index) {
      const end = findLineEnd(this.#pieces[index]!, index === 0 ? this.#start : 0, this.#pieces[index - 1])
      if (end >= 0) return this.#takeLineTo(index, end, most)
    }
    return this.size >= most ? this.take(most) : null
  }

  #takeLineTo(last: number, end: number, most: number): Piece {
    if (most >= this.size) return this.#takeTo(last, end)
    const [lastAllowed, endAllowed] = this.#locate(most)
    const isTooLong = lastAllowed < last || (lastAllowed === last && endAllowed < end)
    return isTooLong ? this.#takeTo(lastAllowed, endAllowed) : this.#takeTo(last, end)
  }

  /** The place behind the first `count` bytes or characters, which there must be: which piece, and where in it. */
  #locate(count: number): [last: number, end: number] {
    let left = count
    for (let index = 0; ; index++) {
      const piece = this.#pieces[index]!
      const start = index === 0 ? this.#start : 0
      const end = this.#kind.advance(piece, start, left)
      left -= end < piece.length ? left : this.#kind.size(this.#kind.cut(piece, start, end))
      if (left === 0) return [index, end]
    }
  }

  /** Takes everything up to index `end` of the piece at `last`. */
  #takeTo(last: number, end: number): Piece {
    const taken = last === 0 ? this.#ofFirst(end) : this.#joinTo(last, end)
    this.size -= this.#pairs ? this.#kind.size(taken) : taken.length
    const isUsedUp = end === this.#pieces[last]!.length
    const gone = isUsedUp ? last + 1 : last
    if (gone === 1) this.#pieces.shift()
    else if (gone > 1) this.#pieces.splice(0, gone)
    this.#start = isUsedUp ? 0 : end
    this.#searched = Math.max(0, this.#searched - gone)
    if (this.size === 0) this.#pairs = false
    return taken
  }

  #ofFirst(end: number): Piece {
    const first = this.#pieces[0]!
    const isWhole = this.#start === 0 && end === first.length
    return isWhole ? first : this.#kind.copy(this.#kind.cut(first, this.#start, end))
  }

  #joinTo(last: number, end: number): Piece {
    const parts = this.#pieces.slice(0, last + 1)
    parts[0] = this.#kind.cut(parts[0]!, this.#start, parts[0]!.length)
    parts[last] = this.#kind.cut(parts[last]!, 0, end)
    return this.#kind.join(parts)
  }

  #joinSmall(): void {
    this.#cutStart()
    const pieces = this.#pieces
    for (let last = pieces.length - 1; last >= MANY; last--) {
      const before: Piece = pieces[last - 1]!
      const piece: Piece = pieces[last]!
      if (before.length >= SMALL || before.length > 2 * piece.length) break
      pieces.splice(last - 1, 2, this.#kind.join([before, piece]))
      this.#searched = Math.min(this.#searched, last - 1)
    }
  }

  #cutStart(): void {
    if (this.#start === 0) return
    this.#pieces[0] = this.#kind.cut(this.#pieces[0]!, this.#start, this.#pieces[0]!.length)
    this.#start = 0
  }

  #count(piece: Piece): void {
    const size = this.#kind.size(piece)
    if (size !== piece.length) this.#pairs = true
    this.size += size
  }
}
