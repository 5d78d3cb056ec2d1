// `pool-and-end idle`: a pool that serves nothing does not keep the process alive. `pool-and-end daemon`: nor does one of
// daemons, while it serves. `pool-and-end dead`: nor does one whose only worker has ended and is not needed.
import { createConnection } from 'berkeley'
import { ThreadingTCPServer } from 'berkeley/socketserver'

const server = new ThreadingTCPServer(
  ['127.0.0.1', 0],
  new URL('../socketserver/handlers.js#Obedient', import.meta.url),
)
server.daemonThreads = process.argv[2] === 'daemon'
const running = server.serveForever()
const client = await createConnection(server.serverAddress)
await client.sendall('who\n')
await client.recv(100)
if (process.argv[2] === 'dead') {
  server.handleError = () => {}
  for (let death = 0; death < 3; death++) {
    const doomed = await createConnection(server.serverAddress)
    await doomed.sendall('exit\n')
    await doomed.recv(1).catch(() => {})
    doomed.close()
  }
}
if (!server.daemonThreads) client.close()
await server.shutdown(...(server.daemonThreads ? [] : [null]))
await running
console.log('end')
