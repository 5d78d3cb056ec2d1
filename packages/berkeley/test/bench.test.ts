// The bench still works: its smallest form measures what it says, and its charts can be drawn. Of times nothing is said.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { repositoryRoot } from './package-root.ts'
import { without } from './programs.ts'

interface Subject {
  name: string
  reason?: string
  cost: { median: number }
  ratios: Record<string, { median: number }>
  rounds: unknown[][]
}

interface Result {
  rows: { name: string; subjects: Subject[]; goals: { goal: string; value?: number; verdict: string }[] }[]
  curves: { name: string; at: number[]; series: { name: string; points: { median: number }[] }[] }[]
}

const lacking =
  without({ cc: 'gcc', taskset: 'util-linux', setpriv: 'util-linux', mkfifo: 'coreutils' }) ||
  (availableParallelism() < 2 && 'the bench needs two cores')
const skip = { skip: lacking }

const bench = (file: string) => join(repositoryRoot, 'bench', file)

/** What the bench measures with these arguments. The tests' own conditions are not for it: it measures the bundle. */
function measure(t: TestContext, ...args: string[]): Result {
  const folder = mkdtempSync(join(tmpdir(), 'berkeley-bench-test-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const json = join(folder, 'result.json')
  const { NODE_OPTIONS: _, NODE_TEST_CONTEXT: __, ...env } = process.env
  const command = [bench('run.mjs'), ...args, '--rounds', '1', '--operations', '100', '--json', json]
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8', env })
  assert.equal(status, 0, `${stdout}\n${stderr}`)
  return JSON.parse(readFileSync(json, 'utf8')) as Result
}

test('the bench measures rows, against each other, and judges them', skip, (t) => {
  const names = ['tcp-echo-64x2', 'unix-datagram-echo-64x2', 'udp-recv-64']
  const { rows } = measure(t, ...names, '--subjects', 'c,c-recvmmsg,berkeley')
  assert.deepEqual(
    rows.map(({ name }) => name),
    names,
  )
  for (const { name, subjects, goals } of rows) {
    const [floor, ours] = subjects
    assert.equal(ours?.name, 'berkeley', name)
    for (const { reason, cost, rounds } of [floor!, ours!]) {
      assert.equal(reason, undefined, name)
      assert.ok(cost.median > 0 && rounds.length === 1 && rounds[0]!.length > 0, name)
    }
    assert.ok(ours.ratios[floor!.name]!.median > 0, name)
    const toFloor = goals.find(({ goal }) => goal.startsWith('berkeley ') && goal.endsWith(` ${floor!.name}`))
    assert.ok(toFloor!.value! > 0, name)
    assert.notEqual(toFloor!.verdict, 'not measured', name)
  }
})

test('the bench measures curves, and draws them', skip, async (t) => {
  const { curves } = measure(t, 'growth', 'batch-sent', '--subjects', 'c-sendmmsg,berkeley-batch')
  const [curve] = curves
  assert.equal(curve?.name, 'batch-sent')
  for (const { name, points } of curve.series) {
    assert.equal(points.length, curve.at.length, name)
    assert.ok(
      points.every(({ median }) => median > 0),
      name,
    )
  }
  const { curveChart, toSvg, themeNames } = await import(pathToFileURL(bench('lib/charts.mjs')).href)
  for (const theme of themeNames) {
    const svg = await toSvg(curveChart(curve), theme)
    assert.match(svg, /^<svg /)
    for (const { name } of curve.series) assert.match(svg, new RegExp(`>${name}<`))
  }
})

test('the bench refuses what it does not know', () => {
  const refused = (args: string[], why: RegExp) => {
    const { status, stderr } = spawnSync(process.execPath, [bench('run.mjs'), ...args], { encoding: 'utf8' })
    assert.equal(status, 2, stderr)
    assert.match(stderr, why)
  }
  refused(['tcp-eccho'], /no row "tcp-eccho"/)
  refused(['growth', 'shoe-size'], /no curve "shoe-size"/)
  refused(['tcp-echo', '--rounds', '0'], /--rounds must be a positive number, not "0"/)
  refused(['tcp-echo', '--subjects', 'perl'], /none of "perl" takes part/)
})
