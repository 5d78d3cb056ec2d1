// berkeley with promises: sendmmsg of a list.
import { AF_INET, SOCK_DGRAM, Socket } from 'berkeley'
import { batchSize, burst, control, everyBurst, payload, to } from './bursts.mjs'

const socket = new Socket(AF_INET, SOCK_DGRAM)
const messages = Array.from({ length: batchSize }, () => ({ data: payload, address: to }))

async function sendBurst() {
  for (let rest = burst; rest > 0; ) {
    rest -= await socket.sendmmsg(rest < messages.length ? messages.slice(0, rest) : messages)
  }
}

await everyBurst(sendBurst, () => socket.sendto('.', control))
