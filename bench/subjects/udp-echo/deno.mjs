// Deno's own sockets, written as its users write an echo server for datagrams.
const socket = Deno.listenDatagram({ transport: 'udp', hostname: '127.0.0.1', port: 0 })
const buffer = new Uint8Array(65536)
console.log(`PORT ${socket.addr.port}`)
for (;;) {
  const [data, address] = await socket.receive(buffer)
  await socket.send(data, address)
}
