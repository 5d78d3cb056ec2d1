// Bun's own sockets: 64 KiB at a time, as long as the socket takes more.
import { block, blocks } from './block.mjs'

// What a socket does not take, it is offered again when it has drained.
function more(socket) {
  const state = socket.data
  while (state.block < blocks) {
    const sent = socket.write(state.sent === 0 ? block : block.subarray(state.sent))
    if (sent < 0) return
    state.sent += sent
    if (state.sent < block.length) return
    state.sent = 0
    state.block++
  }
  socket.end()
}

const server = Bun.listen({
  hostname: '127.0.0.1',
  port: 0,
  socket: {
    open: (socket) => {
      socket.data = { block: 0, sent: 0 }
      more(socket)
    },
    data: () => {},
    drain: more,
    error: (socket) => socket.terminate(),
  },
})
console.log(`PORT ${server.port}`)
