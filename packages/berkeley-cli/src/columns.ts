// Lines up text in columns.
// Rule: measured in the cells of a terminal, not in characters: a Chinese character takes two, an accent
//       none.
import stringWidth from 'string-width'

export type Alignment = 'left' | 'right'

/** One line for each row; columns are two spaces apart. */
export function formatColumns(
  rows: readonly (readonly string[])[],
  alignments: readonly Alignment[],
): string[] {
  const widths = rows.map((row) => row.map(widthOf))
  const widest = alignments.map((_, column) => {
    return widths.reduce((most, row) => Math.max(most, row[column] ?? 0), 0)
  })
  return rows.map((row, place) => {
    const cells = row.map((text, column) => {
      const space = ' '.repeat((widest[column] ?? 0) - (widths[place]?.[column] ?? 0))
      return alignments[column] === 'right' ? space + text : text + space
    })
    return cells.join('  ').trimEnd()
  })
}

// Almost all text is plain ASCII, where a character is a cell; finding that out first saves most of the time.
function widthOf(text: string): number {
  return /^[ -~]*$/.test(text) ? text.length : stringWidth(text)
}
