// berkeley's servers, one of them by its name: `berkeley.mjs ThreadingTCPServer Echo maxThreads=1`.
import { AsyncTCPServer, ForkingTCPServer, TCPServer, ThreadingTCPServer } from 'berkeley/socketserver'

const [name, handler, ...settings] = process.argv.slice(2)
const Base = { TCPServer, AsyncTCPServer, ThreadingTCPServer, ForkingTCPServer }[name]
const { maxThreads, reusePort } = Object.fromEntries(settings.map((setting) => setting.split('=')))

class Server extends Base {
  static requestQueueSize = 4096
  static reusePort = reusePort === 'true'
}

const server = new Server(['127.0.0.1', 0], new URL(`./handlers.mjs#${handler}`, import.meta.url))
if (maxThreads !== undefined) server.maxThreads = Number(maxThreads)
console.log(`PORT ${server.serverAddress[1]}`)
await server.serveForever(null)
