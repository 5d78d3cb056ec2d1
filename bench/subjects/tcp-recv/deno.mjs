// Deno's own sockets: reads to the end of the stream, then the number of bytes.
import { writeAll } from '../deno-sending.mjs'

async function serve(connection) {
  const buffer = new Uint8Array(65536)
  let received = 0
  try {
    for (;;) {
      const count = await connection.read(buffer)
      if (count === null) break
      received += count
    }
    await writeAll(connection, new TextEncoder().encode(String(received)))
  } catch {
    // The peer is gone.
  } finally {
    connection.close()
  }
}

const listener = Deno.listen({ hostname: '127.0.0.1', port: 0 })
console.log(`PORT ${listener.addr.port}`)
for await (const connection of listener) serve(connection)
