// berkeley with promises: an echo server over Unix sockets for packets.
import { AF_UNIX, SOCK_SEQPACKET, Socket } from 'berkeley'
import { echo } from '../berkeley-echo.mjs'

const server = new Socket(AF_UNIX, SOCK_SEQPACKET)
server.bind(process.argv[2])
server.listen(4096)
console.log(`PORT ${process.argv[2]}`)
for (;;) {
  const [connection] = await server.accept()
  echo(connection)
}
