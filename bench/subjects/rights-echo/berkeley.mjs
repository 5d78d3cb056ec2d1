// berkeley with promises: recvFds and sendFds.
import { AF_UNIX, close, createServer, recvFds, sendFds } from 'berkeley'

const server = createServer(process.argv[2], { family: AF_UNIX })
console.log(`PORT ${process.argv[2]}`)
for (;;) {
  const [connection] = await server.accept()
  for (;;) {
    const [data, fds] = await recvFds(connection, 1, 1)
    if (data.length === 0) break
    await sendFds(connection, [data], fds)
    close(fds[0])
  }
  connection.close()
}
