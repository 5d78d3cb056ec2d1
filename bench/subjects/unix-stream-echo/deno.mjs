// Deno's own sockets: an echo server over Unix stream sockets.
import { echo } from '../deno-sending.mjs'

const listener = Deno.listen({ transport: 'unix', path: Deno.args[0] })
console.log(`PORT ${Deno.args[0]}`)
for await (const connection of listener) echo(connection)
