// A server that has room for four more descriptors: prints its port, and, when as many requests as its argument says are
// over, what it has counted.
import { closeSync, openSync } from 'node:fs'
import { createConnection } from 'berkeley'
import { AsyncTCPServer } from 'berkeley/socketserver'
import { Echo } from '../socketserver/handlers.ts'

const ROOM = 4

const server = new AsyncTCPServer(['127.0.0.1', 0], Echo)
const running = server.serveForever()
// What is opened once stays open.
const first = await createConnection(server.serverAddress)
await first.sendall('x\n')
await first.recv(10)
first.close()

const taken: number[] = []
try {
  for (;;) taken.push(openSync('/dev/null', 'r'))
} catch {
  // That was the last one.
}
for (const fd of taken.splice(0, ROOM)) closeSync(fd)
console.log(server.serverAddress[1])
while (server.stats().accepted < Number(process.argv[2]) || server.stats().active > 0)
  await new Promise((resolve) => setTimeout(resolve, 5))
await server.shutdown()
await running
for (const fd of taken) closeSync(fd)
const { accepted, failed, paused } = server.stats()
console.log(JSON.stringify({ accepted, failed, paused }))
