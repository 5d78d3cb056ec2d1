// docs/features.md claims nothing that no test shows: a "Y" or "P" of ours names tests, each in words that its file has, and
// an "N" or "P" says why.
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { repositoryRoot } from '../package-root.ts'

const docs = join(repositoryRoot, 'docs')
const text = readFileSync(join(docs, 'features.md'), 'utf8')

/** The file behind each name that links use. */
const files = new Map(
  [...text.matchAll(/^\[([\w-]+)\]: (\S+)$/gm)].map(([, name, file]) => [name!, join(docs, file!)]),
)

const COLUMNS = 7
const rows = text
  .split('\n')
  .filter((line) => line.startsWith('|') && !/^\|(-|.* shown by \|$)/.test(line))
  .map((line) => line.slice(1, -1).split('|'))
  .map((cells) => cells.map((cell) => cell.trim()))

/** `[words][name]` in a cell. Words may have brackets within. */
const linksOf = (cell: string) =>
  [...cell.matchAll(/\[((?:[^[\]]|\[[^[\]]*\])+)\]\[([\w-]+)\]/g)].map(([, words, name]) => ({
    words: words!,
    name: name!,
  }))

test('every claim of docs/features.md has its tests or its reason', () => {
  assert.ok(rows.length > 100)
  for (const row of rows) {
    assert.equal(row.length, COLUMNS, row.join(' | '))
    const [capability, ours, shown] = [row[0]!, row[5]!, row[6]!]
    assert.match(ours, /^[YPN–]/, capability)
    if (/^[YP]/.test(ours)) assert.ok(linksOf(shown).length > 0, `${capability}: no test`)
    if (/^[PN]/.test(ours)) assert.match(ours, /^.: ./, `${capability}: no reason`)
  }
})

test('every test that docs/features.md names is there', () => {
  const used = new Set<string>()
  for (const { words, name } of rows.flatMap((row) => linksOf(row[6]!))) {
    const file = files.get(name)
    assert.ok(file !== undefined && existsSync(file), `[${words}][${name}]: no such file`)
    assert.ok(readFileSync(file, 'utf8').includes(words), `${file} has no: ${words}`)
    used.add(name)
  }
  assert.deepEqual([...files.keys()].sort(), [...used].sort(), 'a file that no link uses')
})
