// What is the same in all that measure themselves: the numbers, and the answer to every line on standard input.
import { createInterface } from 'node:readline'

export const [count, operations] = process.argv.slice(2).map(Number)

// How often a step of so many operations is repeated.
export const repeated = Math.max(1, Math.round(operations / Math.max(1, count)))

// Microseconds of CPU for each of so many operations.
export async function costOf(operations, work) {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / operations
}

// Bytes of JavaScript objects, after all garbage has gone.
export function heap() {
  globalThis.gc()
  return process.memoryUsage().heapUsed
}

export async function answer(measure) {
  await measure() // The first is for warming up.
  console.log('READY')
  for await (const _ of createInterface({ input: process.stdin })) {
    console.log(JSON.stringify(await measure()))
  }
}
