// The result of a row as lines for a terminal.
export function machineLine({ cpu, cores, kernel, node, loadAverage }) {
  return `${cpu}, ${cores} cores, Linux ${kernel}, Node ${node}, load ${loadAverage.toFixed(2)}`
}

export function rowLines(result, { against, measure }) {
  const comparisons = against.flatMap((name) => [`× ${name}`, ''])
  const heading = ['', measure.unit, '', ...comparisons, ...Object.keys(measure.columns)]
  const subjects = result.subjects.map((subject) => subjectCells(subject, against, measure.columns))
  const notes = ['', ...result.subjects.map(note)]
  const table = align([heading, ...subjects]).map((line, i) => `  ${line}  ${notes[i]}`.trimEnd())
  const below = [
    ...result.subjects.filter(({ failed }) => failed).map(failure),
    ...result.goals.map(goalLine),
  ]
  return [`${result.name}: ${result.title}`, ...table, ...below.map((line) => `  ${line}`), '']
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

function goalLine({ goal, value, verdict }) {
  return `goal ${goal}: ${value === undefined ? '' : `${digits(value)} `}${verdict}`
}

function digits(value) {
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
