// Who gave no valid record, and why; and ids that came more than once.
import { select } from 'd3-selection'
import { element, section } from './elements.ts'
import type { Drawing, Store } from './store.ts'

export function drawTroubles(parent: HTMLElement, store: Store): Drawing {
  const part = section(parent, 'troubles', 'Without a record')
  const list = element('dl')
  const repeats = element('ul', { class: 'repeats', 'aria-label': 'Ids that came more than once' })
  part.append(list, repeats)
  return () => {
    const { seats, repeats: repeated } = store.view
    const troubled = seats.filter(({ trouble }) => trouble !== undefined)
    part.hidden = troubled.length === 0 && repeated.length === 0
    const entries = select(list)
      .selectAll<HTMLDivElement, (typeof troubled)[number]>('div')
      .data(troubled)
      .join((enter) => {
        const made = enter.append('div')
        made.append('dt')
        made.append('dd')
        return made
      })
    entries.select('dt').text(({ source }) => source)
    entries.select('dd').text(({ trouble }) => trouble ?? '')
    select(repeats)
      .selectAll('li')
      .data(repeated)
      .join('li')
      .text((words) => words)
  }
}
