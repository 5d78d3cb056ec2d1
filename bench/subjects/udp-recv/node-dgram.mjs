// The peer everybody has: node:dgram, written as its users write a receiver.
import { createSocket } from 'node:dgram'
import { counts, takeCount, waitAtGate } from './count.mjs'

const socket = createSocket({ type: 'udp4', recvBufferSize: 32 << 20 })
socket.on('message', (data, { address, port }) => {
  if (!counts(data.length)) return
  // Its answer goes out at once only from a turn of its own.
  socket.send(takeCount(), port, address, waitAtGate)
})
socket.bind(0, '127.0.0.1', () => {
  console.log(`PORT ${socket.address().port}`)
  waitAtGate()
})
