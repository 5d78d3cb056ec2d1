// Goals as most rows have them: at most so many times the cost of each of the others.
export function goals(subject, limits) {
  return Object.entries(limits).map(([to, most]) => ({ subject, to, most }))
}

// A turn is short, about a tenth of a second at the usual size, so that subjects are compared within the same moment.
export function operations(size = 64, measured = 10_000) {
  const count = Math.max(300, Math.round(measured / (1 + size / 16_384)))
  return { warmup: Math.round(1.5 * count), operations: count }
}

export const usual = { rounds: [5, 3], turns: 4 }
