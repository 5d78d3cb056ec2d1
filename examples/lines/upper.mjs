// @ts-check
// Answers each line in upper case, to many clients at once, each with a thread to itself: `static blocking` gives the
// handler sockets and files that block, as in Python. Ctrl-C ends it when all are served, or after three seconds.
//
//   node examples/lines/upper.mjs [PORT [HOST]]
//   printf "Ada\nGrace\n" | ncat 127.0.0.1 7777
//
// prints
//
//   listening on 127.0.0.1:7777
//
// and to the client
//
//   ADA
//   GRACE
import { isMainThread } from 'node:worker_threads'
import { StreamRequestHandler, ThreadingTCPServer } from 'berkeley/socketserver'

/** @extends {StreamRequestHandler<typeof import('berkeley').AF_INET, 'blocking'>} */
export class Upper extends StreamRequestHandler {
  static blocking = true
  static timeout = 300 // Seconds. Who says nothing for so long is cut off.

  handle() {
    // Whole lines, not what one recv gives: that might end in the middle of a letter.
    for (const line of this.rfile) this.wfile.write(line.toString().toUpperCase())
  }
}

class Server extends ThreadingTCPServer {
  static allowReuseAddress = true // So that it can be started again at once.
  static maxThreads = 100 // More clients than that wait.
}

// The threads import this module for the handler: only the first one is to start a server.
if (isMainThread) {
  const [port = '7777', host = '127.0.0.1'] = process.argv.slice(2)
  const server = new Server([host, Number(port)], new URL('#Upper', import.meta.url))
  process.once('SIGINT', () => server.shutdown(3))
  console.log(`listening on ${server.socket.getsockname().join(':')}`)
  await server.serveForever()
  await server.serverClose()
}
