// All students in a table, which can be put in the order of any column.
import { select } from 'd3-selection'
import { element, section } from './elements.ts'
import { rove } from './roving.ts'
import type { Drawing, Placed, Store } from './store.ts'
import { rounded } from './words.ts'

interface Column {
  readonly name: string
  readonly unit?: string
  /** What is shown, without its unit. */
  readonly text: (placed: Placed) => string
  /** The class of its cells. */
  readonly kind: string
  readonly compare: (one: Placed, other: Placed, store: Store) => number
}

const inWords = new Intl.Collator(undefined, { numeric: true })

const COLUMNS: readonly Column[] = [
  {
    name: 'Student',
    kind: 'name-cell',
    text: ({ student }) => String(student.id),
    compare: (a, b) => inWords.compare(`${a.student.id}`, `${b.student.id}`),
  },
  {
    name: 'Height',
    kind: 'number',
    unit: 'cm',
    text: ({ student }) => rounded(student.height),
    compare: (a, b) => a.student.height - b.student.height,
  },
  {
    name: 'Weight',
    kind: 'number',
    unit: 'kg',
    text: ({ student }) => rounded(student.weight),
    compare: (a, b) => a.student.weight - b.student.weight,
  },
  {
    name: 'Size',
    kind: 'size',
    text: ({ student }) => student.size,
    compare: (a, b, store) => store.sizeOf(a.student.size) - store.sizeOf(b.student.size),
  },
  { name: 'Host', kind: 'host', text: ({ source }) => source, compare: (a, b) => a.place - b.place },
]

export function drawTable(parent: HTMLElement, store: Store): Drawing {
  const part = section(parent, 'students', 'Students')
  const head = element('tr')
  const body = element('tbody')
  part.append(
    element(
      'div',
      { class: 'scroll' },
      element('table', { 'aria-labelledby': 'students-title' }, element('thead', {}, head), body),
    ),
  )
  let sorted = COLUMNS.length - 1
  let isDescending = false
  const roving = rove(body, 'button', () => 1)

  const headings = COLUMNS.map(({ name, kind, unit }, column) => {
    const button = element(
      'button',
      { type: 'button', class: 'sort' },
      name,
      ...(unit ? [element('span', { class: 'unit' }, ` ${unit}`)] : []),
    )
    button.addEventListener('click', () => {
      isDescending = sorted === column && !isDescending
      sorted = column
      draw()
    })
    const heading = element('th', { scope: 'col', class: `${kind}-heading` }, button)
    head.append(heading)
    return heading
  })

  const draw = () => {
    const { students, chosen, mostAlike } = store
    const { compare } = COLUMNS[sorted]!
    const ordered = [...students].sort((one, other) => compare(one, other, store) * (isDescending ? -1 : 1))
    for (const [column, heading] of headings.entries()) {
      const order = isDescending ? 'descending' : 'ascending'
      heading.ariaSort = column === sorted ? order : null
    }
    part.hidden = students.length === 0
    const rows = select(body)
      .selectAll<HTMLTableRowElement, Placed>('tr')
      .data(ordered, ({ place }) => place)
      .join((enter) => {
        const made = enter
          .append('tr')
          .attr('class', 'row')
          .on('click', (_, { place }) => store.choose(place))
        const name = made.append('th').attr('scope', 'row')
        name.append('button').attr('type', 'button').attr('class', 'student').attr('tabindex', -1)
        name.append('span').attr('class', 'under')
        for (const { kind } of COLUMNS.slice(1)) made.append('td').attr('class', kind)
        return made
      })
      .order()
    rows
      .classed('chosen', ({ place }) => place === chosen)
      .classed('alike', ({ place }) => mostAlike.has(place))
      .attr('data-size', ({ student }) => store.sizeOf(student.size))
    rows
      .select('button')
      .text(COLUMNS[0]!.text)
      .attr('aria-pressed', ({ place }) => String(place === chosen))
    // Where it is narrow, instead of the last column.
    rows.select('.under').text(({ source }) => source)
    rows.selectAll<HTMLTableCellElement, unknown>('td').text(function (_, cell) {
      const placed = select<HTMLElement, Placed>(this.parentElement!).datum()
      return COLUMNS[cell + 1]!.text(placed)
    })
    roving.refresh()
  }
  return draw
}
