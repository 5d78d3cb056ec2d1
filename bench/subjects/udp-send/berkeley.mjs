// berkeley with promises: sendto, one datagram for each call.
import { AF_INET, SOCK_DGRAM, Socket } from 'berkeley'
import { burst, control, everyBurst, payload, to } from './bursts.mjs'

const socket = new Socket(AF_INET, SOCK_DGRAM)

async function sendBurst() {
  for (let i = 0; i < burst; i++) await socket.sendto(payload, to)
}

await everyBurst(sendBurst, () => socket.sendto('.', control))
