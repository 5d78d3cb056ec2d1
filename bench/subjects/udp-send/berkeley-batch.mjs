// berkeley with promises: sendmmsg of a Batch that was filled once.
import { AF_INET, Batch, SOCK_DGRAM, Socket } from 'berkeley'
import { burst, control, everyBurst, payload, size, to } from './bursts.mjs'

const socket = new Socket(AF_INET, SOCK_DGRAM)

function batchOf(count) {
  const batch = new Batch(count, size)
  for (let i = 0; i < count; i++) batch.push(payload, to)
  return batch
}

const batch = batchOf(64)
const rest = burst % 64 === 0 ? null : batchOf(burst % 64)

async function sendBurst() {
  for (let left = burst; left >= 64; left -= 64) await socket.sendmmsg(batch)
  if (rest !== null) await socket.sendmmsg(rest)
}

await everyBurst(sendBurst, () => socket.sendto('.', control))
