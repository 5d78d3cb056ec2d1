// Height and weight of all students, clothes sizes as the size of the marks, the most similar pairs drawn together.
// Rule: it shows nothing that the table does not have, so for who cannot see it, the table is the plot.
import { type Selection, select } from 'd3-selection'
import { element, section } from './elements.ts'
import { drawLegend } from './legend.ts'
import { placeLabel } from './pair-label.ts'
import { drawFrame, type Locate } from './plot-frame.ts'
import type { Drawing, Placed, Store } from './store.ts'
import { describe, plural } from './words.ts'

const NARROW = 480
const NARROWEST = 280
/** With more students than that the marks are smaller. */
const ROOMY = 120
/** Around a pair, in pixels. */
const RIM = 7
const MOST_LABELS = 3

type Layer = Selection<SVGGElement, unknown, null, undefined>
/** The radius of a student's mark. */
type Radius = (placed: Placed) => number

export function drawPlot(parent: HTMLElement, store: Store): Drawing {
  const part = section(parent, 'plot', 'Height, weight and size')
  const frame = element('div', { class: 'frame' })
  part.append(frame)
  const svg = select(frame).append('svg').attr('role', 'img')
  const drawAxes = drawFrame(svg)
  const layer = (name: string): Layer => svg.append('g').attr('class', name)
  const [marks, together, marksOnTop, labels] = [
    layer('marks'),
    layer('together'),
    layer('marks'),
    layer('pair-labels'),
  ]
  const legend = drawLegend(part, store)

  // Measured only when it changes: to measure, the browser has to lay the page out.
  let width = NARROWEST
  const draw = () => {
    const { students, chosen, mostAlike } = store
    const height = Math.round(Math.min(Math.max(width * 0.68, 320), 560))
    const isNarrow = width < NARROW
    const crowd = Math.min(1, Math.sqrt(ROOMY / Math.max(1, students.length)))
    const radiusOf = (size: number) => ((isNarrow ? 4 : 5) + size * (isNarrow ? 1.4 : 1.9)) * crowd
    const radius: Radius = ({ student }) => radiusOf(store.sizeOf(student.size))
    svg.attr('viewBox', `0 0 ${width} ${height}`).attr('aria-label', summaryOf(store))
    const at = drawAxes(students, { width, height, isNarrow })

    // The large ones first: a small one must not be hidden by them.
    const ordered = [...students].sort((one, other) => radius(other) - radius(one))
    const isOnTop = ({ place }: Placed) => mostAlike.has(place) || place === chosen
    drawMarks(
      marks,
      store,
      ordered.filter((placed) => !isOnTop(placed)),
      at,
      radius,
    )
    drawMarks(marksOnTop, store, ordered.filter(isOnTop), at, radius)

    const pairs = couplesOf(store)
    const reach = (pair: Couple) => Math.max(...pair.map(radius)) + RIM
    drawTogether(together, pairs, at, reach)
    labels
      .selectAll<SVGTextElement, Couple>('text')
      .data(pairs.length > MOST_LABELS ? [] : pairs)
      .join('text')
      .text(([one, other]) => `${one.student.id} & ${other.student.id}`)
      .each(function (pair) {
        placeLabel(this, pair.map(at), reach(pair), students.map(at), { width, height })
      })
    legend(radiusOf)
  }
  // Only what the scan brings is seen moving: a page that changes its width jumps.
  new ResizeObserver(() => {
    const measured = Math.max(NARROWEST, frame.clientWidth)
    if (measured === width) return
    width = measured
    svg.classed('still', true)
    draw()
    requestAnimationFrame(() => svg.classed('still', false))
  }).observe(frame)
  return draw
}

function drawMarks(
  layer: Layer,
  store: Store,
  students: readonly Placed[],
  at: Locate,
  radius: Radius,
): void {
  const { view, chosen, mostAlike } = store
  const isOver = mostAlike.size > 0 && view.state === 'done'
  layer
    .selectAll<SVGCircleElement, Placed>('circle')
    .data(students, ({ place }) => place)
    .join((enter) => {
      const made = enter.append('circle').attr('class', 'mark')
      made.on('click', (_, { place }) => store.choose(place)).append('title')
      return made
    })
    .order()
    .attr('data-size', ({ student }) => store.sizeOf(student.size))
    .attr('r', radius)
    .style('transform', (placed) => {
      const [x, y] = at(placed)
      return `translate(${x}px,${y}px)`
    })
    .classed('chosen', ({ place }) => place === chosen)
    .classed('faded', ({ place }) => isOver && !mostAlike.has(place))
    .select('title')
    .text(({ place }) => describe(view.seats[place]!))
}

/** A thick line with round ends around each pair, and a thinner one in it: an outline, and what it encloses. */
function drawTogether(
  layer: Layer,
  pairs: readonly Couple[],
  at: Locate,
  reach: (pair: Couple) => number,
): void {
  for (const name of ['edge', 'fill']) {
    layer
      .selectAll<SVGLineElement, Couple>(`line.${name}`)
      .data(pairs)
      .join((enter) => enter.append('line').attr('class', name))
      .attr('x1', ([one]) => at(one)[0])
      .attr('y1', ([one]) => at(one)[1])
      // A line without any length would not be drawn, its round ends neither.
      .attr('x2', ([, other]) => at(other)[0] + 0.01)
      .attr('y2', ([, other]) => at(other)[1])
      .attr('stroke-width', (pair) => 2 * reach(pair) - (name === 'fill' ? 4 : 0))
  }
}

type Couple = readonly [Placed, Placed]

/** The students of the most similar pairs. */
function couplesOf({ view, students }: Store): Couple[] {
  const byPlace = new Map(students.map((student) => [student.place, student]))
  return view.pairs.flatMap(({ rank, first, second }) => {
    const [one, other] = [byPlace.get(first), byPlace.get(second)]
    return rank === 1 && one !== undefined && other !== undefined ? [[one, other] as const] : []
  })
}

function summaryOf(store: Store): string {
  const { students } = store
  const [pair] = couplesOf(store)
  const alike = pair === undefined ? '' : ` Most alike: ${pair[0].student.id} and ${pair[1].student.id}.`
  return `Scatter plot of ${plural(students.length, 'student')} by height and weight; all values are in the table.${alike}`
}
