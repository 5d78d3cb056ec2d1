// `pool-and-end idle`: a pool that serves nothing does not keep the process alive. `pool-and-end daemon`: nor does one of
// daemons, while it serves.
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
if (!server.daemonThreads) client.close()
await server.shutdown(...(server.daemonThreads ? [] : [null]))
await running
console.log('end')
