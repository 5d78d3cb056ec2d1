// For the idle row: answers a connection's first message and leaves the next recv pending, with nothing around it. So
// this is what berkeley itself needs, without the caller's async function.
import { createServer } from 'berkeley'

const server = createServer(['127.0.0.1', 0], { backlog: 4096 })
const connections = []
console.log(`PORT ${server.getsockname()[1]}`)
for (;;) {
  const [connection] = await server.accept()
  await connection.sendall(await connection.recv(65536))
  connection.recv(65536)
  connections.push(connection)
}
