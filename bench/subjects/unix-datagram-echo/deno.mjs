// Deno's own sockets: an echo server for Unix datagrams.
const socket = Deno.listenDatagram({ transport: 'unixpacket', path: Deno.args[0] })
const buffer = new Uint8Array(65536)
console.log(`PORT ${Deno.args[0]}`)
for (;;) {
  const [data, address] = await socket.receive(buffer)
  await socket.send(data, address)
}
