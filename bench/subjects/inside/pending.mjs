// So many receptions wait on one socket, each for its byte; then the bytes come.
import { socketpair } from 'berkeley'
import { answer, costOf, count, heap, repeated } from './asked.mjs'

const [here, there] = socketpair()
const bytes = Buffer.alloc(count, 'x')

function receiveAll() {
  return Array.from({ length: count }, () => there.recv(1))
}

async function memory() {
  const before = heap()
  const waiting = receiveAll()
  const each = (heap() - before) / count
  await here.sendall(bytes)
  await Promise.all(waiting)
  return each
}

await answer(async () => {
  const cost = await costOf(repeated * count, async () => {
    for (let i = 0; i < repeated; i++) {
      const waiting = receiveAll()
      await here.sendall(bytes)
      await Promise.all(waiting)
    }
  })
  return { cost, bytes: await memory() }
})
