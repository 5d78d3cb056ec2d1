// What was typed before, to be had again with the arrows.
// Rule: what is being typed now is not lost by looking back.

const MOST = 1000

export class TypedHistory {
  readonly #lines: string[] = []
  /** Where in it one is; its length means at the line that is being typed. */
  #place = 0
  #draft = ''

  add(line: string): void {
    if (this.#lines.at(-1) !== line) this.#lines.push(line)
    if (this.#lines.length > MOST) this.#lines.shift()
    this.#place = this.#lines.length
    this.#draft = ''
  }

  /** The line before; `current` is what stands there now. */
  older(current: string): string {
    if (this.#place === this.#lines.length) this.#draft = current
    this.#place = Math.max(0, this.#place - 1)
    return this.#lines[this.#place] ?? current
  }

  newer(current: string): string {
    if (this.#place === this.#lines.length) return current
    this.#place++
    return this.#lines[this.#place] ?? this.#draft
  }
}
