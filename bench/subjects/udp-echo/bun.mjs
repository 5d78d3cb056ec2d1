// Bun's own sockets, written as its users write an echo server for datagrams.
const socket = await Bun.udpSocket({
  hostname: '127.0.0.1',
  port: 0,
  socket: { data: (socket, data, port, address) => socket.send(data, port, address) },
})
console.log(`PORT ${socket.port}`)
