// Lines out of chunks, however the chunks are cut, and never more memory than the limit.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { LineReader, LineTooLong } from '#line-reader.js'

async function readAll(chunks: readonly string[], longest = 1000): Promise<string[]> {
  const rest = chunks.map((chunk) => Buffer.from(chunk, 'latin1'))
  const reader = new LineReader(async () => rest.shift() ?? Buffer.alloc(0), longest)
  const lines: string[] = []
  for (let line = await reader.next(); line !== null; line = await reader.next())
    lines.push(line.toString('latin1'))
  return lines
}

test('line ends, a last line without one, empty lines', async () => {
  assert.deepEqual(await readAll(['a\nb\r\n\n', '\r\nc\rd\nlast']), ['a', 'b', '', '', 'c\rd', 'last'])
  assert.deepEqual(await readAll([]), [])
  assert.deepEqual(await readAll(['\n']), [''])
  assert.deepEqual(await readAll(['a', 'b', '\r', '\n']), ['ab'])
})

test('wherever the chunks are cut, the lines are the same', async () => {
  const piece = fc.stringMatching(/^[ab\r\n]{1,6}$/)
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 12 }), async (chunks) => {
      const text = chunks.join('')
      const expected = text.split('\n').map((line) => line.replace(/\r$/, ''))
      // Nothing after the last end is no line; neither is a carriage return alone... but it came, so it counts.
      if (text === '' || text.endsWith('\n')) expected.pop()
      assert.deepEqual(await readAll(chunks), expected)
    }),
  )
})

test('a line of the limit is read, one byte more is not', async () => {
  assert.deepEqual(await readAll(['x'.repeat(10), '\r\n'], 10), ['x'.repeat(10)])
  for (const line of ['x'.repeat(11), `${'x'.repeat(11)}\n`, `${'x'.repeat(11)}\r\n`]) {
    if (line.length > 11) await assert.rejects(readAll([line], 10), LineTooLong)
    await assert.rejects(readAll([line, 'x'], 10), LineTooLong)
  }
})

test('an endless line is given up soon', async () => {
  let given = 0
  const reader = new LineReader(async () => {
    given += 65_536
    return Buffer.alloc(65_536)
  }, 1_000_000)
  await assert.rejects(reader.next(), LineTooLong)
  assert.ok(given < 1_200_000, `${given} bytes were read`)
})
