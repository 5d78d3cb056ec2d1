// What the user sees of a transfer, on either side: each file with its checksum, what was refused, and a summary.
// Rule: standard output has one line for each file that is whole, in the format of sha256sum, so that `sha256sum -c`
//       reads it; or, with --json, one object for each event.
import { formatBytes, formatRate, formatSeconds } from '../amounts.ts'
import { printable } from '../printable.ts'
import type { Reporter } from '../reporter.ts'
import { TransferBar } from './transfer-bar.ts'
import type { FileOutcome, TransferEvents } from './transfer-events.ts'

/** How this side calls what it does. */
export interface Wording {
  readonly done: 'sent' | 'received'
}

export class TransferReport implements TransferEvents {
  readonly #reporter: Reporter
  readonly #wording: Wording
  readonly #bar: TransferBar
  readonly #began = performance.now()
  #files = 0
  #refused = 0
  #moved = 0
  #present = 0
  #total = 0

  constructor(reporter: Reporter, wording: Wording) {
    this.#reporter = reporter
    this.#wording = wording
    this.#bar = new TransferBar(reporter.terminal, !reporter.quiet)
  }

  /** How many bytes went over the connection. */
  get moved(): number {
    return this.#moved
  }

  get refused(): number {
    return this.#refused
  }

  onStart(files: number, bytes: number): void {
    this.#total = bytes
    this.onDetail(`${countOf(files, 'file')}, ${formatBytes(bytes)}`)
    this.#bar.start(bytes)
  }

  onFile(path: readonly string[], present: number): void {
    const name = path.join('/')
    this.#present += present
    this.#bar.file(name, present)
    if (present > 0) this.onDetail(`${name}: ${formatBytes(present)} are there already`)
  }

  onBytes(count: number): void {
    this.#moved += count
    this.#bar.add(count)
  }

  onStored({ path, size, sha256, resumedAt }: FileOutcome): void {
    this.#files++
    const name = path.join('/')
    const record = { event: 'file', path: name, size, sha256, resumedAt }
    this.#bar.around(() => this.#reporter.result(record, () => `${sha256}  ${printable(name)}`))
  }

  onRefused(path: readonly string[], reason: string): void {
    this.#refused++
    const name = path.join('/')
    this.#bar.around(() => {
      const { terminal } = this.#reporter
      this.#reporter.event({ event: 'refused', path: name, reason })
      terminal.say(
        `${terminal.remarkColors.yellow(`not ${this.#wording.done}:`)} ${printable(`${name}: ${reason}`)}`,
      )
    })
  }

  onDetail(text: string): void {
    this.#bar.around(() => this.#reporter.detail(printable(text)))
  }

  /** Takes the bar away. */
  stop(): void {
    this.#bar.stop()
  }

  /** The last words of a transfer that came to its end. */
  summarize(): void {
    const seconds = (performance.now() - this.#began) / 1000
    const { done } = this.#wording
    const record = {
      event: 'end',
      files: this.#files,
      refused: this.#refused,
      bytes: this.#moved,
      present: this.#present,
      seconds,
    }
    this.#reporter.event(record)
    const present = this.#present === 0 ? '' : `, ${formatBytes(this.#present)} were there already`
    const rate = formatRate(this.#moved / Math.max(seconds, 0.001))
    this.#reporter.say(
      `${countOf(this.#files, 'file')} ${done}: ${formatBytes(this.#moved)} in ${formatSeconds(seconds)} (${rate})${present}.`,
    )
  }

  /** The last words of one that the user has stopped. */
  tellInterrupted(): void {
    this.#reporter.say(`Interrupted${this.progress}; the same command goes on where it ended.`)
  }

  /** How far it had come, for a transfer that did not come to its end; '' before it began. */
  get progress(): string {
    if (this.#total === 0) return ''
    return ` after ${formatBytes(this.#moved + this.#present)} of ${formatBytes(this.#total)}`
  }
}

function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
