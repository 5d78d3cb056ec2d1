// Where the names of a pair stand in the plot: beside it, where they cover the fewest marks.
import { MARGIN } from './plot-frame.ts'

export type Point = readonly [x: number, y: number]

export function placeLabel(
  text: SVGTextElement,
  pair: readonly Point[],
  reach: number,
  marks: readonly Point[],
  { width, height }: { readonly width: number; readonly height: number },
): void {
  const [long, high] = [text.getComputedTextLength(), LABEL_HEIGHT]
  const xs = pair.map(([x]) => x)
  const ys = pair.map(([, y]) => y)
  const middle = (Math.min(...xs) + Math.max(...xs)) / 2
  const beside = (Math.min(...ys) + Math.max(...ys)) / 2 + high / 3
  const within = (x: number) =>
    Math.min(Math.max(x, MARGIN.left + long / 2 + 4), width - MARGIN.right - long / 2 - 4)
  const above = Math.min(...ys) - reach - 7
  const below = Math.max(...ys) + reach + high
  const choices: Point[] = [
    ...[above, below, above - high, below + high].flatMap((y) =>
      [0, 0.5, -0.5].map((shift): Point => [within(middle + shift * long), y]),
    ),
    [Math.max(...xs) + reach + 6 + long / 2, beside],
    [Math.min(...xs) - reach - 6 - long / 2, beside],
  ]
  const covered = ([x, y]: Point) =>
    marks.filter(
      ([left, top]) => Math.abs(left - x) < long / 2 + 8 && Math.abs(top - (y - high / 3)) < high / 2 + 8,
    ).length
  const isInside = ([x, y]: Point) =>
    within(x) === x && y > MARGIN.top + high && y < height - MARGIN.bottom - 4
  // Of those that cover equally few, the first: the nearest.
  const [best = choices[0]!] = choices.filter(isInside).sort((one, other) => covered(one) - covered(other))
  text.setAttribute('x', String(best[0]))
  text.setAttribute('y', String(best[1]))
}

const LABEL_HEIGHT = 17
