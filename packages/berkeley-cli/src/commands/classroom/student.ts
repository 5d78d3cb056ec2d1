// What a student's record is, and which values are believable.
// Rule: a record is taken whole or not at all, and every fault of it is named, so that its owner can mend it
//       at once.
//
//   id      a whole number from 0 to 2^53 - 1, or 1 to 64 letters, digits, spaces, `.`, `_`, `@`, `-`, beginning
//           with a letter or digit; 42 and "42" are the same student
//   height  40 to 280 cm   (the tallest man measured had 272 cm, the smallest adult 55 cm)
//   weight  2 to 650 kg    (the heaviest man had 635 kg, the lightest adult 2.1 kg)
//   size    XS, S, M, L, XL, XXL, XXXL or XXXXL, in capitals or not
import { quoted } from '../../printable.ts'
import type { Failure } from './failure.ts'

/** Clothes sizes from small to large; the place in this list is the size as a number. */
export const SIZES = ['XS', 'S', 'M', 'L', 'XL', 'XXL', 'XXXL', 'XXXXL'] as const
export type Size = (typeof SIZES)[number]

export interface Student {
  readonly id: string | number
  readonly height: number
  readonly weight: number
  readonly size: Size
}

export type Reading = { readonly student: Student } | { readonly failure: Failure }

export const RECORD_HELP = `
A record is {"id", "height", "weight", "size"}: the id a whole number or up to 64 letters and digits,
height 40 to 280 cm, weight 2 to 650 kg, clothes size ${SIZES.join(', ')}.`

// Letters and digits only (of any script), so that an id is safe in a terminal, a table and a spreadsheet.
const ID = /^[\p{L}\p{N}][\p{L}\p{M}\p{N} ._@-]{0,63}$/u

type Fields = Readonly<Record<string, unknown>>
/** Says what is wrong with a value, or null. */
type Check = (value: unknown) => string | null

const CHECKS: Readonly<Record<keyof Student, Check>> = {
  id: checkId,
  height: checkMeasure(40, 280, 'cm'),
  weight: checkMeasure(2, 650, 'kg'),
  size: (value) => (sizeOf(value) === undefined ? `is not one of ${SIZES.join(', ')}` : null),
}
const FIELDS = Object.keys(CHECKS) as (keyof Student)[]

/** The student in a value that came as JSON. */
export function readStudent(value: unknown): Reading {
  if (!isObject(value)) {
    return failed('not-an-object', `not an object: ${describe(value)}`)
  }
  const wrong = FIELDS.filter((field) => complaintOf(field, value) !== null)
  return wrong.length === 0 ? { student: studentOf(value) } : explainFaults(value, wrong)
}

/** What makes two records one student: 42 and "42" are the same. */
export function studentKey({ id }: Student): string | number {
  return typeof id === 'number' ? id : parseId(id)
}

/** The id as a number where it is one, the way `serve` sends it. */
export function parseId(text: string): string | number {
  const number = Number(text)
  return String(number) === text && Number.isSafeInteger(number) ? number : text
}

export function isSameBody(one: Student, other: Student): boolean {
  return one.height === other.height && one.weight === other.weight && one.size === other.size
}

function studentOf({ id, height, weight, size }: Fields): Student {
  return {
    id: id as string | number,
    height: height as number,
    weight: weight as number,
    size: sizeOf(size) as Size,
  }
}

function complaintOf(field: keyof Student, record: Fields): string | null {
  return Object.hasOwn(record, field) ? CHECKS[field](record[field]) : 'is missing'
}

function explainFaults(record: Fields, wrong: readonly (keyof Student)[]): Reading {
  const missing = wrong.filter((field) => !Object.hasOwn(record, field))
  if (missing.length === FIELDS.length && Object.hasOwn(record, 'error')) {
    return failed('error-answer', `an error instead of a record: ${describe(record.error)}`)
  }
  const absurd = wrong.filter((field) => !missing.includes(field))
  const details = [
    ...missing.map((field) => `missing field ${field}`),
    ...absurd.map((field) => `absurd ${field}: ${describe(record[field])} ${complaintOf(field, record)}`),
  ]
  return failed(missing.length > 0 ? 'missing-field' : 'absurd-value', details.join('; '))
}

function checkId(value: unknown): string | null {
  if (typeof value === 'string') return ID.test(value) ? null : 'is not 1 to 64 letters and digits'
  if (typeof value !== 'number') return 'is neither a number nor a text'
  return Number.isSafeInteger(value) && value >= 0 ? null : 'is not a whole number from 0 to 2^53 - 1'
}

function checkMeasure(least: number, most: number, unit: string): Check {
  return (value) => {
    if (typeof value !== 'number') return 'is not a number'
    return value >= least && value <= most ? null : `is not between ${least} and ${most} ${unit}`
  }
}

function sizeOf(value: unknown): Size | undefined {
  return typeof value === 'string' ? SIZES.find((size) => size === value.toUpperCase()) : undefined
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function describe(value: unknown): string {
  if (typeof value === 'string') return quoted(value)
  if (Array.isArray(value)) return 'a list'
  return isObject(value) ? 'an object' : String(value)
}

function failed(reason: Failure['reason'], detail: string): Reading {
  return { failure: { reason, detail } }
}
