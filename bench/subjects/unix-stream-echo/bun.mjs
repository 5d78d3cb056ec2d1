// Bun's own sockets: an echo server over Unix stream sockets.
import { flush, write } from '../bun-sending.mjs'

Bun.listen({
  unix: process.argv[2],
  socket: { data: write, drain: flush, error: (socket) => socket.terminate() },
})
console.log(`PORT ${process.argv[2]}`)
