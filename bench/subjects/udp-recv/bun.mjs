// Bun's own sockets: a receiver.
import { counts, takeCount, waitAtGate } from './count.mjs'

const socket = await Bun.udpSocket({
  hostname: '127.0.0.1',
  port: 0,
  socket: {
    data: (socket, data, port, address) => {
      if (!counts(data.length)) return
      socket.send(takeCount(), port, address)
      waitAtGate()
    },
  },
})
console.log(`PORT ${socket.port}`)
waitAtGate()
