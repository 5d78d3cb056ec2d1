// Bun's own sockets, written as its users write an echo server.
import { flush, write } from '../bun-sending.mjs'

const server = Bun.listen({
  hostname: '127.0.0.1',
  port: 0,
  socket: {
    open: (socket) => socket.setNoDelay(true),
    data: write,
    drain: flush,
    error: (socket) => socket.terminate(),
  },
})
console.log(`PORT ${server.port}`)
