// Bun's own sockets: data to the end of the stream, then the number of bytes.
const server = Bun.listen({
  hostname: '127.0.0.1',
  port: 0,
  allowHalfOpen: true,
  socket: {
    open: (socket) => {
      socket.data = { received: 0 }
    },
    data: (socket, data) => {
      socket.data.received += data.length
    },
    end: (socket) => socket.end(String(socket.data.received)),
    error: (socket) => socket.terminate(),
  },
})
console.log(`PORT ${server.port}`)
