// Text from strangers, made fit for a terminal, a log and a table.
// Rule: nothing that came over the wire is printed except through here; a host could otherwise move the
//       cursor, change colours, reverse the writing direction or forge lines of a log.

const LONGEST = 60
// Control and format characters, private and unassigned ones, lone surrogates, and the two line separators.
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/gu

/** The text in quotes on one line, shortened, with everything invisible written as an escape. */
export function quoted(text: string): string {
  const characters = [...text.slice(0, 2 * LONGEST)]
  const isLong = characters.length > LONGEST || text.length > 2 * LONGEST
  const start = JSON.stringify(characters.slice(0, LONGEST).join('')).replace(UNPRINTABLE, escaped)
  return isLong ? `${start}…` : start
}

/** The text as it is, with everything invisible written as an escape; spaces stay. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, escaped)
}

function escaped(character: string): string {
  return `\\u{${character.codePointAt(0)?.toString(16)}}`
}
