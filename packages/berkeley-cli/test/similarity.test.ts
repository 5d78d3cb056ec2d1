// The nearest pairs are exact, ties are complete, and the work does not grow with the square of the class.
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import fastCheck from 'fast-check'
import { randomNumbers } from '#commands/classroom/imagined-class.js'
import { LONGEST_TIE, rankPairs } from '#commands/classroom/similarity.js'
import { SIZES, type Student } from '#commands/classroom/student.js'

const student = (height: number, weight: number, size: Student['size'], id = 0): Student => {
  return { id, height, weight, size }
}

/** All pairs, compared one by one, as the definition says. */
function distancesOf(students: readonly Student[]): number[] {
  const features = students.map(({ height, weight, size }) => [height, weight, SIZES.indexOf(size)])
  const spreads = [0, 1, 2].map((axis) => {
    const values = features.map((values) => values[axis] ?? 0)
    if (new Set(values).size === 1) return 0
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)
  })
  const distances: number[] = []
  for (const [place, one] of features.entries()) {
    for (const other of features.slice(place + 1)) {
      const steps = spreads.map((spread, axis) =>
        spread === 0 ? 0 : ((one[axis] ?? 0) - (other[axis] ?? 0)) / spread,
      )
      distances.push(Math.hypot(...steps))
    }
  }
  return distances.sort((a, b) => a - b)
}

function assertNear(actual: number, expected: number): void {
  assert.ok(Math.abs(actual - expected) <= 1e-9 * Math.max(1, expected), `${actual} is not ${expected}`)
}

// Few values, so that equal bodies, equal features and equal distances come often.
const coarseBody = fastCheck.record({
  id: fastCheck.nat(),
  height: fastCheck.integer({ min: 170, max: 175 }),
  weight: fastCheck.integer({ min: 60, max: 64 }),
  size: fastCheck.constantFrom(...SIZES.slice(2, 5)),
})
const fineBody = fastCheck.record({
  id: fastCheck.nat(),
  height: fastCheck.double({ min: 40, max: 280, noNaN: true }),
  weight: fastCheck.double({ min: 2, max: 650, noNaN: true }),
  size: fastCheck.constantFrom(...SIZES),
})

for (const [name, body] of [
  ['coarse', coarseBody],
  ['fine', fineBody],
] as const) {
  test(`as good as comparing all pairs: ${name} bodies`, () => {
    const classes = fastCheck.array(body, { minLength: 2, maxLength: 60 })
    fastCheck.assert(
      fastCheck.property(classes, fastCheck.integer({ min: 1, max: 12 }), (students, wanted) => {
        const expected = distancesOf(students)
        const { pairs, unlistedTies } = rankPairs(students, wanted)
        for (const [place, { distance }] of pairs.entries())
          assertNear(distance, expected[place] ?? Number.NaN)

        const last = expected[Math.min(wanted, expected.length) - 1] ?? 0
        const asNear = expected.filter((distance) => distance <= last * (1 + 1e-10)).length
        assert.equal(pairs.length + unlistedTies, asNear)
        assert.equal(pairs.length, Math.min(asNear, wanted + LONGEST_TIE))
      }),
      { numRuns: 300 },
    )
  })
}

test('pairs are pairs of different students, each once', () => {
  const students = Array.from({ length: 50 }, (_, id) => student(170 + (id % 3), 60, 'M', id))
  const { pairs } = rankPairs(students, 100)
  assert.equal(new Set(pairs.map(({ first, second }) => `${first} ${second}`)).size, pairs.length)
  for (const { first, second } of pairs) assert.ok(first < second)
})

test('each feature counts by its spread', () => {
  // Heights are spread ten times as much as weights: 10 cm are as much as 1 kg.
  const students = [
    student(150, 60, 'M'),
    student(160, 60, 'M'),
    student(150, 61, 'M'),
    student(160, 61, 'M'),
  ]
  const { pairs } = rankPairs(students, 1)
  assert.deepEqual(
    pairs.map(({ rank, first, second }) => [rank, first, second]),
    [
      [1, 0, 1],
      [1, 0, 2],
      [1, 1, 3],
      [1, 2, 3],
    ],
  )
  for (const { distance } of pairs) assert.equal(distance, 2)
})

