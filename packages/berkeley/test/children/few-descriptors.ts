// A server whose only child process has no descriptor left: prints what becomes of a connection that is handed to it.
import { createConnection } from 'berkeley'
import { ForkingTCPServer } from 'berkeley/socketserver'
import { gate } from '../socketserver/kinds.ts'

const server = new ForkingTCPServer(
  ['127.0.0.1', 0],
  new URL('../socketserver/handlers.js#Obedient', import.meta.url),
)
server.maxChildren = 1
const failed = gate<unknown>()
server.handleError = (_request, _address, error) => failed.open((error as { code: string }).code)
const running = server.serveForever()
const hoarder = await createConnection(server.serverAddress)
await hoarder.sendall('hoard\n')
console.log(`${await hoarder.recv(100)}`.trim())
const next = await createConnection(server.serverAddress)
console.log(await failed.opened)
console.log((await next.recv(1)).length)
const { failed: count, workers } = server.stats()
console.log(count, workers.length)
next.close()
hoarder.close()
await server.shutdown(10)
await running
await server.serverClose()
