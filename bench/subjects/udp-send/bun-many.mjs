// Bun's own sockets: sendMany, many datagrams for each call.
import { batchSize, burst, control, everyBurst, payload, to } from './bursts.mjs'

const socket = await Bun.udpSocket({})
const [host, port] = to
const many = Array.from({ length: batchSize }, () => [payload, port, host]).flat()

function sendBurst() {
  for (let rest = burst; rest > 0; ) {
    rest -= socket.sendMany(rest < batchSize ? many.slice(0, 3 * rest) : many)
  }
}

await everyBurst(sendBurst, () => socket.send('.', control[1], host))
