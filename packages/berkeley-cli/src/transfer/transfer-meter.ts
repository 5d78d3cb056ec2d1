// How fast something goes, and how long it will take: over the last seconds, so that a pause shows.

const WINDOW = 5000
const LEAST_STEP = 250

interface Sample {
  readonly time: number
  readonly count: number
}

export class TransferMeter {
  readonly #now: () => number
  #samples: Sample[]
  #count = 0

  /** `now` gives milliseconds. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now
    this.#samples = [{ time: now(), count: 0 }]
  }

  add(count: number): void {
    this.#count += count
    const time = this.#now()
    const last = this.#samples.at(-1)
    if (last !== undefined && time - last.time < LEAST_STEP) return
    this.#samples.push({ time, count: this.#count })
    while (this.#samples.length > 2 && time - (this.#samples[1] as Sample).time > WINDOW)
      this.#samples.shift()
  }

  /** Bytes per second; 0 while nothing is known. */
  get rate(): number {
    const first = this.#samples[0] as Sample
    const seconds = (this.#now() - first.time) / 1000
    return seconds < LEAST_STEP / 1000 ? 0 : (this.#count - first.count) / seconds
  }

  /** Seconds that so many more take; Infinity while nothing moves. */
  timeFor(count: number): number {
    return count === 0 ? 0 : count / this.rate
  }
}
