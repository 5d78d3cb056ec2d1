// The words and numbers that several parts of the page show.
import type { Seat } from '#commands/classroom/page/class-view.js'
import type { Placed } from './store.ts'

/** As exact as people measure: 170.1 - 170 is 0.09999999999999432. */
export function rounded(value: number): string {
  return String(Number(value.toPrecision(5)))
}

/** Three digits tell distances apart. */
export function roundedDistance(value: number): string {
  return String(Number(value.toPrecision(3)))
}

export function bodyOf({ height, weight, size }: Placed['student']): string {
  return `${rounded(height)} cm, ${rounded(weight)} kg, ${size}`
}

/** All there is to say of a seat. */
export function describe({ source, student, trouble, sameAs }: Seat): string {
  if (trouble !== undefined) return `${source}: ${trouble}`
  if (student === undefined) return `${source}: no answer yet`
  const whom = `${source}: student ${student.id}, ${bodyOf(student)}`
  return sameAs === undefined ? whom : `${whom}; not counted, ${sameAs} has the same id`
}

export function differenceOf({ student: one }: Placed, { student: other }: Placed): string {
  return [
    stepOf(one.height, other.height, 'cm', 'height'),
    stepOf(one.weight, other.weight, 'kg', 'weight'),
    one.size === other.size ? `both ${one.size}` : `${one.size} and ${other.size}`,
  ].join(', ')
}

function stepOf(one: number, other: number, unit: string, name: string): string {
  return one === other ? `same ${name}` : `${rounded(Math.abs(one - other))} ${unit} apart`
}

export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
