// Bun's own sockets: send, one datagram for each call.
import { burst, control, everyBurst, payload, to } from './bursts.mjs'

const socket = await Bun.udpSocket({})
const [host, port] = to

function sendBurst() {
  for (let i = 0; i < burst; i++) socket.send(payload, port, host)
}

await everyBurst(sendBurst, () => socket.send('.', control[1], host))
