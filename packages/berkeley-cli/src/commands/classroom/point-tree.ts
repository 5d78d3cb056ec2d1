// A k-d tree: points in boxes in larger boxes, each box with its bounds, and the distances between boxes.
// Rule: a box is halved by the number of its points, across its longest side; so many equal points do not
//       make the tree deep. The gap of two boxes is computed by the same operations in the same order as a
//       distance, each of them monotone in floating point; so it is never larger than a distance inside it,
//       whatever the rounding.

/** Some of the points: those at the positions from `start` to before `end`. */
export interface Box {
  readonly start: number
  readonly end: number
  readonly low: readonly number[]
  readonly high: readonly number[]
  /** The halves; null where few points are left. */
  readonly halves: readonly [Box, Box] | null
}

/** A column holds one coordinate of all points. */
type Column = Float64Array

// More points in the last boxes mean more comparisons and fewer boxes; 8 was the fastest of 4, 8, 16 and 32.
const FEW = 8

export class PointTree {
  readonly root: Box
  /** The place in the lists given of the point at each position of the tree. */
  readonly places: Uint32Array
  /** Distances computed so far, of points and of boxes: what the work is measured by. */
  comparisons = 0
  readonly #columns: readonly Column[]
  readonly #scales: readonly number[]

  /** `scales` says how much a step of one counts in each column. */
  constructor(columns: readonly Column[], scales: readonly number[]) {
    const places = new Uint32Array(columns[0]?.length ?? 0).map((_, place) => place)
    this.root = makeBox(columns, scales, places, 0, places.length)
    this.places = places
    this.#scales = scales
    // In the order of the tree, neighbours lie side by side in memory.
    this.#columns = columns.map((column) =>
      new Float64Array(column.length).map((_, i) => column[places[i]!]!),
    )
  }

  /** The square of the distance of the points at two positions. */
  square(one: number, other: number): number {
    this.comparisons++
    let square = 0
    for (let axis = 0; axis < this.#columns.length; axis++) {
      const column = this.#columns[axis]!
      square += ((column[one]! - column[other]!) * this.#scales[axis]!) ** 2
    }
    return square
  }

  /** The square of the least distance that a point of one box can have from a point of the other. */
  gap(one: Box, other: Box): number {
    this.comparisons++
    let square = 0
    for (let axis = 0; axis < this.#columns.length; axis++) {
      const step = Math.max(one.low[axis]! - other.high[axis]!, other.low[axis]! - one.high[axis]!, 0)
      square += (step * this.#scales[axis]!) ** 2
    }
    return square
  }

  /** The square of the largest distance that a point of one box can have from a point of the other. */
  reach(one: Box, other: Box): number {
    this.comparisons++
    let square = 0
    for (let axis = 0; axis < this.#columns.length; axis++) {
      const step = Math.max(one.high[axis]! - other.low[axis]!, other.high[axis]! - one.low[axis]!)
      square += (step * this.#scales[axis]!) ** 2
    }
    return square
  }
}

function makeBox(
  columns: readonly Column[],
  scales: readonly number[],
  places: Uint32Array,
  start: number,
  end: number,
): Box {
  const low = columns.map((column) => lowest(column, places, start, end))
  const high = columns.map((column) => highest(column, places, start, end))
  if (end - start <= FEW) return { start, end, low, high, halves: null }
  const sides = scales.map((scale, axis) => (high[axis]! - low[axis]!) * scale)
  const longest = sides.indexOf(Math.max(...sides))
  const middle = (start + end) >>> 1
  selectMiddle(columns[longest]!, places, start, end - 1, middle)
  const lower = makeBox(columns, scales, places, start, middle)
  const upper = makeBox(columns, scales, places, middle, end)
  return { start, end, low, high, halves: [lower, upper] }
}

function lowest(column: Column, places: Uint32Array, start: number, end: number): number {
  let value = Number.POSITIVE_INFINITY
  for (let i = start; i < end; i++) value = Math.min(value, column[places[i]!]!)
  return value
}

function highest(column: Column, places: Uint32Array, start: number, end: number): number {
  let value = Number.NEGATIVE_INFINITY
  for (let i = start; i < end; i++) value = Math.max(value, column[places[i]!]!)
  return value
}

/**
 * Hoare's selection: orders `places` from `left` to `right` so that smaller values stand before `middle` and
 * larger ones after it. Equal values are swapped too, so many of them do not make it slow.
 */
function selectMiddle(
  column: Column,
  places: Uint32Array,
  left: number,
  right: number,
  middle: number,
): void {
  while (left < right) {
    const pivot = column[places[(left + right) >>> 1]!]!
    let low = left
    let high = right
    while (low <= high) {
      while (column[places[low]!]! < pivot) low++
      while (column[places[high]!]! > pivot) high--
      if (low > high) break
      const swapped = places[low]!
      places[low++] = places[high]!
      places[high--] = swapped
    }
    if (middle > high && middle < low) return
    if (middle <= high) right = high
    else left = low
  }
}
