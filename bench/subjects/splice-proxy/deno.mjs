// A TCP proxy with Deno's own sockets: each end's stream into the other's.
const port = Number(Deno.args[0])

async function serve(front) {
  const back = await Deno.connect({ hostname: '127.0.0.1', port })
  const ways = [front.readable.pipeTo(back.writable), back.readable.pipeTo(front.writable)]
  await Promise.allSettled(ways) // If one of them is gone, that is all.
}

const listener = Deno.listen({ hostname: '127.0.0.1', port: 0 })
console.log(`PORT ${listener.addr.port}`)
for await (const front of listener) serve(front)
