// The line that is being typed: text, cursor and history, apart from the screen.
// Rule: it is changed by the key itself and at once. A component that kept it would see a key that comes before it is
//       drawn anew with the text of before, and lose what was typed.
import { TypedHistory } from './typed-history.ts'

export interface TypedLine {
  readonly before: string
  /** From the cursor on. */
  readonly after: string
}

const EMPTY: TypedLine = { before: '', after: '' }
const CHARACTERS = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

export class LineEditor {
  readonly #history = new TypedHistory()
  readonly #longest: number
  #line = EMPTY

  /** @param longest bytes of a line */
  constructor(longest: number) {
    this.#longest = longest
  }

  get line(): TypedLine {
    return this.#line
  }

  get text(): string {
    return this.#line.before + this.#line.after
  }

  /** Takes as much of the text as there is room for. */
  insert(text: string): void {
    const { before, after } = this.#line
    let room = this.#longest - Buffer.byteLength(before + after)
    let taken = ''
    for (const { segment } of CHARACTERS.segment(text)) {
      room -= Buffer.byteLength(segment)
      if (room < 0) break
      taken += segment
    }
    this.#line = { before: before + taken, after }
  }

  deleteBefore(): void {
    const { before, after } = this.#line
    this.#line = { before: before.slice(0, before.length - lastOf(before).length), after }
  }

  deleteWord(): void {
    const { before, after } = this.#line
    this.#line = { before: before.replace(/\S*\s*$/, ''), after }
  }

  deleteLine(): void {
    this.#line = EMPTY
  }

  left(): void {
    const { before, after } = this.#line
    const moved = lastOf(before)
    this.#line = { before: before.slice(0, before.length - moved.length), after: moved + after }
  }

  right(): void {
    const { before, after } = this.#line
    const moved = firstOf(after)
    this.#line = { before: before + moved, after: after.slice(moved.length) }
  }

  home(): void {
    this.#line = { before: '', after: this.text }
  }

  end(): void {
    this.#line = { before: this.text, after: '' }
  }

  older(): void {
    this.#line = { before: this.#history.older(this.text), after: '' }
  }

  newer(): void {
    this.#line = { before: this.#history.newer(this.text), after: '' }
  }

  /** The finished line; the next one is empty. */
  take(): string {
    const { text } = this
    if (text.trim() !== '') this.#history.add(text)
    this.#line = EMPTY
    return text
  }
}

export function firstOf(text: string): string {
  for (const { segment } of CHARACTERS.segment(text)) return segment
  return ''
}

function lastOf(text: string): string {
  // A character is never so long; of a long line only its end has to be looked at.
  const end = text.slice(-64)
  return [...CHARACTERS.segment(end)].at(-1)?.segment ?? ''
}
