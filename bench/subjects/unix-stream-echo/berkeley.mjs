// berkeley with promises: an echo server over Unix stream sockets.
import { AF_UNIX, createServer } from 'berkeley'
import { echo } from '../berkeley-echo.mjs'

const server = createServer(process.argv[2], { family: AF_UNIX, backlog: 4096 })
console.log(`PORT ${process.argv[2]}`)
for (;;) {
  const [connection] = await server.accept()
  echo(connection)
}
