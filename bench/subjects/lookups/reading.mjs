// What is measured here: how long it takes to read a file, again and again while names are looked up, and says so.
import { readFile } from 'node:fs/promises'
import { performance } from 'node:perf_hooks'

const [path, count] = process.argv.slice(2)
const WARM_UP = 300

export const names = Array.from({ length: Number(count) }, (_, i) => `name-${i}.example.org`)

export async function readDuring(lookUpAll) {
  for (let i = 0; i < WARM_UP; i++) await readFile(path)
  const times = []
  const before = performance.now()
  let over = false
  const lookingUp = lookUpAll().then(() => {
    over = true
    return (performance.now() - before) / 1000
  })
  do {
    const begun = performance.now()
    await readFile(path)
    times.push(performance.now() - begun)
  } while (!over)
  times.sort((a, b) => a - b)
  const result = { median: times[times.length >> 1], worst: times.at(-1), seconds: await lookingUp }
  console.log(JSON.stringify(result))
}
