// node:net: an echo server over Unix stream sockets.
import { createServer } from 'node:net'

const server = createServer((connection) => {
  connection.on('data', (data) => connection.write(data))
  connection.on('error', () => connection.destroy())
})
server.listen({ path: process.argv[2], backlog: 4096 }, () => console.log(`PORT ${process.argv[2]}`))
