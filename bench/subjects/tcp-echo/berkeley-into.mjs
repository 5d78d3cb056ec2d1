// berkeley with promises and one buffer per connection: no allocation for each message.
import { createServer, IPPROTO_TCP, TCP_NODELAY } from 'berkeley'

async function serve(connection) {
  const buffer = Buffer.allocUnsafeSlow(65536)
  connection.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
  try {
    for (;;) {
      const count = await connection.recvInto(buffer)
      if (count === 0) break
      await connection.sendall(buffer.subarray(0, count))
    }
  } catch {
    // The peer is gone.
  } finally {
    connection.close()
  }
}

const server = createServer(['127.0.0.1', 0], { backlog: 4096 })
console.log(`PORT ${server.getsockname()[1]}`)
for (;;) {
  const [connection] = await server.accept()
  serve(connection)
}
