// A server that sends a file to whoever connects, with promises.
import { open } from 'node:fs/promises'
import { createServer } from 'berkeley'

const file = await open(process.argv[2])

async function serve(connection) {
  try {
    await connection.sendfile(file)
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
