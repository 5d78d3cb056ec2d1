// Deno's own sockets, written as its users write an echo server.
import { echo } from '../deno-sending.mjs'

const listener = Deno.listen({ hostname: '127.0.0.1', port: 0 })
console.log(`PORT ${listener.addr.port}`)
for await (const connection of listener) {
  connection.setNoDelay(true)
  echo(connection)
}
