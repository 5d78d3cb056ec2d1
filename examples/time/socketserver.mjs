// @ts-check
// A time server over UDP, with UDPServer: each datagram is a request, and what the handler writes is the answer.
//
//   node examples/time/socketserver.mjs [PORT [HOST]]
//   node examples/time/client.mjs
//
// prints
//
//   listening on 127.0.0.1:7777
//   told 127.0.0.1:49152
import { DatagramRequestHandler, UDPServer } from 'berkeley/socketserver'

const [port = '7777', host = '127.0.0.1'] = process.argv.slice(2)

class Clock extends DatagramRequestHandler {
  handle() {
    this.wfile.write(Buffer.from(new Date().toISOString()))
    console.log(`told ${this.clientAddress.join(':')}`)
  }
}

const server = new UDPServer([host, Number(port)], Clock)
process.once('SIGINT', () => server.shutdown())
console.log(`listening on ${server.socket.getsockname().join(':')}`)
await server.serveForever()
await server.serverClose()
