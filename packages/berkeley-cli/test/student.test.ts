// Which records are believed, and what is said of the others.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseId, readStudent, studentKey } from '#commands/classroom/student.js'

const GOOD = { id: 1527406014, height: 178, weight: 60, size: 'XXL' }

test('good records', () => {
  assert.deepEqual(readStudent(GOOD), { student: GOOD })
  assert.deepEqual(readStudent({ ...GOOD, size: 'xs', more: [1] }), { student: { ...GOOD, size: 'XS' } })
  for (const id of [0, 2 ** 53 - 1, 'ada', 'Ada Lovelace', 'a@b-c.d_e', '学生7', 'x'.repeat(64)]) {
    assert.deepEqual(readStudent({ ...GOOD, id }), { student: { ...GOOD, id } })
  }
  for (const [height, weight] of [
    [40, 2],
    [280, 650],
    [165.5, 58.25],
  ] as const) {
    assert.deepEqual(readStudent({ ...GOOD, height, weight }), { student: { ...GOOD, height, weight } })
  }
})

test('what is not a record says why', () => {
  const { id: _, ...withoutId } = GOOD
  const bad: [unknown, string, RegExp][] = [
    [null, 'not-an-object', /^not an object: null$/],
    [42, 'not-an-object', /^not an object: 42$/],
    ['text', 'not-an-object', /^not an object: "text"$/],
    [[GOOD], 'not-an-object', /^not an object: a list$/],
    [{ error: 'busy' }, 'error-answer', /^an error instead of a record: "busy"$/],
    [{ error: { code: 1 } }, 'error-answer', /record: an object$/],
    [
      {},
      'missing-field',
      /^missing field id; missing field height; missing field weight; missing field size$/,
    ],
    [withoutId, 'missing-field', /^missing field id$/],
    [{ ...withoutId, height: -1 }, 'missing-field', /^missing field id; absurd height: -1 /],
    [Object.create(GOOD), 'missing-field', /missing field id/],
    [{ ...GOOD, id: null }, 'absurd-value', /^absurd id: null is neither a number nor a text$/],
    [{ ...GOOD, id: '' }, 'absurd-value', /absurd id: "" is not 1 to 64 letters and digits/],
    [{ ...GOOD, id: ' a' }, 'absurd-value', /absurd id/],
    [{ ...GOOD, id: '=cmd' }, 'absurd-value', /absurd id/],
    [{ ...GOOD, id: 'x'.repeat(65) }, 'absurd-value', /absurd id/],
    [{ ...GOOD, id: '\u001b[2J' }, 'absurd-value', /absurd id: "\\u001b\[2J"/],
    [{ ...GOOD, id: 1.5 }, 'absurd-value', /absurd id: 1.5 is not a whole number/],
    [{ ...GOOD, id: -1 }, 'absurd-value', /absurd id: -1/],
    [{ ...GOOD, id: 2 ** 53 }, 'absurd-value', /absurd id: 9007199254740992/],
    [{ ...GOOD, height: 39.9 }, 'absurd-value', /^absurd height: 39.9 is not between 40 and 280 cm$/],
    [{ ...GOOD, height: 1.78 }, 'absurd-value', /absurd height: 1.78/],
    [{ ...GOOD, height: 281 }, 'absurd-value', /absurd height: 281/],
    [{ ...GOOD, height: '178' }, 'absurd-value', /absurd height: "178" is not a number/],
    [{ ...GOOD, height: [178] }, 'absurd-value', /absurd height: a list is not a number/],
    [{ ...GOOD, height: JSON.parse('1e999') }, 'absurd-value', /absurd height: Infinity/],
    [{ ...GOOD, weight: 0 }, 'absurd-value', /absurd weight: 0 is not between 2 and 650 kg/],
    [{ ...GOOD, weight: 651 }, 'absurd-value', /absurd weight: 651/],
    [{ ...GOOD, weight: true }, 'absurd-value', /absurd weight: true is not a number/],
    [{ ...GOOD, size: 'XXXXXL' }, 'absurd-value', /absurd size: "XXXXXL" is not one of XS, S, M/],
    [{ ...GOOD, size: 42 }, 'absurd-value', /absurd size: 42/],
    [{ ...GOOD, height: 1, size: '' }, 'absurd-value', /^absurd height: 1 .*; absurd size: "" /],
  ]
  for (const [value, reason, detail] of bad) {
    const reading = readStudent(value)
    assert.ok('failure' in reading, `${JSON.stringify(value)} is no record`)
    assert.equal(reading.failure.reason, reason)
    assert.match(reading.failure.detail, detail)
  }
})

test('ids are numbers where they can be, and 42 is "42"', () => {
  assert.equal(parseId('1527406014'), 1527406014)
  for (const text of ['007', '1e3', ' 1', '9007199254740993', 'ada', '']) assert.equal(parseId(text), text)
  assert.equal(studentKey({ ...GOOD, id: 42, size: 'M' }), studentKey({ ...GOOD, id: '42', size: 'S' }))
})
