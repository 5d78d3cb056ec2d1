// Numbers as people read them: bytes, rates, counts, durations.
// Rule: the same everywhere, in English, whatever the locale of the machine; JSON has the plain numbers.

const BYTES = new Intl.NumberFormat('en', {
  notation: 'compact',
  style: 'unit',
  unit: 'byte',
  unitDisplay: 'narrow',
  maximumFractionDigits: 1,
})
const COUNT = new Intl.NumberFormat('en')

/** `1.2 MB`: with decimal prefixes. */
export function formatBytes(bytes: number): string {
  // Intl writes 1.2MB, and 1.2BB for what everybody calls a gigabyte.
  return BYTES.format(bytes)
    .replace('BB', 'GB')
    .replace(/(\d)(?=[A-Z])/, '$1 ')
}

export function formatRate(bytesPerSecond: number): string {
  return `${formatBytes(bytesPerSecond)}/s`
}

/** `12,345` */
export function formatCount(count: number): string {
  return COUNT.format(count)
}

/** `12.3 µs`, `4.56 ms`, `7.89 s`, `2 h 5 min`: three digits, in the unit that fits. */
export function formatSeconds(seconds: number): string {
  if (seconds >= 3600) return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`
  if (seconds >= 60) return `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`
  const [factor, unit] = seconds >= 1 ? [1, 's'] : seconds >= 1e-3 ? [1e3, 'ms'] : [1e6, 'µs']
  return `${threeDigits(seconds * factor)} ${unit}`
}

function threeDigits(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)
}
