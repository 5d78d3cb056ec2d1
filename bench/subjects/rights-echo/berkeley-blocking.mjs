// berkeley, blocking: recvFds and sendFds.
import { AF_UNIX, close, createServer, recvFds, sendFds } from 'berkeley/blocking'

const server = createServer(process.argv[2], { family: AF_UNIX })
console.log(`PORT ${process.argv[2]}`)
for (;;) {
  const [connection] = server.accept()
  for (;;) {
    const [data, fds] = recvFds(connection, 1, 1)
    if (data.length === 0) break
    sendFds(connection, [data], fds)
    close(fds[0])
  }
  connection.close()
}
