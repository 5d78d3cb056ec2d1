// The two outputs of a command: results on standard output, everything said to the human beside it on
// standard error.
// Rule: colours and progress only where a terminal shows them, each output judged on its own.
import picocolors from 'picocolors'

export type Colors = ReturnType<typeof picocolors.createColors>

/** What is needed of a stream to write on it; the process's own have it, and a test's array can too. */
export interface Output {
  write(text: string): unknown
  readonly isTTY?: boolean
}

export interface Environment {
  readonly [name: string]: string | undefined
}

/** Something that stays at the bottom while lines are written above it. */
export interface Bottom {
  hide(): void
  show(): void
}

export class Terminal {
  /** Colours for what is printed. */
  readonly resultColors: Colors
  /** Colours for what is said. */
  readonly remarkColors: Colors
  /** Whether something that moves, as a progress bar does, may be shown on standard error. */
  readonly animated: boolean
  readonly #results: Output
  readonly #remarks: Output
  #bottom: Bottom | null = null

  constructor(results: Output, remarks: Output, environment: Environment) {
    this.#results = results
    this.#remarks = remarks
    this.resultColors = picocolors.createColors(wantsColors(results, environment))
    this.remarkColors = picocolors.createColors(wantsColors(remarks, environment))
    this.animated = remarks.isTTY === true && environment.TERM !== 'dumb'
  }

  /** A result: standard output, one line feed added. */
  print(text: string): void {
    this.#writeAbove(this.#results, text)
  }

  /** A remark beside the results: standard error, one line feed added. */
  say(text: string): void {
    this.#writeAbove(this.#remarks, text)
  }

  /** Keeps something below all that is written from now on; null when it is gone. */
  keepBelow(bottom: Bottom | null): void {
    this.#bottom = bottom
  }

  #writeAbove(output: Output, text: string): void {
    this.#bottom?.hide()
    output.write(`${text}\n`)
    this.#bottom?.show()
  }
}

// https://no-color.org: present and not empty means none.
function wantsColors(output: Output, environment: Environment): boolean {
  return output.isTTY === true && !environment.NO_COLOR && environment.TERM !== 'dumb'
}
