// @ts-check
// An echo server as in Python's socketserver: the server takes connections, the handler has one of them. TCPServer serves
// one at a time; with AsyncTCPServer in its place the same handler serves many. Ctrl-C ends it when the client is served,
// or after three seconds.
//
//   node examples/echo/socketserver.mjs [PORT [HOST]]
//   echo "how are you" | node examples/echo/client.mjs
//
// prints
//
//   listening on 127.0.0.1:7777
//   127.0.0.1:49152 sent 12 bytes
import { BaseRequestHandler, TCPServer } from 'berkeley/socketserver'

const [port = '7777', host = '127.0.0.1'] = process.argv.slice(2)

class Echo extends BaseRequestHandler {
  async handle() {
    let total = 0
    for await (const data of this.request) {
      await this.request.sendall(data)
      total += data.length
    }
    console.log(`${this.clientAddress.join(':')} sent ${total} bytes`)
  }
}

class EchoServer extends TCPServer {
  static allowReuseAddress = true // So that it can be started again at once.

  /**
   * A client may go at any time, without a word.
   * @param {unknown} _request
   * @param {readonly unknown[]} clientAddress
   * @param {unknown} error
   */
  handleError(_request, clientAddress, error) {
    console.log(`${clientAddress.join(':')}: ${error instanceof Error ? error.message : error}`)
  }
}

const server = new EchoServer([host, Number(port)], Echo)
process.once('SIGINT', () => server.shutdown(3))
console.log(`listening on ${server.socket.getsockname().join(':')}`)
await server.serveForever()
await server.serverClose()
