// berkeley with promises: accept, one request, its answer, close.
import { createServer } from 'berkeley'

async function serve(connection) {
  try {
    await connection.sendall(await connection.recv(65536))
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
