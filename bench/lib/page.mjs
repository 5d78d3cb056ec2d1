// What the command writes into docs/performance.md: the parts between its marks, and the charts beside it. Everything else on
// that page is written by hand. What was measured is kept beside the charts, so that single rows can be measured anew.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { order } from '../rows.mjs'
import { growthLine } from './growth.mjs'
import { digits, subjectLines } from './table.mjs'

const docs = fileURLToPath(new URL('../../docs', import.meta.url))
const page = join(docs, 'performance.md')
const folder = join(docs, 'performance')
const store = join(folder, 'measured.json')

// What was measured before on the same machine with the same programs, with what is measured now put in its place.
export function merged({ machine, rows, curves }) {
  const before = existsSync(store) ? JSON.parse(readFileSync(store, 'utf8')) : { rows: [], curves: [] }
  const same = before.machine !== undefined && sameMachine(before.machine, machine)
  const keep = (list, fresh) => [
    ...(same ? list.filter(({ name }) => !fresh.some((each) => each.name === name)) : []),
    ...fresh,
  ]
  return {
    machine,
    rows: keep(before.rows, rows.map(withoutSamples)).sort((a, b) => order(a.name) - order(b.name)),
    curves: keep(before.curves, curves),
  }
}

const sameMachine = (a, b) =>
  ['cpu', 'cores', 'kernel', 'node', 'programs'].every(
    (key) => JSON.stringify(a[key]) === JSON.stringify(b[key]),
  )

const withoutSamples = (row) => ({
  ...row,
  subjects: row.subjects.map(({ rounds, ...rest }) => rest),
})

export const stored = () => JSON.parse(readFileSync(store, 'utf8'))

export async function writePage(result) {
  mkdirSync(folder, { recursive: true })
  writeFileSync(store, `${JSON.stringify(result, null, 1)}\n`)
  const charts = await import('./charts.mjs')
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.svg'))) rmSync(join(folder, file))
  const draw = async (name, spec) => {
    for (const theme of charts.themeNames) {
      writeFileSync(join(folder, `${name}-${theme}.svg`), `${await charts.toSvg(spec, theme)}\n`)
    }
  }
  const groups = groupsOf(result.rows)
  for (const { name, rows } of groups) await draw(name, charts.ratioChart(rows))
  for (const curve of result.curves) await draw(`growth-${curve.name}`, charts.curveChart(curve))
  const text = readFileSync(page, 'utf8')
  writeFileSync(
    page,
    replaced(replaced(text, 'rows', rowsPart(result, groups)), 'growth', growthPart(result.curves)),
  )
}

function replaced(text, mark, content) {
  const [begin, end] = [`<!-- measured: ${mark} -->`, `<!-- end of ${mark} -->`]
  const [from, to] = [text.indexOf(begin), text.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`docs/performance.md has no "${begin}" … "${end}"`)
  return `${text.slice(0, from + begin.length)}\n\n${content}\n\n${text.slice(to)}`
}

const picture = (name, description) => `<picture>
  <source media="(prefers-color-scheme: dark)" srcset="performance/${name}-dark.svg">
  <img alt="${description}" src="performance/${name}-light.svg">
</picture>`

// ---- the rows

const groupTitles = {
  tcp: 'TCP',
  unix: 'Unix sockets',
  bytes: 'Many bytes',
  udp: 'UDP',
}

function groupOf({ name, against }) {
  if (!/^c(-|$)/.test(against[0] ?? '')) return undefined
  if (/^(tcp-send|tcp-recv|sendfile|splice)/.test(name)) return 'bytes'
  return name.startsWith('rights') ? 'unix' : name.split('-')[0]
}

// The rows that have a floor in C, which can be drawn beside each other.
function groupsOf(rows) {
  const drawn = rows.filter((row) => {
    const floor = row.subjects.find(({ name }) => name === row.against[0])
    return groupOf(row) !== undefined && floor !== undefined && !floor.reason
  })
  return [...new Set(drawn.map(groupOf))].map((name) => ({
    name,
    title: groupTitles[name] ?? name,
    rows: drawn.filter((row) => groupOf(row) === name),
  }))
}

function rowsPart({ machine, rows }, groups) {
  const { cpu, cores, kernel, node, programs, date } = machine
  const versions = Object.entries({ Node: node, ...programs }).map(([name, version]) => `${name} ${version}`)
  return [
    `Measured on ${date.slice(0, 10)}: ${cpu}, ${cores} cores, Linux ${kernel}; ${versions.join(', ')}.`,
    ...groups.flatMap(({ name, title }) => [
      `### ${title}`,
      picture(
        name,
        `${title}: CPU time of each subject as a multiple of the floor's, row by row; the numbers are below`,
      ),
    ]),
    '### Goals',
    goalTable(rows),
    '### All numbers',
    'What the columns mean, and how it was measured, is in [the bench](../bench/README.md).',
    ...rows.map(details),
  ].join('\n\n')
}

function goalTable(rows) {
  const lines = rows.flatMap(({ title, goals }) =>
    goals
      .filter(({ verdict }) => verdict !== 'not measured')
      .map(({ goal, value, verdict }) => `| ${title} | ${goal} | ${digits(value)} | ${verdict} |`),
  )
  return ['| row | goal | measured | |', '|---|---|---|---|', ...lines].join('\n')
}

function details(row) {
  const table = subjectLines(row).join('\n')
  return `<details><summary>${row.name}: ${row.title}</summary>\n\n\`\`\`\n${table}\n\`\`\`\n\n</details>`
}

// ---- the curves

function growthPart(curves) {
  return curves
    .flatMap((curve) => [
      `### ${curve.title[0].toUpperCase()}${curve.title.slice(1)}`,
      picture(`growth-${curve.name}`, `${curve.title}: a line for each subject; the numbers are below`),
      `${growthLine(curve)}.`,
      curveTable(curve),
    ])
    .join('\n\n')
}

function curveTable({ unit, at, series, columns }) {
  const line = (name, numbers) => `| ${[name, ...numbers].join(' | ')} |`
  const cells = (points, value) =>
    at.map((number) => {
      const found = points.find((each) => each.at === number)
      const shown = found && value(found)
      return Number.isFinite(shown) ? digits(shown) : ''
    })
  return [
    line(unit, at.map(String)),
    `|${'---|'.repeat(at.length + 1)}`,
    ...series.map(({ name, points }) =>
      line(
        name,
        cells(points, ({ median }) => median),
      ),
    ),
    ...columns.flatMap((column) =>
      series
        .filter(({ points }) => points.some(({ extra }) => Number.isFinite(extra[column])))
        .map(({ name, points }) =>
          line(
            `${name}, ${column}`,
            cells(points, ({ extra }) => extra[column]),
          ),
        ),
    ),
  ].join('\n')
}
