// Text cut to the cells of a terminal.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import stringWidth from 'string-width'
import { firstCells, lastCells } from '#cells.js'

test('wide, combined and narrow characters, from both ends', () => {
  const text = 'a私e\u0301👩‍👩‍👧z'
  assert.deepEqual(
    [1, 2, 3, 4, 5, 6, 7, 99].map((cells) => firstCells(text, cells)),
    ['a', 'a', 'a私', 'a私e\u0301', 'a私e\u0301', 'a私e\u0301👩‍👩‍👧', text, text],
  )
  assert.deepEqual(
    [0, 1, 2, 3, 4, 5, 6, 7].map((cells) => lastCells(text, cells)),
    ['', 'z', 'z', '👩‍👩‍👧z', 'e\u0301👩‍👩‍👧z', 'e\u0301👩‍👩‍👧z', '私e\u0301👩‍👩‍👧z', text],
  )
})

test('it always fits, and is a part of the text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 40 }), (text, cells) => {
      const [first, last] = [firstCells(text, cells), lastCells(text, cells)]
      assert.ok(text.startsWith(first) && text.endsWith(last))
      assert.ok(stringWidth(first) <= cells && stringWidth(last) <= cells)
    }),
  )
})
