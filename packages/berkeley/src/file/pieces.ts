// The two kinds of data that a file holds back, behind one interface: bytes, and text.
// Rule: text is counted in characters, which are code points as in Python; nothing ends inside a surrogate pair.

export interface Kind<Piece extends Buffer | string> {
  /** How many bytes or characters. */
  size(piece: Piece): number
  /** The index after the next `count` bytes or characters from index `start`, or the end. */
  advance(piece: Piece, start: number, count: number): number
  /** A part, which may share memory with the whole. */
  cut(piece: Piece, start: number, end: number): Piece
  /** The same with memory of its own, for somebody who may change it, keep it for long or give it away. */
  copy(part: Piece): Piece
  join(pieces: Piece[]): Piece
}

export const bytes: Kind<Buffer> = {
  size: (piece) => piece.length,
  advance: (piece, start, count) => Math.min(piece.length, start + count),
  cut: (piece, start, end) => piece.subarray(start, end),
  copy: (part) => Buffer.from(part),
  join: (pieces) => Buffer.concat(pieces),
}

export const text: Kind<string> = {
  size: characters,
  advance(piece, start, count) {
    let at = start
    for (let left = count; left > 0 && at < piece.length; left--) at = afterCharacter(piece, at)
    return at
  },
  cut: (piece, start, end) => piece.slice(start, end),
  copy: (part) => part,
  join: (pieces) => pieces.join(''),
}

const PERHAPS_A_PAIR = /[\ud800-\udbff]/

/** How many characters a string has. */
export function characters(string: string): number {
  if (!PERHAPS_A_PAIR.test(string)) return string.length
  let count = 0
  for (let at = 0; at < string.length; at = afterCharacter(string, at)) count++
  return count
}

function afterCharacter(string: string, at: number): number {
  return string.codePointAt(at)! > 0xffff ? at + 2 : at + 1
}
