// The peer everybody has: node:net, written as its users write an echo server.
import { createServer } from 'node:net'

const server = createServer({ noDelay: true }, (connection) => {
  connection.on('data', (data) => connection.write(data))
  connection.on('error', () => connection.destroy())
})
server.listen({ host: '127.0.0.1', port: 0, backlog: 4096 }, () =>
  console.log(`PORT ${server.address().port}`),
)
