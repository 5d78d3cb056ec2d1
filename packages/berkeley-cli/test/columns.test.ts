// Columns line up in the cells of a terminal.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatColumns } from '#columns.js'

test('to the left, to the right, and nothing at the end of a line', () => {
  const rows = [
    ['a', '1', 'x'],
    ['bcd', '234', ''],
  ]
  assert.deepEqual(formatColumns(rows, ['left', 'right', 'left']), ['a      1  x', 'bcd  234'])
})

test('a Chinese character takes two cells, an accent of its own none', () => {
  const rows = [
    ['学生', '|'],
    ['e\u0301', '|'],
    ['abcd', '|'],
  ]
  assert.deepEqual(formatColumns(rows, ['left', 'left']), ['学生  |', 'e\u0301     |', 'abcd  |'])
})

test('no rows, no lines', () => {
  assert.deepEqual(formatColumns([], ['left']), [])
})
