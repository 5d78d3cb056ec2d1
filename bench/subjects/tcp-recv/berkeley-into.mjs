// berkeley with promises: recvInto one buffer to the end of the stream, then the number of bytes.
import { createServer } from 'berkeley'

async function serve(connection) {
  const buffer = Buffer.allocUnsafeSlow(65536)
  let received = 0
  try {
    for (;;) {
      const count = await connection.recvInto(buffer)
      if (count === 0) break
      received += count
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
