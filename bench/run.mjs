// The bench: node bench/run.mjs [rows…] [options]. See README.md for how to read it.
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { judgeCurve } from './lib/growth.mjs'
import { machine, programs } from './lib/machine.mjs'
import { merged, stored, writePage } from './lib/page.mjs'
import { runRow } from './lib/rounds.mjs'
import { curveLines, machineLine, rowLines } from './lib/table.mjs'
import { judge } from './lib/verdict.mjs'
import { curves } from './rows/growth.mjs'
import { rowsNamed } from './rows.mjs'

const usage = `usage: run.mjs [rows…] [options]        all rows, or those named
       run.mjs growth [curves…] [options]   all curves, or those named
       run.mjs --draw                       docs/performance.md anew, without measuring
  --quick             fewer rounds
  --rounds N          so many rounds
  --operations N      so many in each turn, where they are counted
  --subjects A,B      no others
  --json FILE         all that was measured
  --write             into docs/performance.md as well: what was measured there before of these rows or curves is replaced`

const options = {
  quick: { type: 'boolean', default: false },
  rounds: { type: 'string' },
  operations: { type: 'string' },
  subjects: { type: 'string' },
  json: { type: 'string' },
  write: { type: 'boolean', default: false },
  draw: { type: 'boolean', default: false },
}

const CURVE_ROUNDS = 3

// All rows are to be done in so many seconds, whatever the machine.
const MOST_SECONDS = 14 * 60

function readCommandLine() {
  try {
    const { values, positionals } = parseArgs({ options, allowPositionals: true })
    for (const name of ['rounds', 'operations']) {
      if (values[name] === undefined || /^[1-9]\d*$/.test(values[name])) continue
      throw new RangeError(`--${name} must be a positive number, not "${values[name]}"`)
    }
    const growth = positionals[0] === 'growth'
    return {
      ...values,
      rows: growth ? [] : rowsNamed(positionals).map((row) => restricted(row, values)),
      curves: growth ? curvesNamed(positionals.slice(1)) : [],
    }
  } catch (error) {
    console.error(`${error.message}\n${usage}`)
    process.exit(2)
  }
}

// The row as the command line wants it.
function restricted(row, { subjects: names, operations }) {
  const fewer = operations && { warmup: 2 * Number(operations), operations: Number(operations) }
  const parameters = { ...row.parameters, ...('operations' in row.parameters && fewer) }
  if (names === undefined) return { ...row, parameters }
  const wanted = names.split(',')
  const subjects = row.subjects.filter((name) => wanted.includes(name))
  if (subjects.length > 0) return { ...row, parameters, subjects }
  throw new RangeError(`none of "${names}" takes part in ${row.name}; there are ${row.subjects.join(', ')}`)
}

function curvesNamed(names) {
  const unknown = names.find((name) => !curves.some((curve) => curve.name === name))
  if (unknown === undefined) return curves.filter(({ name }) => names.length === 0 || names.includes(name))
  throw new RangeError(`no curve "${unknown}"; there are ${curves.map(({ name }) => name).join(', ')}`)
}

function progress(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`)
}

// What each of those that are still to come may take.
const share = (left) => (MOST_SECONDS - performance.now() / 1000) / left

async function measured(row, rounds, seconds) {
  const begun = performance.now()
  const contenders = await runRow(row, rounds, seconds, progress)
  progress('')
  return { ...judge(row, contenders), seconds: (performance.now() - begun) / 1000 }
}

async function measuredCurve(curve, rounds, given) {
  const points = []
  for (const number of curve.at) {
    points.push(await measured(restricted(curve.row(number), given), rounds, Number.POSITIVE_INFINITY))
  }
  return { ...judgeCurve(curve, points), failures: points.flatMap(failuresOf) }
}

const failuresOf = ({ name, subjects }) =>
  subjects.filter(({ failed }) => failed).map((subject) => `${name}: ${subject.name}: ${subject.reason}`)

async function main() {
  const given = readCommandLine()
  const { rows, curves, quick, rounds, json, write, draw } = given
  if (draw) return writePage(stored())
  const result = { machine: { ...machine(), programs: programs() }, rows: [], curves: [] }
  const failures = []
  console.log(`${machineLine(result.machine)}\n`)
  for (const [i, row] of rows.entries()) {
    const most = rounds ? Number.POSITIVE_INFINITY : share(rows.length - i)
    result.rows.push(await measured(row, Number(rounds ?? row.rounds[quick ? 1 : 0]), most))
    failures.push(...failuresOf(result.rows.at(-1)))
    console.log(rowLines(result.rows.at(-1)).join('\n'))
  }
  for (const curve of curves) {
    const { failures: failed, ...of } = await measuredCurve(
      curve,
      Number(rounds ?? (quick ? 1 : CURVE_ROUNDS)),
      given,
    )
    result.curves.push(of)
    failures.push(...failed)
    console.log(curveLines(of).join('\n'))
  }
  if (json) writeFileSync(json, `${JSON.stringify(result, null, 2)}\n`)
  if (write) await writePage(merged(result))
  for (const failure of failures) console.error(`FAILED ${failure}`)
  process.exitCode = failures.length > 0 ? 1 : 0
}

await main()
