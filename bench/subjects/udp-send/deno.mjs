// Deno's own sockets: send, one datagram for each call.
import { burst, control, everyBurst, payload, to } from './bursts.mjs'

const socket = Deno.listenDatagram({ transport: 'udp', hostname: '127.0.0.1', port: 0 })
const data = new Uint8Array(payload)
const address = ([hostname, port]) => ({ transport: 'udp', hostname, port })
const [target, end] = [to, control].map(address)

async function sendBurst() {
  for (let i = 0; i < burst; i++) await socket.send(data, target)
}

await everyBurst(sendBurst, () => socket.send(new TextEncoder().encode('.'), end))
