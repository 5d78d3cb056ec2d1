// berkeley with promises: sendmmsg of a Batch that was filled once.
import { AF_INET, Batch, SOCK_DGRAM, Socket } from 'berkeley'
import { batchSize, burst, control, everyBurst, payload, size, to } from './bursts.mjs'

const socket = new Socket(AF_INET, SOCK_DGRAM)

function batchOf(count) {
  const batch = new Batch(count, size)
  for (let i = 0; i < count; i++) batch.push(payload, to)
  return batch
}

const batch = batchOf(batchSize)
const rest = burst % batchSize === 0 ? null : batchOf(burst % batchSize)

async function sendBurst() {
  for (let left = burst; left >= batchSize; left -= batchSize) await socket.sendmmsg(batch)
  if (rest !== null) await socket.sendmmsg(rest)
}

await everyBurst(sendBurst, () => socket.sendto('.', control))
