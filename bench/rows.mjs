// The rows of the bench. A row is a family and its numbers, `tcp-echo-64x50`; numbers left out are the family's usual
// ones, so `tcp-echo-64` alone means the same row. The families are in rows/.
import * as connections from './rows/connections.mjs'
import * as datagrams from './rows/datagrams.mjs'
import * as others from './rows/others.mjs'
import * as servers from './rows/servers.mjs'

// What every plain `bench` measures, in the order in which it is shown.
const standard = [...connections.standard, ...datagrams.standard, ...servers.standard, ...others.standard]

// A family makes a row of numbers:
//
// subjects  in the order in which a round runs them
// against   subjects to which the others are compared; the first decides whether the row is too noisy
// goals     what we mean to reach: the cost (or another column) at most so much, or so many times that of another, or so
//           much beyond that of another
// rounds    [usual, quick]; a round starts every subject afresh
// turns     how often a round goes through its subjects
const families = { ...connections.families, ...datagrams.families, ...servers.families, ...others.families }

function standardRows(name) {
  return standard.filter((row) => row === name || row.startsWith(`${name}-`))
}

export function row(name) {
  const [, family, ...numbers] = /^([a-z-]*[a-z])(?:-(\d+)(?:x(\d+))?)?$/.exec(name) ?? []
  if (!Object.hasOwn(families, family)) {
    throw new RangeError(`no row "${name}"; the families are ${Object.keys(families).join(', ')}`)
  }
  return { name, ...families[family](...numbers.map((digits) => digits && Number(digits))) }
}

export function rowsNamed(names) {
  const asked = names.length === 0 ? standard : names
  const expanded = asked.flatMap((name) => (standardRows(name).length > 0 ? standardRows(name) : [name]))
  return [...new Set(expanded)].map(row)
}

// Where a row stands among all.
export function order(name) {
  const place = standard.indexOf(name)
  return place < 0 ? standard.length : place
}
