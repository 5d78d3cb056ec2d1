// The result of a row as lines for a terminal.
import { growthLine } from './growth.mjs'

export function machineLine({ cpu, cores, kernel, node, loadAverage }) {
  return `${cpu}, ${cores} cores, Linux ${kernel}, Node ${node}, load ${loadAverage.toFixed(2)}`
}

export function rowLines(result) {
  const below = [
    ...result.subjects.filter(({ failed }) => failed).map(failure),
    ...result.goals.map(goalLine),
  ]
  const seconds = `(${result.seconds.toFixed(0)} s)`
  return [
    `${result.name}: ${result.title} ${seconds}`,
    ...[...subjectLines(result), ...below].map((line) => `  ${line}`),
    '',
  ]
}

// The table of a row's subjects.
export function subjectLines({ unit, against, columns, subjects }) {
  const comparisons = against.flatMap((name) => [`× ${name}`, ''])
  const heading = ['', unit, '', ...comparisons, ...Object.keys(columns)]
  const notes = ['', ...subjects.map(note)]
  return align([heading, ...subjects.map((subject) => subjectCells(subject, against, columns))]).map(
    (line, i) => `${line}  ${notes[i]}`.trimEnd(),
  )
}

export function curveLines(curve) {
  const heading = [curve.unit, ...curve.at.map(String)]
  const cells = curve.series.map(({ name, points, reason }) => [
    name,
    ...curve.at.map((number) => {
      const point = points.find(({ at }) => at === number)
      return point ? digits(point.median) : (reason ?? '').slice(0, 40)
    }),
  ])
  const table = align([heading, ...cells])
  const below = [...table, growthLine(curve)].map((line) => `  ${line}`)
  return [`${curve.name}: ${curve.title} (${curve.seconds.toFixed(0)} s)`, ...below, '']
}

function subjectCells({ name, reason, cost, ratios, extra }, against, columns) {
  if (reason) return [name]
  return [
    name,
    ...valueAndRange(cost, digits),
    ...against.flatMap((other) => valueAndRange(ratios[other], (ratio) => ratio.toFixed(2))),
    ...Object.entries(columns).map(([column, places]) => finite(extra[column], places)),
  ]
}

function valueAndRange(summary, format) {
  if (!summary) return ['', '']
  return [format(summary.median), `${format(summary.min)}–${format(summary.max)}`]
}

function note({ reason, failed, noisy }) {
  if (failed) return 'FAILED'
  if (reason) return `skipped: ${reason}`
  return noisy ? 'NOISY' : ''
}

function failure({ name, reason }) {
  return `${name} FAILED: ${reason.replaceAll('\n', '\n    ')}`
}

export function goalLine({ goal, value, verdict }) {
  return `goal ${goal}: ${value === undefined ? '' : `${digits(value)} `}${verdict}`
}

export function digits(value) {
  return value.toFixed(Math.abs(value) < 100 ? 2 : 0)
}

function finite(value, places) {
  return Number.isFinite(value) ? value.toFixed(places) : ''
}

function align(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)))
  return rows.map((row) =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  '),
  )
}
