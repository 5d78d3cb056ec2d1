// berkeley with promises: sendall, 64 KiB at a time.
import { createServer } from 'berkeley'
import { block, blocks } from './block.mjs'

async function serve(connection) {
  try {
    for (let i = 0; i < blocks; i++) await connection.sendall(block)
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
