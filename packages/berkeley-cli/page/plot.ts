// Height and weight of all students, clothes sizes as the size of the marks, the most similar pairs drawn together.
// Rule: it shows nothing that the table does not have, so for who cannot see it, the table is the plot.
import { axisBottom, axisLeft } from 'd3-axis'
import { type ScaleLinear, scaleLinear } from 'd3-scale'
import { select } from 'd3-selection'
import { element, section } from './elements.ts'
import type { Drawing, Placed, Store } from './store.ts'
import { describe, plural } from './words.ts'

const MARGIN = { top: 34, right: 18, bottom: 44, left: 48 }
/** What there is to see as long as nobody has answered. */
const USUAL = { heights: [155, 195], weights: [45, 100] } as const
const NARROW = 480
const NARROWEST = 280

type Scale = ScaleLinear<number, number>

export function drawPlot(parent: HTMLElement, store: Store): Drawing {
  const part = section(parent, 'plot', 'Height, weight and size')
  const frame = element('div', { class: 'frame' })
  part.append(frame)
  const svg = select(frame).append('svg').attr('role', 'img')
  const below = svg.append('g').attr('class', 'axis')
  const left = svg.append('g').attr('class', 'axis')
  const names = svg.append('g').attr('class', 'axis-names')
  names.append('text').text('height in cm').attr('text-anchor', 'end')
  names.append('text').text('weight in kg')
  const together = svg.append('g').attr('class', 'together')
  const marks = svg.append('g').attr('class', 'marks')
  const labels = svg.append('g').attr('class', 'pair-labels')
  const legend = drawLegend(part, store)

  // Measured only when it changes: to measure, the browser has to lay the page out.
  let width = NARROWEST
  const draw = () => {
    const { view, students, chosen, mostAlike } = store
    const height = Math.round(Math.min(Math.max(width * 0.68, 320), 560))
    const isNarrow = width < NARROW
    const radius = (size: number) => (isNarrow ? 4 : 5) + size * (isNarrow ? 1.4 : 1.9)
    const x = scaleOf(
      students.map(({ student }) => student.height),
      USUAL.heights,
    ).range([MARGIN.left, width - MARGIN.right])
    const y = scaleOf(
      students.map(({ student }) => student.weight),
      USUAL.weights,
    ).range([height - MARGIN.bottom, MARGIN.top])
    svg.attr('viewBox', `0 0 ${width} ${height}`).attr('aria-label', summaryOf(store))
    below.attr('transform', `translate(0,${height - MARGIN.bottom})`).call(
      axisBottom(x)
        .ticks(isNarrow ? 5 : 8)
        .tickSize(MARGIN.top + MARGIN.bottom - height)
        .tickPadding(8),
    )
    left.attr('transform', `translate(${MARGIN.left},0)`).call(
      axisLeft(y)
        .ticks(6)
        .tickSize(MARGIN.left + MARGIN.right - width)
        .tickPadding(8),
    )
    names
      .select('text:first-child')
      .attr('x', width - MARGIN.right)
      .attr('y', height - 8)
    names.select('text:last-child').attr('x', 8).attr('y', 12)

    const at = ({ student }: Placed): [number, number] => [x(student.height), y(student.weight)]
    // The large ones first: a small one must not be hidden by them.
    const ordered = [...students].sort(
      (one, other) => store.sizeOf(other.student.size) - store.sizeOf(one.student.size),
    )
    marks
      .selectAll<SVGCircleElement, Placed>('circle')
      .data(ordered, ({ place }) => place)
      .join((enter) => {
        const made = enter.append('circle').attr('class', 'mark')
        made.on('click', (_, { place }) => store.choose(place)).append('title')
        return made
      })
      .order()
      .attr('data-size', ({ student }) => store.sizeOf(student.size))
      .attr('r', ({ student }) => radius(store.sizeOf(student.size)))
      .style(
        'transform',
        (placed) =>
          `translate(${at(placed)
            .map((value) => `${value}px`)
            .join(',')})`,
      )
      .classed('chosen', ({ place }) => place === chosen)
      .classed('faded', ({ place }) => mostAlike.size > 0 && view.state === 'done' && !mostAlike.has(place))
      .select('title')
      .text(({ place }) => describe(view.seats[place]!))

    const pairs = couplesOf(store)
    const thickness = (pair: Couple) =>
      2 * Math.max(...pair.map(({ student }) => radius(store.sizeOf(student.size)))) + 14
    for (const layer of ['edge', 'fill']) {
      together
        .selectAll<SVGLineElement, Couple>(`line.${layer}`)
        .data(pairs)
        .join((enter) => enter.append('line').attr('class', layer))
        .attr('x1', ([one]) => at(one)[0])
        .attr('y1', ([one]) => at(one)[1])
        // A line without any length would not be drawn, its round ends neither.
        .attr('x2', ([, other]) => at(other)[0] + 0.01)
        .attr('y2', ([, other]) => at(other)[1])
        .attr('stroke-width', (pair) => thickness(pair) - (layer === 'fill' ? 4 : 0))
    }
    labels
      .selectAll<SVGTextElement, Couple>('text')
      .data(pairs.length > MOST_LABELS ? [] : pairs)
      .join('text')
      .text(([one, other]) => `${one.student.id} & ${other.student.id}`)
      .each(function (pair) {
        placeLabel(this, pair.map(at), thickness(pair) / 2, students.map(at), { width, height })
      })
    legend(radius)
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

type Couple = readonly [Placed, Placed]
const MOST_LABELS = 3

/** The students of the most similar pairs. */
function couplesOf({ view, students }: Store): Couple[] {
  const byPlace = new Map(students.map((student) => [student.place, student]))
  return view.pairs.flatMap(({ rank, first, second }) => {
    const [one, other] = [byPlace.get(first), byPlace.get(second)]
    return rank === 1 && one !== undefined && other !== undefined ? [[one, other] as const] : []
  })
}

function scaleOf(values: readonly number[], usual: readonly [number, number]): Scale {
  const [least, most] = values.length < 2 ? [...usual, ...values] : values
  if (least === undefined || most === undefined) return scaleLinear().domain(usual)
  const all = values.length < 2 ? [...usual, ...values] : values
  const [low, high] = [Math.min(...all), Math.max(...all)]
  const room = Math.max((high - low) * 0.09, 2)
  return scaleLinear()
    .domain([low - room, high + room])
    .nice()
}

type Point = readonly [x: number, y: number]

/** Puts the names of a pair beside it: where they cover the fewest marks. */
function placeLabel(
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

function drawLegend(parent: HTMLElement, store: Store): (radius: (size: number) => number) => void {
  const list = element('ul', { class: 'legend', 'aria-label': 'Clothes sizes' })
  parent.append(list)
  return (radius) => {
    const present = new Set(store.students.map(({ student }) => store.sizeOf(student.size)))
    const entries = select(list)
      .selectAll<HTMLLIElement, string>('li')
      .data(store.view.sizes)
      .join((enter) => {
        const made = enter.append('li')
        made.append('span').attr('class', 'dot').attr('aria-hidden', 'true')
        made.append('span').attr('class', 'size-name')
        return made
      })
    entries
      .attr('data-size', (_, size) => size)
      .classed('absent', (_, size) => present.size > 0 && !present.has(size))
    entries
      .select<HTMLElement>('.dot')
      .style('width', (_, size) => `${2 * radius(size)}px`)
      .style('height', (_, size) => `${2 * radius(size)}px`)
    entries.select('.size-name').text((name) => name)
  }
}

function summaryOf(store: Store): string {
  const { students } = store
  const [pair] = couplesOf(store)
  const alike = pair === undefined ? '' : ` Most alike: ${pair[0].student.id} and ${pair[1].student.id}.`
  return `Scatter plot of ${plural(students.length, 'student')} by height and weight; all values are in the table.${alike}`
}
