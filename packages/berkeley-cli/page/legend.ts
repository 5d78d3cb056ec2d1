// The clothes sizes, as large as their marks.
import { select } from 'd3-selection'
import { element } from './elements.ts'
import type { Store } from './store.ts'

export function drawLegend(parent: HTMLElement, store: Store): (radius: (size: number) => number) => void {
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
