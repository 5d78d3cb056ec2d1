// The bench: node bench/run.mjs [rows…] [options]. See README.md for how to read it.
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { machine } from './lib/machine.mjs'
import { runRow } from './lib/rounds.mjs'
import { machineLine, rowLines } from './lib/table.mjs'
import { judge } from './lib/verdict.mjs'
import { rowsNamed } from './rows.mjs'

const usage = `usage: run.mjs [rows…] [options]
  --quick             fewer rounds
  --rounds N          so many rounds
  --subjects A,B      no others
  --json FILE         all that was measured`

const options = {
  quick: { type: 'boolean', default: false },
  rounds: { type: 'string' },
  subjects: { type: 'string' },
  json: { type: 'string' },
}

function readCommandLine() {
  try {
    const { values, positionals } = parseArgs({ options, allowPositionals: true })
    if (values.rounds !== undefined && !/^[1-9]\d*$/.test(values.rounds)) {
      throw new RangeError(`--rounds must be a positive number, not "${values.rounds}"`)
    }
    return { ...values, rows: rowsNamed(positionals).map((row) => restricted(row, values.subjects)) }
  } catch (error) {
    console.error(`${error.message}\n${usage}`)
    process.exit(2)
  }
}

function restricted(row, names) {
  if (names === undefined) return row
  const wanted = names.split(',')
  const subjects = row.subjects.filter((name) => wanted.includes(name))
  if (subjects.length > 0) return { ...row, subjects }
  throw new RangeError(`none of "${names}" takes part in ${row.name}; there are ${row.subjects.join(', ')}`)
}

function progress(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`)
}

async function main() {
  const { rows, quick, rounds, json } = readCommandLine()
  const result = { machine: machine(), rows: [] }
  console.log(`${machineLine(result.machine)}\n`)
  for (const row of rows) {
    const begun = performance.now()
    const contenders = await runRow(row, Number(rounds ?? row.rounds[quick ? 1 : 0]), progress)
    progress('')
    const seconds = (performance.now() - begun) / 1000
    result.rows.push({ ...judge(row, contenders), seconds })
    console.log(rowLines(result.rows.at(-1), row).join('\n'))
  }
  if (json) writeFileSync(json, `${JSON.stringify(result, null, 2)}\n`)
  const failed = result.rows.some(({ subjects }) => subjects.some((subject) => subject.failed))
  process.exitCode = failed ? 1 : 0
}

await main()