test('sizes are steps from XS to XXXXL', () => {
  const students = [
    student(170, 60, 'XS'),
    student(170, 60, 'XXXXL'),
    student(170, 60, 'XXXL'),
    student(170, 60, 'S'),
  ]
  const { pairs } = rankPairs(students, 1)
  assert.deepEqual(
    pairs.map(({ first, second }) => [first, second]),
    [
      [0, 3],
      [1, 2],
    ],
  )
})

test('decimals tie as they do on paper', () => {
  const heights = [170, 170.1, 180, 180.1, 199, 199.1]
  const { pairs } = rankPairs(
    heights.map((height) => student(height, 60, 'M')),
    1,
  )
  assert.deepEqual(
    pairs.map(({ rank }) => rank),
    [1, 1, 1],
  )
})

test('ranks: as near means the same place', () => {
  const heights = [100, 101, 110, 111, 130, 132]
  const { pairs } = rankPairs(
    heights.map((height) => student(height, 60, 'M')),
    3,
  )
  assert.deepEqual(
    pairs.map(({ rank }) => rank),
    [1, 1, 3],
  )
})

test('a class of none, one, and of the same body', () => {
  assert.deepEqual(rankPairs([], 3).pairs, [])
  assert.deepEqual(rankPairs([student(170, 60, 'M')], 3).pairs, [])
  // 0.1 + 0.2 is not 0.3: the mean of equal numbers may miss them, and there is still no spread.
  const same = Array.from({ length: 7 }, (_, id) => student(170.1, 60.3, 'M', id))
  const { pairs, unlistedTies } = rankPairs(same, 1)
  assert.equal(pairs.length + unlistedTies, 21)
  assert.ok(pairs.every(({ rank, distance }) => rank === 1 && distance === 0))
})

test('the work grows with the class, not with its square', (context: TestContext) => {
  const random = randomNumbers(1)
  const classes: [string, (id: number, count: number) => Student][] = [
    ['all different', (id) => student(40 + 240 * random(), 2 + 648 * random(), SIZES[id % 8] ?? 'M', id)],
    [
      'in whole numbers',
      (id) => student(150 + Math.floor(50 * random()), 50 + Math.floor(50 * random()), 'M', id),
    ],
    ['all the same', (id) => student(170, 60, 'M', id)],
    ['six bodies', (id) => student(170 + (id % 2), 60 + (id % 3), 'M', id)],
    ['a lattice', (id) => student(100 + (id % 100) / 4, 50 + Math.floor(id / 100) / 4, 'M', id)],
    [
      'a cross',
      (id, count) =>
        id % 2
          ? student(170, 30 + (600 * id) / count, 'M', id)
          : student(50 + (200 * id) / count, 70, 'M', id),
    ],
  ]
  for (const [name, make] of classes) {
    const workFor = (count: number) => {
      return rankPairs(
        Array.from({ length: count }, (_, id) => make(id, count)),
        5,
      ).comparisons
    }
    const [single, double] = [workFor(20_000), workFor(40_000)]
    context.diagnostic(`${name}: ${single} comparisons for 20 000, ${double} for 40 000`)
    // n log n doubles to 2.15 times, a square to 4 times.
    assert.ok(double < 2.7 * single + 1000, `${name}: ${single} became ${double}`)
  }
})

test('a hundred thousand students', (context: TestContext) => {
  const random = randomNumbers(2)
  const students = Array.from({ length: 100_000 }, (_, id) => {
    return student(140 + 60 * random(), 40 + 80 * random(), SIZES[Math.floor(8 * random())] ?? 'M', id)
  })
  const before = process.cpuUsage()
  const { pairs, comparisons } = rankPairs(students, 3)
  const { user, system } = process.cpuUsage(before)
  context.diagnostic(`${Math.round((user + system) / 1000)} ms of processor time, ${comparisons} comparisons`)
  assert.equal(pairs.length, 3)
})
