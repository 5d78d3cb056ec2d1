// Deno's own sockets: a file's stream into the connection's.
const listener = Deno.listen({ hostname: '127.0.0.1', port: 0 })
console.log(`PORT ${listener.addr.port}`)
for await (const connection of listener) {
  const file = await Deno.open(Deno.args[0])
  file.readable.pipeTo(connection.writable).catch(() => {}) // If the peer is gone, that is all.
}
