// node:net: accept, one request, its answer, close.
import { createServer } from 'node:net'

const server = createServer((connection) => {
  connection.once('data', (data) => connection.end(data))
  connection.on('error', () => connection.destroy())
})
server.listen({ host: '127.0.0.1', port: 0, backlog: 4096 }, () =>
  console.log(`PORT ${server.address().port}`),
)
