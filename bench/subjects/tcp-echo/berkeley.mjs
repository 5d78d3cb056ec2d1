// berkeley with promises, as its users write an echo server.
import { createServer, IPPROTO_TCP, TCP_NODELAY } from 'berkeley'

async function serve(connection) {
  connection.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
  try {
    for (;;) {
      const data = await connection.recv(65536)
      if (data.length === 0) break
      await connection.sendall(data)
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
