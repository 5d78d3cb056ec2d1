// berkeley's servers, one of them by its name: `berkeley.mjs ThreadingTCPServer maxThreads=1 echo`.
import { AsyncTCPServer, ForkingTCPServer, TCPServer, ThreadingTCPServer } from 'berkeley/socketserver'

const [name, ...settings] = process.argv.slice(2)
const handler = { echo: 'Echo', fibonacci: 'Fibonacci' }[settings.pop()]
const Base = { TCPServer, AsyncTCPServer, ThreadingTCPServer, ForkingTCPServer }[name]

class Server extends Base {
  static requestQueueSize = 4096
}
for (const [attribute, value] of settings.map((setting) => setting.split('=')))
  Server[attribute] = JSON.parse(value)

const server = new Server(['127.0.0.1', 0], new URL(`./handlers.mjs#${handler}`, import.meta.url))
console.log(`PORT ${server.serverAddress[1]}`)
await server.serveForever(null)
