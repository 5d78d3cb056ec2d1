// The line that is typed on the chat's screen.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LineEditor } from '#commands/chat/line-editor.js'

test('inserting, deleting and moving, by what people see as a character', () => {
  const editor = new LineEditor(100)
  editor.insert('ab👩‍👩‍👧e\u0301')
  editor.left()
  assert.deepEqual(editor.line, { before: 'ab👩‍👩‍👧', after: 'e\u0301' })
  editor.deleteBefore()
  assert.equal(editor.text, 'abe\u0301')
  editor.home()
  editor.left()
  editor.deleteBefore()
  editor.insert('x')
  assert.deepEqual(editor.line, { before: 'x', after: 'abe\u0301' })
  editor.end()
  editor.right()
  editor.insert(' two words ')
  editor.deleteWord()
  assert.equal(editor.text, 'xabe\u0301 two ')
  editor.deleteLine()
  assert.equal(editor.take(), '')
})

test('the history keeps the draft', () => {
  const editor = new LineEditor(100)
  for (const line of ['one', 'two', 'two', ' ']) {
    editor.insert(line)
    assert.equal(editor.take(), line)
  }
  editor.insert('draft')
  const texts = [
    () => editor.older(),
    () => editor.older(),
    () => editor.older(),
    () => editor.newer(),
    () => editor.newer(),
    () => editor.newer(),
  ].map((move) => {
    move()
    return editor.text
  })
  assert.deepEqual(texts, ['two', 'one', 'one', 'two', 'draft', 'draft'])
})

test('a line has its limit, and characters stay whole', () => {
  const editor = new LineEditor(5)
  editor.insert('ab€€')
  assert.equal(editor.text, 'ab€')
  editor.insert('x')
  assert.equal(editor.text, 'ab€')
})
