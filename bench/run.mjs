// The bench: node bench/run.mjs [rows…] [--quick] [--rounds N] [--json FILE]. See README.md for how to read it.
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { machine } from './lib/machine.mjs'
import { runRow } from './lib/rounds.mjs'
import { machineLine, rowLines } from './lib/table.mjs'
import { judge } from './lib/verdict.mjs'
import { rowsNamed } from './rows.mjs'

const options = {
  quick: { type: 'boolean', default: false },
  rounds: { type: 'string' },
  json: { type: 'string' },
}

function readCommandLine() {
  try {
    const { values, positionals } = parseArgs({ options, allowPositionals: true })
    if (values.rounds !== undefined && !/^[1-9]\d*$/.test(values.rounds)) {
      throw new RangeError(`--rounds must be a positive number, not "${values.rounds}"`)
    }
    return { ...values, rows: rowsNamed(positionals) }
  } catch (error) {
    console.error(`${error.message}\nusage: run.mjs [rows…] [--quick] [--rounds N] [--json FILE]`)
    process.exit(2)
  }
}

function progress(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`)
}

async function main() {
  const { rows, quick, rounds, json } = readCommandLine()
  const result = { machine: machine(), rows: [] }
  console.log(`${machineLine(result.machine)}\n`)
  for (const row of rows) {
    const contenders = await runRow(row, Number(rounds ?? row.rounds[quick ? 1 : 0]), progress)
    progress('')
    result.rows.push(judge(row, contenders))
    console.log(rowLines(result.rows.at(-1), row).join('\n'))
  }
  if (json) writeFileSync(json, `${JSON.stringify(result, null, 2)}\n`)
  const failed = result.rows.some(({ subjects }) => subjects.some((subject) => subject.failed))
  process.exitCode = failed ? 1 : 0
}

await main()
