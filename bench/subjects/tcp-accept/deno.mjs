// Deno's own sockets: accept, one request, its answer, close.
import { writeAll } from '../deno-sending.mjs'

async function serve(connection) {
  const buffer = new Uint8Array(65536)
  try {
    const count = await connection.read(buffer)
    if (count !== null) await writeAll(connection, buffer.subarray(0, count))
  } catch {
    // The peer is gone.
  } finally {
    connection.close()
  }
}

const listener = Deno.listen({ hostname: '127.0.0.1', port: 0 })
console.log(`PORT ${listener.addr.port}`)
for await (const connection of listener) serve(connection)
