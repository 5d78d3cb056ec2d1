// @ts-check
// Answers `hello <line>` to each line, to many clients at once: a pool of threads, each of which serves several clients
// with promises. Ctrl-C ends it when all are served, or after three seconds.
//
//   node examples/lines/greet.mjs [PORT [HOST]]
//   printf "Ada\nGrace\n" | ncat 127.0.0.1 7777
//
// prints
//
//   listening on 127.0.0.1:7777
//
// and to the client
//
//   hello Ada
//   hello Grace
import { isMainThread } from 'node:worker_threads'
import { StreamRequestHandler, ThreadingTCPServer } from 'berkeley/socketserver'

/** One of them for each client. `rfile` reads lines, `wfile` sends at once what is written. */
export class Greeter extends StreamRequestHandler {
  static timeout = 300 // Seconds. Who says nothing for so long is cut off.
  static maxLineSize = 65_536 // Bytes.

  async handle() {
    for await (const line of this.rfile) await this.wfile.write(`hello ${line.toString().trimEnd()}\n`)
  }
}

class Server extends ThreadingTCPServer {
  static allowReuseAddress = true // So that it can be started again at once.
}

// The threads import this module for the handler: only the first one is to start a server.
if (isMainThread) {
  const [port = '7777', host = '127.0.0.1'] = process.argv.slice(2)
  const server = new Server([host, Number(port)], new URL('#Greeter', import.meta.url))
  process.once('SIGINT', () => server.shutdown(3))
  console.log(`listening on ${server.socket.getsockname().join(':')}`)
  await server.serveForever()
  await server.serverClose()
}
