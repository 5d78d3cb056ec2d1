// Deno's own sockets: a receiver with one buffer.
import { counts, takeCount, waitAtGate } from './count.mjs'

const socket = Deno.listenDatagram({ transport: 'udp', hostname: '127.0.0.1', port: 0 })
const buffer = new Uint8Array(2048)
console.log(`PORT ${socket.addr.port}`)
waitAtGate()
for (;;) {
  const [data, address] = await socket.receive(buffer)
  if (!counts(data.length)) continue
  await socket.send(new TextEncoder().encode(takeCount()), address)
  waitAtGate()
}
