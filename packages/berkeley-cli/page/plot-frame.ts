// The axes of the plot, and the room they leave.
import { axisBottom, axisLeft } from 'd3-axis'
import { type ScaleLinear, scaleLinear } from 'd3-scale'
import type { Selection } from 'd3-selection'
import type { Placed } from './store.ts'

export const MARGIN = { top: 34, right: 18, bottom: 44, left: 48 }
/** What there is to see as long as nobody has answered. */
const USUAL = { heights: [155, 195], weights: [45, 100] } as const

type Scale = ScaleLinear<number, number>

/** Where a student's mark is. */
export type Locate = (placed: Placed) => [x: number, y: number]

export interface Measures {
  readonly width: number
  readonly height: number
  readonly isNarrow: boolean
}

/** Draws the axes; what it gives back draws them anew for other students, and tells where these are. */
export function drawFrame(
  svg: Selection<SVGSVGElement, unknown, null, undefined>,
): (students: readonly Placed[], measures: Measures) => Locate {
  const below = svg.append('g').attr('class', 'axis')
  const left = svg.append('g').attr('class', 'axis')
  const names = svg.append('g').attr('class', 'axis-names')
  const heightName = names.append('text').text('height in cm').attr('text-anchor', 'end')
  names.append('text').text('weight in kg').attr('x', 8).attr('y', 12)

  return (students, { width, height, isNarrow }) => {
    const heights = students.map(({ student }) => student.height)
    const weights = students.map(({ student }) => student.weight)
    const x = scaleOf(heights, USUAL.heights).range([MARGIN.left, width - MARGIN.right])
    const y = scaleOf(weights, USUAL.weights).range([height - MARGIN.bottom, MARGIN.top])
    const [wide, high] = [width - MARGIN.left - MARGIN.right, height - MARGIN.top - MARGIN.bottom]
    const bottom = axisBottom(x).ticks(isNarrow ? 5 : 8)
    below
      .attr('transform', `translate(0,${height - MARGIN.bottom})`)
      .call(bottom.tickSize(-high).tickPadding(8))
    const side = axisLeft(y).ticks(6)
    left.attr('transform', `translate(${MARGIN.left},0)`).call(side.tickSize(-wide).tickPadding(8))
    heightName.attr('x', width - MARGIN.right).attr('y', height - 8)
    return ({ student }) => [x(student.height), y(student.weight)]
  }
}

/** From a little below the least to a little above the most. */
function scaleOf(values: readonly number[], usual: readonly [number, number]): Scale {
  const all = values.length < 2 ? [...usual, ...values] : values
  const [low, high] = [Math.min(...all), Math.max(...all)]
  const room = Math.max((high - low) * 0.09, 2)
  return scaleLinear()
    .domain([low - room, high + room])
    .nice()
}
