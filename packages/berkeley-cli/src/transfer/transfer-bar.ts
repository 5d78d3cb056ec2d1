// The progress bar of a transfer: how much of how much, how fast, how long still, and which file.
// Rule: on standard error, and only where that is a terminal. It is taken away before anything else is written, and
//       comes back after that.
import { Presets, SingleBar } from 'cli-progress'
import { formatBytes, formatRate, formatSeconds } from '../amounts.ts'
import { printable } from '../printable.ts'
import type { Terminal } from '../terminal.ts'
import { TransferMeter } from './transfer-meter.ts'

const LONGEST_NAME = 30

export class TransferBar {
  readonly #bar: SingleBar | null
  readonly #meter = new TransferMeter()
  #total = 0
  #done = 0
  #file = ''
  #isShown = false

  constructor(terminal: Terminal, wanted: boolean) {
    this.#bar =
      wanted && terminal.animated
        ? new SingleBar(
            {
              format: '{bar} {percentage}%  {done} of {all}  {rate}  {left} left  {file}',
              stream: process.stderr,
              barsize: 24,
              clearOnComplete: true,
              hideCursor: true,
              // The bar would catch Ctrl-C itself; the command already does, and stops the bar.
              gracefulExit: false,
            },
            Presets.shades_classic,
          )
        : null
  }

  start(total: number): void {
    this.#total = total
    this.#show()
  }

  /** A file begins, of which so much is there already. */
  file(name: string, present: number): void {
    const shown = printable(name)
    this.#file = shown.length > LONGEST_NAME ? `…${shown.slice(1 - LONGEST_NAME)}` : shown
    this.#done += present
    this.#update()
  }

  add(count: number): void {
    this.#meter.add(count)
    this.#done += count
    this.#update()
  }

  /** Writes something else meanwhile. */
  around(write: () => void): void {
    const wasShown = this.#isShown
    this.stop()
    write()
    if (wasShown) this.#show()
  }

  stop(): void {
    if (this.#isShown) this.#bar?.stop()
    this.#isShown = false
  }

  #show(): void {
    // What the sender says of the total may be wrong; a bar over its end would be, too.
    this.#bar?.start(Math.max(this.#total, 1), this.#done, this.#payload)
    this.#isShown = this.#bar !== null
  }

  #update(): void {
    if (this.#isShown) this.#bar?.update(this.#done, this.#payload)
  }

  get #payload() {
    const left = this.#meter.timeFor(Math.max(0, this.#total - this.#done))
    return {
      done: formatBytes(this.#done),
      all: formatBytes(this.#total),
      rate: formatRate(this.#meter.rate),
      left: Number.isFinite(left) && left < 360_000 ? formatSeconds(left) : '-',
      file: this.#file,
    }
  }
}
