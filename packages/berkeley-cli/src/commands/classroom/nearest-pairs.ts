// The nearest pairs among many points, exactly: a tree of points compared with itself.
// Rule: never a list of all pairs. Two boxes are opened only while their gap is smaller than the worst pair
//       kept, and counted as a whole when every pair between them is near enough. So a hundred thousand
//       points take a fraction of a second, also when all of them are the same point.
import type { Box, PointTree } from './point-tree.ts'

/** Two points, by their place in the list given, and the square of their distance. */
export interface Pair {
  readonly first: number
  readonly second: number
  readonly square: number
}

/** The `count` nearest pairs (fewer if there are not as many), nearest first. */
export function findNearestPairs(tree: PointTree, count: number): Pair[] {
  const search = new Search(tree, count)
  search.within(tree.root)
  return search.result()
}

/** How many pairs are no further apart than the square root of `square`. */
export function countPairs(tree: PointTree, square: number): number {
  return countWithin(tree, tree.root, square)
}

class Search {
  readonly #tree: PointTree
  readonly #count: number
  /** The nearest so far, nearest first. */
  readonly #pairs: Pair[] = []
  /** What a pair must be nearer than to be kept. */
  #worst: number

  constructor(tree: PointTree, count: number) {
    this.#tree = tree
    this.#count = count
    this.#worst = count > 0 ? Number.POSITIVE_INFINITY : 0
  }

  result(): Pair[] {
    return this.#pairs.sort((a, b) => a.square - b.square || a.first - b.first || a.second - b.second)
  }

  within(box: Box): void {
    if (this.#worst === 0) return
    if (box.halves === null) {
      this.#compare(box, box)
      return
    }
    const [lower, upper] = box.halves
    this.within(lower)
    this.within(upper)
    this.#between(lower, upper, this.#tree.gap(lower, upper))
  }

  #between(one: Box, other: Box, gap: number): void {
    if (gap >= this.#worst) return
    if (sizeOf(one) < sizeOf(other)) {
      this.#between(other, one, gap)
      return
    }
    if (one.halves === null) {
      this.#compare(one, other)
      return
    }
    const [lower, upper] = one.halves
    const lowerGap = this.#tree.gap(lower, other)
    const upperGap = this.#tree.gap(upper, other)
    // The nearer half first: what it finds often makes the other half needless.
    if (upperGap < lowerGap) this.#between(upper, other, upperGap)
    this.#between(lower, other, lowerGap)
    if (upperGap >= lowerGap) this.#between(upper, other, upperGap)
  }

  #compare(one: Box, other: Box): void {
    for (let i = one.start; i < one.end; i++) {
      for (let j = one === other ? i + 1 : other.start; j < other.end; j++) {
        const square = this.#tree.square(i, j)
        if (square < this.#worst) this.#keep(i, j, square)
      }
    }
  }

  #keep(i: number, j: number, square: number): void {
    const pairs = this.#pairs
    const { places } = this.#tree
    if (pairs.length === this.#count) pairs.pop()
    let rank = pairs.length
    while (rank > 0 && pairs[rank - 1]!.square > square) rank--
    const [one, other] = [places[i]!, places[j]!]
    pairs.splice(rank, 0, { first: Math.min(one, other), second: Math.max(one, other), square })
    if (pairs.length === this.#count) this.#worst = pairs[pairs.length - 1]!.square
  }
}

function countWithin(tree: PointTree, box: Box, square: number): number {
  if (tree.reach(box, box) <= square) return (sizeOf(box) * (sizeOf(box) - 1)) / 2
  if (box.halves === null) return countCompared(tree, box, box, square)
  const [lower, upper] = box.halves
  return (
    countWithin(tree, lower, square) +
    countWithin(tree, upper, square) +
    countBetween(tree, lower, upper, square)
  )
}

function countBetween(tree: PointTree, one: Box, other: Box, square: number): number {
  if (sizeOf(one) < sizeOf(other)) return countBetween(tree, other, one, square)
  if (tree.gap(one, other) > square) return 0
  if (tree.reach(one, other) <= square) return sizeOf(one) * sizeOf(other)
  if (one.halves === null) return countCompared(tree, one, other, square)
  const [lower, upper] = one.halves
  return countBetween(tree, lower, other, square) + countBetween(tree, upper, other, square)
}

function countCompared(tree: PointTree, one: Box, other: Box, square: number): number {
  let count = 0
  for (let i = one.start; i < one.end; i++) {
    for (let j = one === other ? i + 1 : other.start; j < other.end; j++) {
      if (tree.square(i, j) <= square) count++
    }
  }
  return count
}

function sizeOf(box: Box): number {
  return box.end - box.start
}
