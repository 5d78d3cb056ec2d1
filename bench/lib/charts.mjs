// Charts as SVG, by Vega-Lite, once for light pages and once for dark ones.
import { parse, View } from 'vega'
import { compile } from 'vega-lite'

const themes = {
  light: { text: '#1f2328', faint: '#d1d9e0', ours: '#0969da', floor: '#59636e', others: '#b6bfc8' },
  dark: { text: '#f0f6fc', faint: '#3d444d', ours: '#4493f8', floor: '#9198a1', others: '#57606a' },
}
const lines = {
  light: ['#0969da', '#59636e', '#bc4c00', '#8250df', '#1a7f37'],
  dark: ['#4493f8', '#9198a1', '#f0883e', '#ab7df8', '#3fb950'],
}

export const themeNames = Object.keys(themes)

export function toSvg(spec, theme) {
  const config = configOf(themes[theme])
  const { spec: compiled } = compile({ background: 'transparent', ...spec(theme), config })
  return new View(parse(compiled), { renderer: 'none' }).toSVG()
}

function configOf({ text, faint }) {
  const labels = { labelColor: text, titleColor: text, labelFontSize: 12, titleFontSize: 12 }
  return {
    font: 'system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif',
    view: { stroke: null },
    axis: { ...labels, titleFontWeight: 'normal', domainColor: faint, tickColor: faint, gridColor: faint },
    legend: { ...labels, symbolOpacity: 1, symbolType: 'stroke', symbolStrokeWidth: 3 },
    header: { ...labels, labelFontSize: 13, labelFontWeight: 'bold', labelAnchor: 'start', labelPadding: 4 },
    title: { color: text, anchor: 'start', fontSize: 13 },
    text: { color: text },
  }
}

const WIDEST = 46 // letters

const kindOf = (name, index) => (name.startsWith('berkeley') ? 'ours' : index === 0 ? 'floor' : 'others')

// Rows side by side: bars for how many times the cost of the floor, which is each row's first subject.
export const ratioChart = (rows) => (theme) => ({
  columns: 2,
  spacing: { row: 28, column: 40 },
  concat: rows.map((row) => bars(row, themes[theme])),
})

// A title must not make its chart wider.
function inLines(text) {
  const lines = ['']
  for (const word of text.split(' ')) {
    const longer = `${lines.at(-1)} ${word}`.trim()
    if (longer.length <= WIDEST) lines[lines.length - 1] = longer
    else lines.push(word)
  }
  return lines
}

function bars({ title, against, subjects }, { text, faint, ours, floor, others }) {
  const [reference] = against
  const values = subjects
    .filter(({ reason }) => !reason)
    .map(({ name, ratios }, i) => ({
      name,
      kind: kindOf(name, i),
      ratio: name === reference ? 1 : ratios[reference].median,
      label: name === reference ? '1' : ratios[reference].median.toFixed(2),
    }))
  const y = { field: 'name', type: 'nominal', sort: null, title: null, axis: { ticks: false, domain: false } }
  const most = Math.max(...values.map(({ ratio }) => ratio))
  const x = { field: 'ratio', type: 'quantitative', scale: { domain: [0, most * 1.15] }, axis: null }
  return {
    title: { text: inLines(title), subtitle: `× ${reference}`, subtitleColor: text },
    width: 230,
    height: { step: 20 },
    data: { values },
    layer: [
      {
        mark: { type: 'bar', height: 13, cornerRadiusEnd: 2 },
        encoding: {
          y,
          x,
          color: {
            field: 'kind',
            type: 'nominal',
            legend: null,
            scale: { domain: ['ours', 'floor', 'others'], range: [ours, floor, others] },
          },
        },
      },
      {
        mark: { type: 'rule', strokeDash: [3, 3], color: faint },
        encoding: { x: { datum: 1, type: 'quantitative', axis: null } },
      },
      {
        mark: { type: 'text', align: 'left', dx: 4, fontSize: 11 },
        encoding: { y, x, text: { field: 'label', type: 'nominal' } },
      },
    ],
  }
}

// A curve: a line for each subject, with what lies between the lowest and the highest round, over numbers that grow by factors.
export const curveChart = (curve) => (theme) => {
  const { unit, along, at, series } = curve
  const values = series.flatMap(({ name, points }) =>
    points.map(({ at: number, median, min, max }) => ({ name, number, median, min, max })),
  )
  const fromZero = at[0] === 0
  const medians = values.map(({ median }) => median)
  const far = Math.max(...medians) / Math.min(...medians) > 20
  const x = {
    field: 'number',
    type: 'quantitative',
    title: along,
    scale: { ...(fromZero ? { type: 'symlog', constant: 10 } : { type: 'log' }), nice: false },
    axis: { values: at, format: ',', grid: false, labelOverlap: false },
  }
  const y = (field, more = {}) => ({
    field,
    type: 'quantitative',
    scale: { type: far ? 'log' : 'linear' },
    axis: { tickCount: 6 },
    ...more,
  })
  const names = series.filter(({ points }) => points.length > 0).map(({ name }) => name)
  const ours = names.filter((name) => !/^(c\b|c-|node|bun|deno)/.test(name))
  const ordered = [...ours, ...names.filter((name) => !ours.includes(name))]
  const colour = coloursFor(ordered, theme)
  return {
    width: 560,
    height: 240,
    data: { values },
    encoding: { x, color: { field: 'name', type: 'nominal', title: null, scale: colour, sort: null } },
    layer: [
      {
        mark: { type: 'area', fillOpacity: 0.15, strokeOpacity: 0 },
        encoding: { y: y('min', { title: unit }), y2: { field: 'max' } },
      },
      { mark: { type: 'line', strokeWidth: 2 }, encoding: { y: y('median') } },
      { mark: { type: 'point', filled: true, size: 45, opacity: 1 }, encoding: { y: y('median') } },
    ],
  }
}

// The floor is grey in every chart, and we are blue.
function coloursFor(names, theme) {
  const [first, grey, ...more] = lines[theme]
  const others = [first, ...more]
  const range = names.map((name) => (/^c(-|$)/.test(name) ? grey : others.shift()))
  return { domain: names, range }
}
