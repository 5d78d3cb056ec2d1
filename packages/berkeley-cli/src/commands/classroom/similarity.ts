// Which students of a class are most alike.
//
// The distance of two students is Euclid's, over three steps: the difference in height, in weight and in
// clothes size (XS = 0, S = 1, … XXXXL = 7), each divided by the spread of that feature in this class, which
// is its standard deviation. So a centimetre, a kilogram and a size count by how much they tell in this
// class, and the unit does not matter. A feature in which all students agree has no spread and counts
// nothing.
//
// Rule: exact. The nearest pair is the nearest of all pairs, and pairs as near as the last one listed are
//       listed too, up to LONGEST_TIE of them; how many more there are is counted, not guessed.
import { countPairs, findNearestPairs, type Pair } from './nearest-pairs.ts'
import { PointTree } from './point-tree.ts'
import { SIZES, type Student } from './student.ts'

export const LONGEST_TIE = 20

export const SIMILARITY_HELP = `
Similarity: the distance of two students is the square root of the sum of the squares of their
differences in height, weight and size (XS = 0, S = 1, … XXXXL = 7), each difference divided by the
standard deviation of that feature in this class. A feature that is the same for all counts nothing.`

// 170.1 - 170 and 180.1 - 180 differ in the thirteenth digit; measures of people do not.
const TOLERANCE = 1 + 1e-9

export interface SimilarPair {
  /** Place in the ranking; pairs as near as each other share it. */
  readonly rank: number
  /** Places of the two students in the class. */
  readonly first: number
  readonly second: number
  readonly distance: number
}

export interface Similarity {
  readonly pairs: readonly SimilarPair[]
  /** How many pairs are as near as the last one listed, and not listed. */
  readonly unlistedTies: number
  /** What the search cost: pairs of students and of groups looked at. */
  readonly comparisons: number
}

/** The `wanted` most similar pairs, and those as near as the last of them. */
export function rankPairs(students: readonly Student[], wanted: number): Similarity {
  const features = [
    Float64Array.from(students.map(({ height }) => height)),
    Float64Array.from(students.map(({ weight }) => weight)),
    Float64Array.from(students.map(({ size }) => SIZES.indexOf(size))),
  ]
  const tree = new PointTree(features, features.map(scaleOf))
  const nearest = findNearestPairs(tree, wanted + LONGEST_TIE)
  const last = nearest[Math.min(wanted, nearest.length) - 1]
  if (last === undefined) return { pairs: [], unlistedTies: 0, comparisons: tree.comparisons }

  const pairs = nearest.filter((pair, place) => place < wanted || isTie(last, pair))
  const unlistedTies = countPairs(tree, tieLimit(last)) - pairs.length
  return { pairs: withRanks(pairs), unlistedTies, comparisons: tree.comparisons }
}

/** One divided by the standard deviation; 0 where there is none. */
function scaleOf(values: Float64Array): number {
  // Asked of the values, since the mean of equal numbers can miss them by a rounding error.
  if (values.every((value) => value === values[0])) return 0
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
  return 1 / Math.sqrt(variance)
}

function withRanks(pairs: readonly Pair[]): SimilarPair[] {
  const ranked: SimilarPair[] = []
  for (const [place, pair] of pairs.entries()) {
    const before = pairs[place - 1]
    const rank = before && isTie(before, pair) ? ranked[place - 1]!.rank : place + 1
    ranked.push({ rank, first: pair.first, second: pair.second, distance: Math.sqrt(pair.square) })
  }
  return ranked
}

function isTie(one: Pair, further: Pair): boolean {
  return further.square <= tieLimit(one)
}

function tieLimit(pair: Pair): number {
  return pair.square * TOLERANCE
}
