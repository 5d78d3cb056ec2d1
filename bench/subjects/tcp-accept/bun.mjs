// Bun's own sockets: accept, one request, its answer, close.
const server = Bun.listen({
  hostname: '127.0.0.1',
  port: 0,
  socket: {
    data: (socket, data) => socket.end(data),
    error: (socket) => socket.terminate(),
  },
})
console.log(`PORT ${server.port}`)
