// The most similar pair, side by side and to scale, and those that come after it.
import { select } from 'd3-selection'
import { element, section } from './elements.ts'
import type { Drawing, Placed, Store } from './store.ts'
import { bodyOf, differenceOf, plural, roundedDistance } from './words.ts'

/** Of a figure, in centimetres; the picture has as many units. */
const TALLEST = 215
const WIDTH = 300

export function drawAlike(parent: HTMLElement, store: Store): Drawing {
  const part = section(parent, 'alike', 'Most alike')
  const picture = select(part).append('svg').attr('class', 'figures').attr('aria-hidden', 'true')
  picture
    .append('line')
    .attr('class', 'ground')
    .attr('x1', 20)
    .attr('x2', WIDTH - 20)
  picture
    .select('line')
    .attr('y1', TALLEST + 2)
    .attr('y2', TALLEST + 2)
  const names = element('div', { class: 'names' })
  const difference = element('p', { class: 'difference' })
  const others = element('ol', { class: 'others' })
  const more = element('p', { class: 'more' })
  const couplePart = element('div', { class: 'couple' }, names, difference)
  couplePart.prepend(picture.node()!)
  const nextPart = element('div', { class: 'next' }, element('h3', {}, 'And then'), others, more)
  part.append(element('div', { class: 'columns' }, couplePart, nextPart))

  return () => {
    const { view } = store
    const byPlace = new Map(store.students.map((student) => [student.place, student]))
    const [best, ...next] = view.pairs
      .map(({ first, second, ...pair }) => ({ ...pair, one: byPlace.get(first), other: byPlace.get(second) }))
      .filter((pair): pair is Ranked => pair.one !== undefined && pair.other !== undefined)
    const couple = best === undefined ? [] : [best.one, best.other]
    part.classList.toggle('nobody', best === undefined)
    nextPart.hidden = next.length === 0
    const top = TALLEST - Math.max(0, ...couple.map(({ student }) => student.height)) - 4
    picture.attr('viewBox', `0 ${top} ${WIDTH} ${TALLEST + 6 - top}`)
    picture
      .selectAll<SVGPathElement, Placed>('path')
      .data(couple)
      .join('path')
      .attr('class', 'figure')
      .attr('data-size', ({ student }) => store.sizeOf(student.size))
      .attr('d', ({ student }, side) => figure(student, WIDTH * (side === 0 ? 0.32 : 0.68)))
    select(names)
      .selectAll<HTMLButtonElement, Placed>('button')
      .data(couple)
      .join((enter) => {
        const made = enter.append('button').attr('type', 'button').attr('class', 'name')
        made.on('click', (_, { place }) => store.choose(place))
        made.append('strong')
        made.append('span')
        return made
      })
      .attr('aria-pressed', ({ place }) => String(store.chosen === place))
      .call((made) => made.select('strong').text(({ student }) => student.id))
      .call((made) => made.select('span').text(({ student, source }) => `${bodyOf(student)} · ${source}`))
    difference.textContent =
      best === undefined
        ? 'Two students are needed to compare.'
        : `${differenceOf(best.one, best.other)}; distance ${roundedDistance(best.distance)}`
    select(others)
      .selectAll<HTMLLIElement, Ranked>('li')
      .data(next)
      .join('li')
      .attr('value', ({ rank }) => rank)
      .text(
        ({ one, other, distance }) =>
          `${one.student.id} and ${other.student.id}: ${differenceOf(one, other)}; distance ${roundedDistance(distance)}`,
      )
    more.textContent =
      view.unlistedTies > 0
        ? `… and ${plural(view.unlistedTies, 'pair')} more at the same distance as the last.`
        : ''
  }
}

interface Ranked {
  readonly rank: number
  readonly distance: number
  readonly one: Placed
  readonly other: Placed
}

/** A figure of the student's height, as wide as the weight makes one of that height. */
function figure({ height, weight }: Placed['student'], middle: number): string {
  const tall = Math.min(height, TALLEST)
  const top = TALLEST - tall
  const head = tall * 0.085
  const stoutness = Math.sqrt(weight / (height / 100) ** 2 / 22)
  const shoulders = Math.min(Math.max(tall * 0.15 * stoutness, 9), 60)
  const feet = shoulders * 0.68
  const neck = top + 2 * head + 5
  const round = shoulders * 0.85
  return [
    `M${middle - head},${top + head}a${head},${head} 0 1 1 ${2 * head},0a${head},${head} 0 1 1 ${-2 * head},0z`,
    `M${middle - shoulders},${neck + round}q0,${-round} ${round},${-round}h${2 * (shoulders - round)}q${round},0 ${round},${round}`,
    `L${middle + feet},${TALLEST - 7}q0,7 -7,7H${middle - feet + 7}q-7,0 -7,-7z`,
  ].join('')
}
