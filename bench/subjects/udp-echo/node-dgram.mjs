// The peer everybody has: node:dgram, written as its users write an echo server.
import { createSocket } from 'node:dgram'

const server = createSocket('udp4')
server.on('message', (data, { address, port }) => server.send(data, port, address))
server.bind(0, '127.0.0.1', () => console.log(`PORT ${server.address().port}`))
