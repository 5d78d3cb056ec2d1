// berkeley, blocking: one connection after the other.
import { createServer, IPPROTO_TCP, TCP_NODELAY } from 'berkeley/blocking'

const server = createServer(['127.0.0.1', 0])
console.log(`PORT ${server.getsockname()[1]}`)
for (;;) {
  const [connection] = server.accept()
  connection.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
  for (;;) {
    const data = connection.recv(65536)
    if (data.length === 0) break
    connection.sendall(data)
  }
  connection.close()
}
