// Cuts text so that it fits into a number of a terminal's cells, of which a Chinese character takes two and an accent none.
// Rule: what people see as a character is kept whole or left out.
import stringWidth from 'string-width'

const CHARACTERS = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** As much of the beginning as fits. */
export function firstCells(text: string, cells: number): string {
  return fitting(charactersOf(text.slice(0, MOST_UNITS * cells)), cells).join('')
}

/** As much of the end as fits. */
export function lastCells(text: string, cells: number): string {
  const characters = charactersOf(text.slice(-MOST_UNITS * cells)).reverse()
  return fitting(characters, cells).reverse().join('')
}

// The longest characters, families of emoji, have a dozen UTF-16 units. Only so much of a long text is looked at.
const MOST_UNITS = 16

function charactersOf(text: string): string[] {
  return [...CHARACTERS.segment(text)].map(({ segment }) => segment)
}

function fitting(characters: readonly string[], cells: number): string[] {
  let room = cells
  const end = characters.findIndex((character) => {
    room -= stringWidth(character)
    return room < 0
  })
  return characters.slice(0, end < 0 ? characters.length : end)
}
