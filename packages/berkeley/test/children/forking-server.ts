// A server that serves in child processes: prints its port.
import { ForkingTCPServer } from 'berkeley/socketserver'

const server = new ForkingTCPServer(
  ['127.0.0.1', 0],
  new URL('../socketserver/handlers.js#Obedient', import.meta.url),
)
console.log(server.serverAddress[1])
await server.serveForever()
