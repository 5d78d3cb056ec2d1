// berkeley with promises: sendmmsg of one message at a time, which the kernel cuts into datagrams.
import { AF_INET, SOCK_DGRAM, Socket } from 'berkeley'
import { burst, control, everyBurst, segments, size, to } from './bursts.mjs'

const socket = new Socket(AF_INET, SOCK_DGRAM)
const data = Buffer.alloc(segments * size, 'x')

async function sendBurst() {
  for (let rest = burst; rest > 0; rest -= segments) {
    await socket.sendmmsg([{ data, address: to, segmentSize: size }])
  }
}

await everyBurst(sendBurst, () => socket.sendto('.', control))
