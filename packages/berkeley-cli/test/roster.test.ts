// Each student once, and nothing lost on the way.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Candidate, enrol } from '#commands/classroom/roster.js'

const found = (source: string, id: string | number, height = 170): Candidate => {
  return { source, student: { id, height, weight: 60, size: 'M' } }
}

test('students, failures and repeats, each in the order given', () => {
  const failure = { reason: 'refused', detail: 'nobody there' } as const
  const roster = enrol([found('a', 1), { source: 'b', failure }, found('c', 2), found('d', '1')])
  assert.equal(roster.total, 4)
  assert.deepEqual(
    roster.members.map(({ source }) => source),
    ['a', 'c'],
  )
  assert.deepEqual(roster.absentees, [{ source: 'b', failure }])
  assert.deepEqual(roster.repeats, [{ id: 1, sources: ['a', 'd'], isContradictory: false }])
})

test('the same id with another body is told apart from a mere repetition', () => {
  const { members, repeats } = enrol([
    found('a', 7),
    found('b', 7),
    found('c', 7, 171),
    found('d', 8),
    found('e', 8),
  ])
  assert.equal(members.length, 2)
  assert.deepEqual(repeats, [
    { id: 7, sources: ['a', 'b', 'c'], isContradictory: true },
    { id: 8, sources: ['d', 'e'], isContradictory: false },
  ])
})
