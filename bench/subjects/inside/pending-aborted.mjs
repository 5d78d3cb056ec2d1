// So many receptions wait on one socket, and are given up, the newest first: the worst order for a queue.
import { socketpair } from 'berkeley'
import { answer, costOf, count, repeated } from './asked.mjs'

const [, there] = socketpair()

async function waitAndGiveUp() {
  const controllers = Array.from({ length: count }, () => new AbortController())
  const waiting = controllers.map(({ signal }) => there.recv(1, { signal }).catch(() => {}))
  for (const controller of controllers.reverse()) controller.abort()
  await Promise.all(waiting)
}

await answer(async () => ({
  cost: await costOf(repeated * count, async () => {
    for (let i = 0; i < repeated; i++) await waitAndGiveUp()
  }),
}))
