// The seats of the class, which fill as hosts answer.
import { select } from 'd3-selection'
import { element, section } from './elements.ts'
import { rove } from './roving.ts'
import type { Drawing, Store } from './store.ts'
import { describe } from './words.ts'

export function drawSeats(parent: HTMLElement, store: Store): Drawing {
  const part = section(parent, 'seats', 'Seats')
  const grid = element('div', { class: 'grid', role: 'group', 'aria-labelledby': 'seats-title' })
  const detail = element('p', { id: 'detail' })
  part.append(grid, detail)
  const roving = rove(grid, 'button', () => {
    const tops = [...grid.children].map((seat) => (seat as HTMLElement).offsetTop)
    return Math.max(1, tops.filter((top) => top === tops[0]).length)
  })
  const showDetail = (place: number | null) => {
    detail.textContent =
      place === null ? 'Choose a seat, a mark or a row to see who it is.' : describe(store.view.seats[place]!)
  }
  grid.addEventListener('pointerover', ({ target }) => {
    const seat = (target as Element).closest<HTMLElement>('button')
    if (seat !== null) showDetail(Number(seat.dataset.place))
  })
  grid.addEventListener('pointerleave', () => showDetail(store.chosen))
  grid.addEventListener('focusin', ({ target }) => showDetail(Number((target as HTMLElement).dataset.place)))

  return () => {
    const { view, chosen, mostAlike } = store
    const seats = select(grid)
      .selectAll<HTMLButtonElement, number>('button')
      .data(view.seats.keys())
      .join((enter) => {
        const made = enter.append('button').attr('type', 'button').attr('class', 'seat').attr('tabindex', -1)
        made.on('click', (_, place) => store.choose(place))
        made.append('span').attr('class', 'seat-label')
        made.append('span').attr('class', 'seat-size')
        return made
      })
    const seat = (place: number) => view.seats[place]!
    seats
      .attr('data-place', (place) => place)
      .attr('data-state', (place) => stateOf(seat(place)))
      .attr('data-size', (place) => {
        const { student } = seat(place)
        return student === undefined ? null : store.sizeOf(student.size)
      })
      .attr('aria-label', (place) => describe(seat(place)) + (mostAlike.has(place) ? '; most alike' : ''))
      .attr('aria-pressed', (place) => String(chosen === place))
      .classed('alike', (place) => mostAlike.has(place))
    seats.select('.seat-label').text((place) => store.label(place))
    seats.select('.seat-size').text((place) => markOf(seat(place)))
    roving.refresh()
    showDetail(chosen)
  }
}

type Seat = Store['view']['seats'][number]

function stateOf({ student, trouble, sameAs }: Seat): string {
  if (trouble !== undefined) return 'trouble'
  if (student === undefined) return 'empty'
  return sameAs === undefined ? 'present' : 'repeated'
}

function markOf({ student, trouble, sameAs }: Seat): string {
  if (trouble !== undefined) return '×'
  if (student === undefined) return '·'
  return sameAs === undefined ? student.size : '='
}
