// From the samples of a row to what may be said about it.
import { kept, median, spread, summarize } from './statistics.mjs'

const TOO_WIDE = 0.1

export function judge(row, contenders) {
  const { name, title, parameters, measure } = row
  const measured = new Map(contenders.filter(({ reason }) => !reason).map((c) => [c.name, c.rounds]))
  return {
    name,
    title,
    parameters,
    unit: measure.unit,
    against: row.against,
    columns: measure.columns,
    subjects: contenders.map((contender) =>
      contender.reason ? without(contender) : judgeSubject(row, measured, contender),
    ),
    goals: row.goals.map((goal) => judgeGoal(goal, measured)),
  }
}

function without({ name, reason, failed }) {
  return { name, reason, failed }
}

function judgeSubject({ against, measure }, measured, { name, rounds }) {
  const others = against.filter((other) => other !== name && measured.has(other))
  const ratios = Object.fromEntries(
    others.map((other) => [other, summarize(ratioByRound(rounds, measured.get(other)))]),
  )
  const columns = Object.keys(measure.columns)
  return {
    name,
    cost: summarize(medianByRound(rounds)),
    ratios,
    noisy:
      spread(others[0] ? ratioByRound(rounds, measured.get(others[0])) : medianByRound(rounds)) > TOO_WIDE,
    extra: Object.fromEntries(columns.map((column) => [column, median(rounds.flat().map((s) => s[column]))])),
    rounds,
  }
}

function judgeGoal({ subject, column = 'cost', to, beyond, most }, measured) {
  const limit = `${Number(most.toFixed(3))}${to ? ` × ${to}` : ''}`
  const goal = `${subject}${column === 'cost' ? '' : ` ${column}`}${beyond ? ` - ${beyond}` : ''} ≤ ${limit}`
  const other = to ?? beyond
  if (!measured.has(subject) || (other && !measured.has(other))) return { goal, verdict: 'not measured' }
  const own = measured.get(subject)
  const compared = beyond ? differenceByRound : ratioByRound
  const values = other ? compared(own, measured.get(other), column) : medianByRound(own, column)
  return { goal, value: median(values), verdict: verdictOf(kept(values), most) }
}

function verdictOf(values, most) {
  if (values.every((value) => value <= most)) return 'reached'
  return values.some((value) => value <= most) ? 'UNDECIDED: some rounds reach it, some do not' : 'MISSED'
}

function medianByRound(rounds, column = 'cost') {
  return rounds.map((turns) => median(turns.map((sample) => sample[column])))
}

function differenceByRound(own, other, column) {
  return own.map((turns, round) =>
    median(turns.map((sample, turn) => sample[column] - other[round][turn][column])),
  )
}

// Neighbours in time are compared with each other, not with the luckiest of all.
function ratioByRound(own, other, column = 'cost') {
  return own.map((turns, round) =>
    median(turns.map((sample, turn) => sample[column] / other[round][turn][column])),
  )
}
