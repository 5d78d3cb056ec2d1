// Values as error messages show them.

const LONGEST_PRINTED = 60

/** A value as an error message shows it: short, whatever it is, and without running its code. */
export function printable(value: unknown): string {
  if (typeof value === 'string') return shortened(value)
  if (typeof value === 'bigint') return shortened(`${value}n`)
  if (typeof value === 'symbol' || typeof value === 'function') return typeof value
  if (typeof value !== 'object' || value === null) return String(value)
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`
  if (Array.isArray(value)) return shortened(`[${value.slice(0, 6).map(element).join(', ')}]`)
  return 'an object'
}

function element(value: unknown): string {
  return typeof value === 'string' ? `'${shortened(value)}'` : printable(value)
}

function shortened(text: string): string {
  // A NUL or an escape sequence in a name must not reach a terminal as it is.
  const visible = JSON.stringify(text.slice(0, LONGEST_PRINTED + 1)).slice(1, -1)
  return visible.length > LONGEST_PRINTED ? `${visible.slice(0, LONGEST_PRINTED)}…` : visible
}
