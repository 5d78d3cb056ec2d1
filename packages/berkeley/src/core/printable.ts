// Values as error messages show them: short, whatever they are, and without running their code (a Proxy's, a getter's).
import * as types from 'node:util/types'

const LONGEST = 60
const ELEMENTS = 6

/** What a caller gave, in a message that says what was wrong with it. */
export function printable(value: unknown): string {
  if (typeof value === 'string') return `'${visible(value)}'`
  if (typeof value === 'bigint') return visible(`${value}n`)
  if (typeof value === 'symbol' || typeof value === 'function') return `a ${typeof value}`
  if (typeof value !== 'object' || value === null) return String(value)
  if (types.isProxy(value)) return 'a proxy'
  if (Array.isArray(value)) return shortened(`[${elements(value).join(', ')}]`)
  return ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value) ? 'a buffer' : 'an object'
}

/** A host, a path or another name, as it stands in a message. */
export function shown(name: unknown): string {
  return typeof name === 'string' ? visible(name) : printable(name)
}

function elements(values: readonly unknown[]): string[] {
  return Array.from({ length: Math.min(values.length, ELEMENTS) }, (_, index) =>
    printable(Object.getOwnPropertyDescriptor(values, index)?.value),
  )
}

// A NUL or an escape sequence in a name must not reach a terminal as it is.
function visible(text: string): string {
  return shortened(JSON.stringify(text.slice(0, LONGEST + 1)).slice(1, -1))
}

function shortened(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
}
