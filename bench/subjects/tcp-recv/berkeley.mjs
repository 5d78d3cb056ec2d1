// berkeley with promises: recv to the end of the stream, then the number of bytes.
import { createServer } from 'berkeley'

async function serve(connection) {
  let received = 0
  try {
    for (;;) {
      const data = await connection.recv(65536)
      if (data.length === 0) break
      received += data.length
    }
    await connection.sendall(String(received))
  } catch {
    // The peer is gone.
  } finally {
    connection.close()
  }
}

const server = createServer(['127.0.0.1', 0])
console.log(`PORT ${server.getsockname()[1]}`)
for (;;) {
  const [connection] = await server.accept()
  serve(connection)
}
