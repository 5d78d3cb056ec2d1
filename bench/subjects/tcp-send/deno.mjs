// Deno's own sockets: 64 KiB at a time.
import { writeAll } from '../deno-sending.mjs'
import { block, blocks } from './block.mjs'

async function serve(connection) {
  try {
    for (let i = 0; i < blocks; i++) await writeAll(connection, block)
  } catch {
    // The peer is gone.
  } finally {
    connection.close()
  }
}

const listener = Deno.listen({ hostname: '127.0.0.1', port: 0 })
console.log(`PORT ${listener.addr.port}`)
for await (const connection of listener) serve(connection)
