// The few numbers that are made of many.
export function median(values) {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

export function summarize(values) {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) }
}

// The values without the best and the worst, where there are five or more: one bad moment does not spoil a row.
export function kept(values) {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted.length < 5 ? sorted : sorted.slice(1, -1)
}

// How far apart the values lie, as a part of their median.
export function spread(values) {
  const { median: middle, min, max } = summarize(kept(values))
  return (max - min) / Math.abs(middle)
}
