// Text from strangers cannot act on a terminal.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fastCheck from 'fast-check'
import { quoted } from '#printable.js'

test('ordinary text stays as it is', () => {
  assert.equal(quoted('get'), '"get"')
  assert.equal(quoted('Grüße, 学生 👋'), '"Grüße, 学生 👋"')
})

test('what is invisible is written out', () => {
  assert.equal(quoted('\u001b[31mred\n'), '"\\u001b[31mred\\n"')
  assert.equal(quoted('\u009b2J'), '"\\u{9b}2J"')
  assert.equal(quoted('\u202eevil\u2028'), '"\\u{202e}evil\\u{2028}"')
  assert.equal(quoted('\ud800'), '"\\ud800"')
})

test('long text is shortened, between characters', () => {
  assert.equal(quoted('x'.repeat(61)), `"${'x'.repeat(60)}"…`)
  assert.equal(quoted('👋'.repeat(61)), `"${'👋'.repeat(60)}"…`)
  assert.equal(quoted('x'.repeat(60)), `"${'x'.repeat(60)}"`)
})

test('nothing unprintable ever comes through', () => {
  fastCheck.assert(
    fastCheck.property(fastCheck.string({ unit: 'binary', maxLength: 80 }), (text) => {
      assert.doesNotMatch(quoted(text), /[\p{C}\p{Zl}\p{Zp}]/u)
    }),
  )
})
