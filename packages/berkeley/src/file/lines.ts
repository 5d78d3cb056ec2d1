// Where lines end, and what becomes of their ends: Python's `newline`.

/** `null`: any end is one and becomes `'\n'`; `''`: any end is one and stays; otherwise the one end there is. */
export type Newline = null | '' | '\n' | '\r' | '\r\n'

export const newlines: readonly Newline[] = [null, '', '\n', '\r', '\r\n']

/** The index after the first line end in `piece` from index `start`, or -1. `before` is the piece before this one. */
export type FindLineEnd<Piece> = (piece: Piece, start: number, before: Piece | undefined) => number

const LF = 0x0a
const NOT_FOUND = -1

export const lineEndInBytes: FindLineEnd<Buffer> = (piece, start) => piece.indexOf(LF, start) + 1 || NOT_FOUND

const ANY = /\r\n?|\n/g

export function lineEndInText(newline: Newline): FindLineEnd<string> {
  if (newline === '') {
    return (piece, start) => {
      ANY.lastIndex = start
      return ANY.test(piece) ? ANY.lastIndex : NOT_FOUND
    }
  }
  if (newline === '\r\n') {
    return (piece, start, before) => {
      if (start === 0 && before?.endsWith('\r') && piece.startsWith('\n')) return 1
      const at = piece.indexOf('\r\n', start)
      return at < 0 ? NOT_FOUND : at + 2
    }
  }
  const end = newline ?? '\n'
  return (piece, start) => piece.indexOf(end, start) + 1 || NOT_FOUND
}

/** What happens to the text that comes, a piece after the other; `final`: this is the last. */
export type TakeText = (text: string, final: boolean) => string

export function incomingText(newline: Newline): TakeText {
  if (newline === null) return translating()
  if (newline === '') return keepingPairsTogether()
  return (text) => text
}

// A line that ends with '\r' is given out at once, although a '\n' may follow: if so, that is dropped when it comes.
function translating(): TakeText {
  let dropLF = false
  return (text) => {
    if (text === '') return text
    const rest = dropLF && text.startsWith('\n') ? text.slice(1) : text
    dropLF = text.endsWith('\r')
    return rest.includes('\r') ? rest.replace(/\r\n?/g, '\n') : rest
  }
}

// Whether '\r' is a line end or half of one is known only when something follows it, or the end.
function keepingPairsTogether(): TakeText {
  let heldCR = ''
  return (text, final) => {
    if (text === '' && !final) return text
    const whole = heldCR + text
    heldCR = !final && whole.endsWith('\r') ? '\r' : ''
    return heldCR === '' ? whole : whole.slice(0, -1)
  }
}

/** Text on its way out: `'\n'` becomes the line end of this file. */
export function outgoingText(newline: Newline): (text: string) => string {
  if (newline === '\r' || newline === '\r\n') return (text) => text.replaceAll('\n', newline)
  return (text) => text
}
