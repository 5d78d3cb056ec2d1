// The peer everybody has: node:dgram, written as its users write a sender that does not outrun itself.
import { createSocket } from 'node:dgram'
import { burst, control, everyBurst, payload, to } from './bursts.mjs'

const socket = createSocket('udp4')

const send = (data, [host, port]) =>
  new Promise((resolve, reject) => {
    socket.send(data, port, host, (error) => (error ? reject(error) : resolve()))
  })

async function sendBurst() {
  for (let i = 0; i < burst; i++) await send(payload, to)
}

await everyBurst(sendBurst, () => send('.', control))
