// A screen is drawn in place, fits the terminal, and is left as it was found.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Screen } from '#screen.js'

function drawn(columns: number, rows: number, lines: readonly string[]): string {
  let written = ''
  const screen = new Screen({ columns, rows, write: (text: string) => (written += text) })
  written = ''
  screen.draw(lines)
  return written
}

test('lines are cut at the edge, by cells; colours take none and are kept', () => {
  assert.equal(
    drawn(5, 3, ['abcdefg', '\x1b[1mabc\x1b[22mdefg']),
    '\x1b[Habcde\x1b[K\r\n\x1b[1mabc\x1b[22mde\x1b[K\x1b[J',
  )
  assert.equal(
    drawn(5, 3, ['学生学生', '\x1b[2mabcdefgh\x1b[22m']),
    '\x1b[H学生\x1b[K\r\n\x1b[2mabcde\x1b[22m\x1b[K\x1b[J',
  )
})

test('what has no room is counted in the last line', () => {
  assert.equal(drawn(20, 2, ['a', 'b', 'c']), '\x1b[Ha\x1b[K\r\n… 2 more lines\x1b[K\x1b[J')
  assert.equal(drawn(20, 2, []), '\x1b[H\x1b[J')
})

test('it has a screen of its own, and gives it back', () => {
  const written: string[] = []
  const screen = new Screen({ write: (text: string) => written.push(text) })
  screen.leave()
  assert.deepEqual(written, ['\x1b[?1049h\x1b[?25l', '\x1b[?25h\x1b[?1049l'])
})
