// Bun's own sockets: a file's stream, chunk by chunk, as the socket drains.
const file = Bun.file(process.argv[2])

async function send(socket) {
  for await (const chunk of file.stream()) {
    for (let sent = 0; ; ) {
      sent += Math.max(0, socket.write(sent === 0 ? chunk : chunk.subarray(sent)))
      if (sent === chunk.length) break
      await new Promise((resolve) => {
        socket.data.drained = resolve
      })
    }
  }
  socket.end()
}

const server = Bun.listen({
  hostname: '127.0.0.1',
  port: 0,
  socket: {
    open: (socket) => {
      socket.data = { drained: null }
      send(socket)
    },
    data: () => {},
    drain: (socket) => socket.data.drained?.(),
    error: (socket) => socket.terminate(),
  },
})
console.log(`PORT ${server.port}`)
