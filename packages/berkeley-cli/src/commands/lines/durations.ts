// How long the answers took: statistics and a histogram, whatever their number.
// Rule: memory does not grow with the number of lines.
import { createHistogram } from 'node:perf_hooks'
import { stripVTControlCharacters } from 'node:util'
import Chartscii from 'chartscii'
import { formatCount, formatSeconds } from '../../amounts.ts'

/** In seconds. */
export interface DurationStatistics {
  readonly min: number
  readonly median: number
  readonly p99: number
  readonly max: number
  readonly mean: number
}

const NANOSECONDS = 1e9
// Six steps to a decade, from a microsecond to a quarter of an hour.
const STEPS = [1, 1.5, 2, 3, 5, 7]
const LIMITS = Array.from({ length: 9 }, (_, decade) =>
  STEPS.map((step) => Number(`${step}e${decade - 6}`)),
).flat()
const MOST_BARS = 12
const BAR_WIDTH = 50

export class Durations {
  #count = 0
  #sum = 0
  #min = Number.POSITIVE_INFINITY
  #max = 0
  // Its percentiles are right to three digits.
  readonly #percentiles = createHistogram({ lowest: 1, highest: 86_400 * NANOSECONDS, figures: 3 })
  /** How many were below each of LIMITS and not below the one before; the last for all others. */
  readonly #buckets: number[] = new Array(LIMITS.length + 1).fill(0)

  add(seconds: number): void {
    this.#count++
    this.#sum += seconds
    this.#min = Math.min(this.#min, seconds)
    this.#max = Math.max(this.#max, seconds)
    this.#percentiles.record(Math.max(1, Math.round(seconds * NANOSECONDS)))
    const bucket = LIMITS.findIndex((limit) => seconds < limit)
    const index = bucket < 0 ? LIMITS.length : bucket
    this.#buckets[index] = (this.#buckets[index] ?? 0) + 1
  }

  /** Null while there is none. */
  statistics(): DurationStatistics | null {
    if (this.#count === 0) return null
    const within = (seconds: number) => Math.min(Math.max(seconds, this.#min), this.#max)
    return {
      min: this.#min,
      median: within(this.#percentiles.percentile(50) / NANOSECONDS),
      p99: within(this.#percentiles.percentile(99) / NANOSECONDS),
      max: this.#max,
      mean: this.#sum / this.#count,
    }
  }

  /** Bars, one for each step of duration between the shortest and the longest. */
  histogram(): string {
    const first = this.#buckets.findIndex((count) => count > 0)
    const last = this.#buckets.findLastIndex((count) => count > 0)
    if (first < 0) return ''
    const bars = this.#bars(first, last)
    const chart = new Chartscii(bars, {
      width: BAR_WIDTH,
      barSize: 1,
      padding: 0,
      valueLabels: true,
      valueLabelFormat: ([value = '']) => formatCount(Number(value)),
      colorLabels: false,
    })
    // The library ends colours that nobody began.
    return stripVTControlCharacters(chart.create()).replace(/^\n/, '')
  }

  /** Where there would be many bars, only those that end at 1, 2 and 5. */
  #bars(first: number, last: number): { value: number; label: string }[] {
    const isCoarse = last - first >= MOST_BARS
    const bars: { value: number; label: string }[] = []
    let value = 0
    for (let bucket = first; bucket <= last || value > 0; bucket++) {
      value += this.#buckets[bucket] ?? 0
      if (isCoarse && bucket % 2 === 1) continue
      bars.push({ value, label: labelOf(bucket) })
      value = 0
    }
    return bars
  }
}

function labelOf(bucket: number): string {
  const limit = LIMITS[bucket]
  const text = limit === undefined ? `≥ ${formatSeconds(LIMITS.at(-1) ?? 0)}` : `< ${formatSeconds(limit)}`
  return text.replace(/\.0+ /, ' ')
}
