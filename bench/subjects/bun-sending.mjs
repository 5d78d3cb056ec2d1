// Bun's sockets take what there is room for and leave the rest to their users: it is kept in the socket's `data`, and sent
// when the socket drains. `write` and `flush` return whether nothing is left.
export function write(socket, data) {
  if (socket.data?.length > 0) {
    socket.data = Buffer.concat([socket.data, data])
    return false
  }
  const sent = socket.write(data)
  if (sent === data.length) return true
  socket.data = data.slice(Math.max(0, sent))
  return false
}

export function flush(socket) {
  if (!(socket.data?.length > 0)) return true
  const sent = socket.write(socket.data)
  socket.data = socket.data.subarray(Math.max(0, sent))
  return socket.data.length === 0
}
