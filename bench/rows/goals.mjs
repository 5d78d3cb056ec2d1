// Goals as most rows have them: at most so many times the cost of each of the others.
export function goals(subject, limits) {
  return Object.entries(limits).map(([to, most]) => ({ subject, to, most }))
}

// A turn is short, about a tenth of a second at the usual size, so that subjects are compared within the same moment.
export function operations(size = 64, measured = 10_000) {
  const scale = 1 / (1 + size / 16_384)
  const count = Math.max(300, Math.round(measured * scale))
  // So much a compiler needs to do its work, however few there are in a turn.
  return { warmup: Math.max(2 * count, Math.round(15_000 * scale)), operations: count }
}

export const usual = { rounds: [5, 3], turns: 4 }
