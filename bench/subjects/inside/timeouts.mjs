// A byte goes back and forth between two sockets, each reception waiting with a time limit, while so many other time limits
// run: those of receptions that wait on another socket, of many lengths.
import { socketpair } from 'berkeley'
import { answer, costOf, count, heap, operations } from './asked.mjs'

const LENGTHS = 1000
const [, silent] = socketpair()
const [here, there] = socketpair()
here.settimeout(60)
there.settimeout(60)

const before = heap()
const waiting = Array.from({ length: count }, (_, i) => {
  silent.settimeout(1000 + (i % LENGTHS))
  return silent.recv(1)
})
const bytes = count > 0 ? (heap() - before) / waiting.length : undefined

async function roundTrip() {
  const asked = there.recv(1)
  await here.sendall('x')
  const answered = here.recv(1)
  await there.sendall(await asked)
  await answered
}

await answer(async () => ({
  cost: await costOf(operations, async () => {
    for (let i = 0; i < operations; i++) await roundTrip()
  }),
  bytes,
}))
process.exit()
