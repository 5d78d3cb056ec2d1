// A server that takes over from the one before it, if there is one, and hands over to the next: `succession PATH`.
import { existsSync, unlinkSync } from 'node:fs'
import { AsyncTCPServer, handOver, takeOver } from 'berkeley/socketserver'
import { Echo } from '../socketserver/handlers.ts'

const path = process.argv[2]!
class Server extends AsyncTCPServer<number> {
  static override requestQueueSize = 1024
}
const before = existsSync(path) ? await takeOver(path) : null
const server = new Server(before?.socket ?? ['127.0.0.1', 0], Echo)
const running = server.serveForever()
if (before !== null) {
  unlinkSync(path)
  await before.ready()
}
const leaving = handOver(server, path, { deadline: 30 })
console.log((server.serverAddress as [string, number])[1])
await leaving
await running
await server.serverClose()
