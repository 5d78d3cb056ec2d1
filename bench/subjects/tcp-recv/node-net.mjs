// node:net: data to the end of the stream, then the number of bytes.
import { createServer } from 'node:net'

const server = createServer({ allowHalfOpen: true }, (connection) => {
  let received = 0
  connection.on('data', (data) => {
    received += data.length
  })
  connection.on('end', () => connection.end(String(received)))
  connection.on('error', () => connection.destroy())
})
server.listen({ host: '127.0.0.1', port: 0 }, () => console.log(`PORT ${server.address().port}`))
