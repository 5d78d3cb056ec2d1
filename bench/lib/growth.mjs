// From the points of a curve to what may be said about it.
import { summarize } from './statistics.mjs'

const STILL_FLAT = 1.5
const STILL_LINEAR = 1.15

// { name, title, along, unit, at, series: [{ name, points }], growth, verdict, seconds } of a curve; `judged` are its points
// as rows.
export function judgeCurve({ name, title, along, at, subject, must }, judged) {
  const subjects = judged[0].subjects.map((each) => each.name)
  const series = subjects.map((of) => seriesOf(of, at, judged))
  const own = series.find((each) => each.name === subject)
  const growth = own && own.points.length > 1 ? growthOf(own.points) : undefined
  const seconds = judged.reduce((sum, row) => sum + row.seconds, 0)
  const columns = 'bytes each' in judged[0].columns ? ['bytes each'] : []
  return { name, title, along, unit: judged[0].unit, at, subject, must, columns, series, growth, seconds }
}

function seriesOf(name, at, judged) {
  const measured = judged.map(({ subjects }) => subjects.find((each) => each.name === name))
  const points = measured.flatMap((of, i) => (of.reason ? [] : [{ at: at[i], ...of.cost, extra: of.extra }]))
  return { name, points, reason: measured.find(({ reason }) => reason)?.reason }
}

// How many times more the last point costs than the first, and the power of the number with which the cost grows where it
// grows most: 0 is flat, 1 is linear. A number of nothing at all counts as one.
function growthOf(points) {
  const [first, last] = [points[0], points.at(-1)]
  const factor = last.median / first.median
  const steps = points.slice(1).map((point, i) => {
    const before = points[i]
    return Math.log(point.median / before.median) / Math.log(Math.max(1, point.at) / Math.max(1, before.at))
  })
  const steepest = Math.max(...steps)
  const { max } = summarize(points.map(({ median }) => median / first.median))
  const shape = max <= STILL_FLAT ? 'flat' : steepest <= STILL_LINEAR ? 'linear' : 'worse'
  return { factor, steepest, shape }
}

export function growthLine({ subject, at, along, growth, must }) {
  if (growth === undefined) return `${subject}: not measured`
  const { factor, steepest, shape } = growth
  const said = {
    flat: 'flat',
    linear: `no worse than linear (at its steepest to the power of ${steepest.toFixed(2)})`,
    worse: `WORSE THAN LINEAR (at its steepest to the power of ${steepest.toFixed(2)})`,
  }[shape]
  const missed = must === 'flat' && shape !== 'flat' ? '; it should be FLAT' : ''
  return `${subject}: × ${factor.toFixed(2)} from ${at[0]} to ${at.at(-1)} ${along}: ${said}${missed}`
}
