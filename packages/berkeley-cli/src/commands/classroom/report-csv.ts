// The students as comma-separated values (RFC 4180), for spreadsheets.
// Rule: no cell can be taken for a formula or break the table. Ids and sizes are checked to be harmless,
//       sources of a records file are not, so every cell is escaped here.
import type { Member } from './roster.ts'

const HEADING = ['host', 'id', 'height', 'weight', 'size']

export function formatCsv(members: readonly Member[]): string {
  const rows = members.map(({ source, student: { id, height, weight, size } }) => [
    source,
    id,
    height,
    weight,
    size,
  ])
  return [HEADING, ...rows].map((row) => row.map(cell).join(',')).join('\r\n')
}

function cell(value: string | number): string {
  const text = typeof value === 'string' ? value.replace(/^[=+\-@\t\r]/, "'$&") : String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
